"""The project database: a study's transcripts, codebook, codings, models and suggestions."""

from suggester.store.records import (
    Added,
    AddedCodings,
    CodebookVersion,
    Coder,
    CoderKind,
    CodingBatch,
    Counts,
    Finished,
    ModelRun,
    Removal,
    SuggestionRow,
    Unitizing,
)
from suggester.store.study import StudyStore

__all__ = [
    "Added",
    "AddedCodings",
    "CodebookVersion",
    "Coder",
    "CoderKind",
    "CodingBatch",
    "Counts",
    "Finished",
    "ModelRun",
    "Removal",
    "StudyStore",
    "SuggestionRow",
    "Unitizing",
]
