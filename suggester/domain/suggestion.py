"""Suggestions: what a model proposes for a passage. Never a coding until a person decides."""

from dataclasses import dataclass
from enum import StrEnum

from suggester.domain.transcript import Passage


class Basis(StrEnum):
    """What a probability rests on."""

    TRAINED = "trained"
    SIMILARITY = "similarity"
    STARTING = "starting model"
    DEFINITION = "definition"


class Verdict(StrEnum):
    """What the model says of a passage as a whole."""

    SUGGESTED = "suggested"
    NOTHING_FITS = "nothing fits"
    TOO_LITTLE = "too little to say"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A hand-coded passage near the one at hand. ``similarity`` is a cosine, -1 to 1."""

    transcript: str
    start: int
    end: int
    text: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One sub-category proposed for one passage, with its calibrated probability (0 to 1)."""

    code: str
    heading: str
    probability: float
    above_threshold: bool
    basis: Basis
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class PassageSuggestions:
    """All that the model says of one passage, best suggestion first.

    ``fit`` is the p-value of "fits the codebook": small means that it fits no code.
    """

    passage: Passage
    verdict: Verdict
    suggestions: tuple[Suggestion, ...]
    fit: float
