"""Speakers' labels: what may be one, and which words tell interviewers from participants."""

import re
from difflib import SequenceMatcher
from functools import lru_cache

from suggester.corpus.words import (
    INTERVIEWER,
    NO_SPEAKER,
    PARTICIPANT,
    PARTICLES,
    SHORT_INTERVIEWER,
    SHORT_PARTICIPANT,
)
from suggester.domain import Role

LONGEST = 40
"""Code points that a label may have."""

NAME = r"[^\W\d_](?:[^\n\t:：?!;,\"“”<>{}=|*\[\]]{0,60}?[\w.)'’])?"
"""Pattern of a label, without groups; `may_be_label` says more."""


def key_of(label: str) -> str:
    """A label as labels are compared: case and runs of white space aside."""
    return " ".join(label.split()).casefold()


def stem_of(label: str) -> str:
    """A label's key without numbers, so that P1 and P12 are of one kind."""
    return " ".join(re.sub(r"[\d#]+", " ", key_of(label)).split())


def may_be_label(label: str) -> bool:
    """Whether these words before a colon can name a speaker: no sentence, no "Note", not too long."""
    words = label.split()
    if not words or len(label) > LONGEST or len(words) > 6:
        return False
    # A full stop is for titles and initials ("Dr. Ng", "J. Smith"), not for sentences.
    if any(word.endswith(".") and len(word) > 4 for word in words) or ". . " in label or "..." in label:
        return False
    return key_of(label) not in NO_SPEAKER


def is_header_word(label: str) -> bool:
    """Whether the label belongs to a header, such as "Date" or "Location"."""
    return key_of(label) in NO_SPEAKER


def looks_like_name(label: str) -> bool:
    """Whether every word starts as names do: no lower case, particles aside ("van", "de")."""
    words = label.split()
    return not words[0][0].islower() and all(
        not word[0].islower() or word.casefold() in PARTICLES for word in words
    )


@lru_cache(maxsize=4096)
def known_role(label: str) -> Role | None:
    """The role that a label says by itself, or None.

    Accepts numbers ("INT1", "Interviewer 2"), a name beside the word ("Anna (Interviewer)") and
    small misspellings ("interviewr"). "R" stays unknown: researcher here, respondent there.
    """
    words = re.findall(r"[^\W\d_]+", key_of(label))
    if not words:
        return None
    if len(words) == 1:
        if words[0] in SHORT_INTERVIEWER:
            return Role.INTERVIEWER
        if words[0] in SHORT_PARTICIPANT:
            return Role.PARTICIPANT
    roles = {role for word in words if (role := _role_of_word(word)) is not None}
    return roles.pop() if len(roles) == 1 else None


def _role_of_word(word: str) -> Role | None:
    if word in INTERVIEWER:
        return Role.INTERVIEWER
    if word in PARTICIPANT:
        return Role.PARTICIPANT
    if len(word) < 7:
        return None
    interviewer = max(SequenceMatcher(None, word, known).ratio() for known in INTERVIEWER)
    participant = max(SequenceMatcher(None, word, known).ratio() for known in PARTICIPANT)
    if max(interviewer, participant) < 0.86 or interviewer == participant:
        return None
    return Role.INTERVIEWER if interviewer > participant else Role.PARTICIPANT
