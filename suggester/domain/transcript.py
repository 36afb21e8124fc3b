"""Transcripts, their turns, and the passages that get codes."""

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256


class Role(StrEnum):
    """Who is speaking, as far as coding is concerned."""

    INTERVIEWER = "interviewer"
    PARTICIPANT = "participant"


class Unit(StrEnum):
    """What a passage is (unitizing)."""

    TURN = "turn"
    PARAGRAPH = "paragraph"
    WINDOW = "window"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points ``[start, end)`` in a transcript's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"not a span: {self.start} to {self.end}")

    def overlap(self, other: "Span") -> int:
        """Number of code points that both spans cover."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's stretch.

    ``start`` and ``end`` slice what was said, without the speaker's label or a time stamp;
    ``speaker`` is None where the text names nobody; ``seconds`` is the time stamp, if any.
    """

    start: int
    end: int
    speaker: str | None
    role: Role
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Who the data are about (a person, a group), with its variables, all as text."""

    name: str
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transcript:
    """An interview as text, immutable once stored.

    ``text`` has LF line ends and is otherwise as it was read (no Unicode normalisation); every
    offset in the program counts code points of this string, end exclusive.
    """

    name: str
    text: str
    turns: tuple[Turn, ...]
    case: str | None = None
    source: str = ""

    @property
    def sha256(self) -> str:
        """Hash of the text, in hexadecimal: what makes two transcripts the same."""
        return sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that gets codes: a span of one turn, with the question that led to it.

    ``context`` is the nearest interviewer's turn before it, empty where there is none.
    """

    transcript: str
    start: int
    end: int
    text: str
    speaker: str | None
    role: Role
    context: str = ""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)
