"""The vocabulary of the program as frozen dataclasses; standard library only."""

from suggester.domain.codebook import Code, Codebook, folded
from suggester.domain.coding import Coding, Mode, Unplaced
from suggester.domain.statistic import Statistic
from suggester.domain.suggestion import Basis, Evidence, PassageSuggestions, Suggestion, Verdict
from suggester.domain.transcript import Case, Passage, Role, Span, Transcript, Turn, Unit

__all__ = [
    "Basis",
    "Case",
    "Code",
    "Codebook",
    "Coding",
    "Evidence",
    "Mode",
    "Passage",
    "PassageSuggestions",
    "Role",
    "Span",
    "Statistic",
    "Suggestion",
    "Transcript",
    "Turn",
    "Unit",
    "Unplaced",
    "Verdict",
    "folded",
]
