"""What the store hands back, as named values; the study's own things are in `suggester.domain`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from suggester.domain import Unit


class Added(StrEnum):
    """What became of a transcript that was given to the study."""

    NEW = "new"
    SAME = "same"
    REREAD = "same text, turns read anew"
    REPLACED = "replaced"


class CoderKind(StrEnum):
    """Who codes: a person, or one named model."""

    PERSON = "person"
    MODEL = "model"


class Unitizing(NamedTuple):
    """How passages are chosen; ``words`` is the size of a window."""

    unit: Unit
    words: int


class Finished(NamedTuple):
    """A transcript that a coder has finished: its uncoded passages are "no code" decisions."""

    transcript: str
    coder: str


@dataclass(frozen=True, slots=True)
class Coder:
    """A coder and the number of their current codings."""

    name: str
    kind: CoderKind
    codings: int


@dataclass(frozen=True, slots=True)
class CodebookVersion:
    """One version of the codebook: when it came, from which file, and its number of codes."""

    number: int
    created: datetime
    source: str
    note: str
    codes: int


@dataclass(frozen=True, slots=True)
class AddedCodings:
    """The outcome of one import; ``batch`` is None where every coding was there already.

    ``finished`` counts the transcripts, by coder, that it marks as finished.
    """

    batch: int | None
    added: int
    already: int
    finished: int


@dataclass(frozen=True, slots=True)
class CodingBatch:
    """Codings that came together; ``current`` of the ``added`` have not been removed since."""

    number: int
    at: datetime
    source: str
    added: int
    current: int


@dataclass(frozen=True, slots=True)
class Removal:
    """A transcript that was taken out for good: all that the study still knows of it."""

    name: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ModelRun:
    """A trained model: its bundle's folder under ``models/`` and what it was trained on."""

    number: int
    bundle: str
    trained: datetime
    codebook_version: int
    training_sha256: str
    encoder: str
    metrics: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One suggestion as the store keeps it; ``rank`` is 1 for the best of its passage."""

    transcript: str
    start: int
    end: int
    code: str
    probability: float
    rank: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a study holds. Codings are the current ones; suggestions the latest model's."""

    cases: int
    transcripts: int
    turns: int
    coders: int
    codings: int
    finished: int
    models: int
    suggestions: int
