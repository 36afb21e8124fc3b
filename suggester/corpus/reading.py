"""What goes into reading a transcript (the options) and what comes out (the reading)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from suggester.domain import Transcript


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read transcripts.

    Attributes
    ----------
    encoding : str or None
        Encoding of .txt, .csv, .vtt and .srt files; None finds out.
    interviewer : tuple of str
        Labels or names of the interviewers, in any case; empty tells them by known labels or guesses.
    columns : mapping of str to str
        Columns of .csv and .xlsx files: 'text', 'speaker', 'transcript', 'case' and 'time' to the
        name of the column. Those left out are looked for under their usual names.
    case_pattern : str or None
        Regular expression searched in the transcript's name, with a group ``(?P<case>...)``; its
        other named groups become variables of the case.
    """

    encoding: str | None = None
    interviewer: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    case_pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A transcript as it was read, and how its speakers were told.

    Attributes
    ----------
    transcript : Transcript
        The text and its turns.
    layout : str
        The speaker layout that was recognised, in words: "labels before a colon".
    interviewer : tuple of str
        The labels taken as interviewers'.
    guessed : bool
        True when the interviewer was guessed, neither named nor known by the label.
    why : str
        A sentence on how the interviewer was told.
    variables : dict of str to str
        Variables of the case that the transcript's name holds.
    notes : tuple of str
        What else the researcher should know: what was left out, what was not understood.
    """

    transcript: Transcript
    layout: str
    interviewer: tuple[str, ...]
    guessed: bool
    why: str
    variables: dict[str, str]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlainDocument:
    """The text of a word processor's document or text file, speakers not yet told."""

    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a caption or a row of a table says: ``seconds`` is its time stamp, if any."""

    text: str
    speaker: str | None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The utterances of one transcript from a caption file or a table, in order."""

    name: str
    layout: str
    utterances: tuple[Utterance, ...]
    case: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch ``[start, end)`` of a text that is a turn-to-be; its role is not yet told.

    ``prompt`` marks a question of a written guide: the interviewer's, whoever the label names.
    """

    start: int
    end: int
    speaker: str | None
    seconds: float | None = None
    prompt: bool = False


@dataclass(frozen=True, slots=True)
class Segmentation:
    """All segments of a text, the layout they were found by, and notes for the researcher."""

    layout: str
    segments: tuple[Segment, ...]
    notes: tuple[str, ...] = ()


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """``start`` and ``end`` moved inwards past white space; equal where nothing is left."""
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    right = len(part) - len(part.rstrip())
    return (start + left, end - right) if left < len(part) else (start, start)
