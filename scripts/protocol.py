"""The benchmark's one protocol: what systems are given, what they are measured by."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import ceil

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from studies import MIN_PASSAGES, Study
from suggester.learn.encoders import Encoder
from suggester.learn.metrics import (
    average_precision,
    f1_from_counts,
    mean_of_defined,
    precision_at_1,
    recall_at_3,
    resamples,
)
from suggester.learn.suggester import CodeSuggester

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Rows = NDArray[np.intp]

FOLDS = 5
RESAMPLES = 500
BINS = 10
SURE = 0.2
RECALL_WANTED = 0.95


@dataclass(frozen=True, slots=True)
class Passages:
    """n passages; ``vectors`` (n, d) are the default encoder's."""

    texts: list[str]
    context: list[str]
    groups: list[str]
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Training:
    """Coded passages: ``targets`` (n, k) over ``codes``, some of which may have no example."""

    passages: Passages
    targets: Booleans
    codes: tuple[str, ...]
    definitions: dict[str, str]


@dataclass(frozen=True, slots=True)
class Predictions:
    """For n passages: ``scores`` (n, k), higher is likelier, and ``chosen`` (n, k) at the system's own
    threshold. ``learned`` is whether there was enough to train on; if not, all scores are nought."""

    scores: Floats
    chosen: Booleans
    seconds_training: float
    seconds_predicting: float
    learned: bool = True
    versions: dict[str, str] = field(default_factory=dict)


System = Callable[[Training, Passages, Encoder, int], Predictions]


@dataclass(frozen=True)
class Material:
    """A study ready to be cut into folds: ``targets`` (n, k) over ``codes``, groups by number."""

    study: Study
    codes: tuple[str, ...]
    targets: Booleans
    groups: Rows
    vectors: NDArray[np.float32]

    @classmethod
    def of(cls, study: Study, encoder: Encoder) -> "Material":
        codes = tuple(sorted(set().union(*study.codes)))
        targets = np.array([[code in carried for code in codes] for carried in study.codes], np.bool_)
        _, groups = np.unique(study.groups, return_inverse=True)
        # Contexts too, and passages as the program reads them: no system's time is to hold any encoding.
        encoder.encode([text for text in study.context if text])
        CodeSuggester(encoder).describe(study.passages, study.context)
        return cls(study, codes, targets, groups, encoder.encode(study.passages))

    @property
    def counted(self) -> Rows:
        """The codes that figures per code are averaged over."""
        return np.flatnonzero(self.targets.sum(axis=0) >= MIN_PASSAGES)

    def folds(self) -> Iterator[tuple[Rows, Rows]]:
        """Rows to train on and rows to predict, five times, whole groups together."""
        yield from GroupKFold(FOLDS).split(self.targets, groups=self.groups)

    def passages(self, rows: Rows) -> Passages:
        study = self.study
        return Passages(
            [study.passages[i] for i in rows],
            [study.context[i] for i in rows],
            [study.groups[i] for i in rows],
            self.vectors[rows],
        )

    def training(self, rows: Rows) -> Training:
        return Training(self.passages(rows), self.targets[rows], self.codes, self.study.definitions)


def draw(targets: Booleans, budget: int | None, random: np.random.Generator) -> Rows:
    """Rows of ``targets`` (n, k) to train on, in order, with about ``budget`` passages of each code.

    Coded passages are taken in random order as long as one of their codes has fewer than ``budget``;
    uncoded ones at random, as many as keeps their proportion. None means all.
    """
    if budget is None:
        return np.arange(len(targets))
    coded, uncoded = np.flatnonzero(targets.any(axis=1)), np.flatnonzero(~targets.any(axis=1))
    have = np.zeros(targets.shape[1], np.intp)
    taken = []
    for row in random.permutation(coded):
        if (have[targets[row]] < budget).any():
            have += targets[row]
            taken.append(row)
    n_uncoded = round(len(uncoded) * len(taken) / max(len(coded), 1))
    return np.sort(np.concatenate([np.array(taken, np.intp), random.permutation(uncoded)[:n_uncoded]]))


def work_saved(scores: Floats, targets: Booleans) -> float:
    """Share of passages (n,) that need not be read to find 95 % of a code's, the best scored read first.

    Passages of one score are read together. Cohen et al. (2006) subtract from this the 5 % that reading in
    random order saves; here nothing is subtracted.
    """
    wanted = ceil(RECALL_WANTED * int(targets.sum()))
    last = np.sort(scores[targets])[::-1][wanted - 1]
    return float((scores < last).mean())


def calibration_error(probabilities: Floats, targets: Booleans, above: float = -1.0) -> float:
    """Expected calibration error over all pairs of passage and code with a probability ``above`` (Naeini et
    al. 2015), ten bins of equal width; NaN if there are none. Scores are clipped to 0..1."""
    p = np.clip(probabilities.ravel(), 0.0, 1.0)
    sure = p > above
    p, y = p[sure], targets.ravel()[sure]
    if not len(p):
        return float("nan")
    bins = np.minimum((p * BINS).astype(np.intp), BINS - 1)
    gaps = np.bincount(bins, weights=p - y, minlength=BINS)
    return float(np.abs(gaps).sum() / len(p))


def macro_average_precision(material: Material, scores: Floats) -> Floats:
    """The figure itself and in 500 resamples of groups, the same for every system: (501,)."""
    weights = resamples(int(material.groups.max()) + 1, 0, RESAMPLES)
    return mean_of_defined(
        np.column_stack(
            [
                average_precision(scores[:, j], material.targets[:, j], material.groups, weights)
                for j in material.counted
            ]
        )
    )


def figures(material: Material, scores: Floats, chosen: Booleans) -> dict[str, float]:
    """All figures but macro-AP, for held-out ``scores`` and ``chosen`` (n, k) of all passages."""
    targets, groups, counted = material.targets, material.groups, material.counted
    once = np.ones((1, int(groups.max()) + 1))
    f1 = f1_from_counts(
        (chosen & targets).sum(axis=0)[None, counted].astype(np.float64),
        chosen.sum(axis=0)[None, counted].astype(np.float64),
        targets.sum(axis=0)[None, counted].astype(np.float64),
    )
    return {
        "precision_at_1": float(precision_at_1(scores, targets, groups, once)[0]),
        "recall_at_3": float(recall_at_3(scores, targets, groups, once)[0]),
        "macro_f1": float(mean_of_defined(f1)[0]),
        "work_saved": float(np.mean([work_saved(scores[:, j], targets[:, j]) for j in counted])),
        "calibration_error": calibration_error(scores, targets),
        "calibration_error_of_sure": calibration_error(scores, targets, SURE),
    }
