"""The vocabulary of the program as frozen dataclasses; standard library only."""

from suggester.domain.codebook import Code, Codebook
from suggester.domain.coding import Coding, Mode, Obstacle, Unplaced
from suggester.domain.names import TranscriptNames, close_names, counted, folded, natural_key
from suggester.domain.placing import carriers, codes_of
from suggester.domain.quality import CodeQuality, Quality
from suggester.domain.statistic import Statistic
from suggester.domain.suggestion import Basis, Evidence, PassageSuggestions, Suggestion, Verdict
from suggester.domain.transcript import Case, Passage, Role, Span, Transcript, Turn, Unit

__all__ = [
    "Basis",
    "Case",
    "Code",
    "CodeQuality",
    "Codebook",
    "Coding",
    "Evidence",
    "Mode",
    "Obstacle",
    "Passage",
    "PassageSuggestions",
    "Quality",
    "Role",
    "Span",
    "Statistic",
    "Suggestion",
    "Transcript",
    "TranscriptNames",
    "Turn",
    "Unit",
    "Unplaced",
    "Verdict",
    "carriers",
    "close_names",
    "codes_of",
    "counted",
    "folded",
    "natural_key",
]
