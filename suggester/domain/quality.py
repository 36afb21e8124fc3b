"""How well a model suggests codes, as held-out transcripts say."""

from dataclasses import dataclass

from suggester.domain.statistic import Statistic
from suggester.domain.suggestion import Basis


@dataclass(frozen=True, slots=True)
class CodeQuality:
    """How well one code is suggested on held-out transcripts."""

    code: str
    n_passages: int
    n_transcripts: int
    basis: Basis
    precision: Statistic
    recall: Statistic
    average_precision: Statistic


@dataclass(frozen=True, slots=True)
class Quality:
    """The model's figures on held-out transcripts, over all codes and for each.

    ``precision_at_1`` and ``recall_at_3`` are over passages that carry a code: how often the first
    suggestion is one of the coder's, and which share of the coder's codes is among the first three.
    ``n_complete`` transcripts are finished: precision, F1 and average precision are over these alone, recall
    over all. In transcripts that are not finished the first suggestion may be right although nobody has
    said so yet: both figures are lower bounds there.
    """

    n_passages: int
    n_coded: int
    n_transcripts: int
    n_complete: int
    n_folds: int
    precision_at_1: Statistic
    recall_at_3: Statistic
    macro_f1: Statistic
    micro_f1: Statistic
    macro_average_precision: Statistic
    codes: tuple[CodeQuality, ...]
