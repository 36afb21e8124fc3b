"""Codings: one code on one span by one coder."""

from dataclasses import dataclass
from enum import StrEnum

from suggester.domain.transcript import Span


class Mode(StrEnum):
    """What the coder had seen when coding; agreement is computed on blind codings only."""

    BLIND = "blind"
    ASSISTED = "assisted"
    ADJUDICATED = "adjudicated"


@dataclass(frozen=True, slots=True)
class Coding:
    """One code on the span ``[start, end)`` of a transcript by one coder.

    ``code`` is the code's name in the codebook version that was current when it was coded.
    """

    transcript: str
    start: int
    end: int
    code: str
    coder: str
    mode: Mode = Mode.BLIND
    memo: str = ""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Obstacle(StrEnum):
    """What kept a row of a coding table from being placed."""

    TRANSCRIPT = "transcript"
    CODE = "code"
    QUOTE = "quote"
    OFFSETS = "offsets"
    CELL = "cell"


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A row of a coding table that was listed instead of placed, and why.

    ``row`` is the row's number in the file as a spreadsheet shows it (the header is row 1); ``obstacle``
    is the kind of ``reason``.
    """

    row: int
    transcript: str
    code: str
    coder: str
    reason: str
    obstacle: Obstacle
