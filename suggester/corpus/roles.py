"""Who is the interviewer: named by the researcher, known by the label, or guessed from the talk."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from suggester.corpus.labels import key_of, known_role
from suggester.corpus.layouts import labels_in
from suggester.corpus.reading import Segment, Segmentation
from suggester.domain import Role, Turn
from suggester.errors import TranscriptError

_FEWEST_QUESTIONS = 0.2
"""Share of turns with a question below which nobody is guessed to be the interviewer."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The interviewers' labels, whether they were guessed, and why in a sentence."""

    interviewer: tuple[str, ...]
    guessed: bool
    why: str


@dataclass(frozen=True, slots=True)
class _Talk:
    label: str
    words: int
    questions: float


def tell_roles(
    text: str, segmentation: Segmentation, named: Sequence[str] = (), file: Path | None = None
) -> Roles:
    """Tell interviewers from participants.

    Raises
    ------
    TranscriptError
        None of ``named`` is a label in the text.
    """
    labels = labels_in(segmentation.segments)
    prompts = any(segment.prompt for segment in segmentation.segments)
    if named:
        return _by_name(labels, named, file)
    known = tuple(label for label in labels if known_role(label) is Role.INTERVIEWER)
    if prompts:
        also = f", and {_listed(known)} as the interviewer's label" if known else ""
        return Roles(known, False, f"the numbered lines are taken as the interviewer's prompts{also}")
    if known:
        are = "is an interviewer's label" if len(known) == 1 else "are interviewers' labels"
        return Roles(known, False, f"{_listed(known)} {are}")
    if not labels:
        return Roles((), False, "no speaker labels were found: all of the text counts as a participant's")
    if len(labels) == 1:
        return Roles((), False, f"'{labels[0]}' is the only speaker and counts as a participant")
    return _by_guess(text, segmentation.segments, labels)


def turns_with_roles(segments: Sequence[Segment], roles: Roles) -> tuple[Turn, ...]:
    """The segments as turns; a prompt is the interviewer's whatever its label."""
    interviewers = {key_of(label) for label in roles.interviewer}
    return tuple(
        Turn(
            segment.start,
            segment.end,
            segment.speaker,
            Role.INTERVIEWER
            if segment.prompt or (segment.speaker and key_of(segment.speaker) in interviewers)
            else Role.PARTICIPANT,
            segment.seconds,
        )
        for segment in segments
    )


def _by_name(labels: Sequence[str], named: Sequence[str], file: Path | None) -> Roles:
    wanted = {key_of(name) for name in named}
    found = tuple(label for label in labels if key_of(label) in wanted)
    if not found:
        there = ", ".join(f"'{label}'" for label in labels[:12]) or "none"
        raise TranscriptError(
            f"no speaker is called {_listed(tuple(named))}; the labels found are {there}",
            file=file,
            remedy="Name one of these with --interviewer, or none to have it told from the text.",
        )
    are = "is the interviewer" if len(found) == 1 else "are the interviewers"
    return Roles(found, False, f"{_listed(found)} {are}, as named")


def _by_guess(text: str, segments: Sequence[Segment], labels: Sequence[str]) -> Roles:
    participants = [label for label in labels if known_role(label) is Role.PARTICIPANT]
    others = tuple(label for label in labels if label not in participants)
    if len(participants) > 0 and len(others) == 1:
        return Roles(others, True, f"guessed: '{others[0]}' is the only one who is not called a participant")
    talks = [_talk(text, segments, label) for label in others]
    if not talks:
        return Roles((), True, "nobody could be told as the interviewer: every label is a participant's")
    asker = max(talks, key=lambda talk: talk.questions)
    everyone = [*talks, *(_talk(text, segments, label) for label in participants)]
    runner_up = max((talk.questions for talk in everyone if talk is not asker), default=0.0)
    most = max(talk.words for talk in everyone)
    if asker.questions < _FEWEST_QUESTIONS or asker.questions <= runner_up or asker.words == most:
        return Roles(
            (), True, "nobody could be told as the interviewer, so every speaker counts as a participant"
        )
    least = " and says least" if asker.words == min(talk.words for talk in everyone) else ""
    return Roles((asker.label,), True, f"guessed: '{asker.label}' asks most of the questions{least}")


def _talk(text: str, segments: Sequence[Segment], label: str) -> _Talk:
    said = [text[s.start : s.end] for s in segments if s.speaker and key_of(s.speaker) == key_of(label)]
    asked = sum("?" in part or "？" in part or "؟" in part for part in said)
    return _Talk(label, sum(len(part.split()) for part in said), asked / len(said))


def _listed(labels: Sequence[str]) -> str:
    quoted = [f"'{label}'" for label in labels]
    return " and ".join([*([", ".join(quoted[:-1])] if quoted[:-1] else []), quoted[-1]])
