"""Codes with too few examples: no trained head, only nearness to the examples there are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from suggester.learn.calibration import logistic_lines
from suggester.learn.encoders import Vectors

Floats = NDArray[np.float64]

_EXAMPLES = 3
_PRIOR_VARIANCE = 100.0


@dataclass(frozen=True, slots=True)
class SimilarityHeads:
    """For each of q codes the vectors of its few examples, and the pooled way from cosine to probability.

    ``examples`` (m, d) with ``owner`` (m,) in 0..q-1; ``base`` (q,) log-odds of the code's frequency.
    """

    examples: Vectors
    owner: NDArray[np.intp]
    base: Floats
    slope: float
    shift: float

    def probabilities(self, dense: Vectors) -> Floats:
        """Probabilities (n, q) of the codes with few examples."""
        nearest = _nearest(dense, self.examples, self.owner, len(self.base))
        return np.asarray(expit(self.slope * nearest + self.shift + self.base))


def fit_similarity(
    dense: Vectors,
    targets: NDArray[np.bool_],
    groups: NDArray[np.intp],
    few: NDArray[np.intp],
    trained: NDArray[np.intp],
    random_state: int,
) -> SimilarityHeads:
    """Learn on the codes that have enough examples what three examples are worth.

    For each code in ``trained`` three examples are drawn, and the passages of all other groups are
    compared with them; one logistic regression over all these pairs (with the log-odds of the code's
    frequency as offset) turns the cosine to the nearest example into a probability.
    """
    rng = np.random.default_rng(random_state)
    n = len(targets)
    base = logit((targets.sum(axis=0) + 0.5) / (n + 1.0))
    rows, owners = np.nonzero(targets[:, few])
    if len(trained) == 0:
        # Nothing to learn from what an example is worth: the code's frequency, whatever it is near to.
        return SimilarityHeads(dense[rows], owners.astype(np.intp), base[few], 0.0, 0.0)
    cosines, codes, offsets = [], [], []
    for j in trained:
        drawn = rng.permutation(np.flatnonzero(targets[:, j]))[:_EXAMPLES]
        others = np.flatnonzero(~np.isin(groups, groups[drawn]))
        if len(others) == 0:
            # Two or three transcripts: examples from one of them leave another to compare with.
            drawn = drawn[groups[drawn] == groups[drawn[0]]]
            others = np.flatnonzero(groups != groups[drawn[0]])
        cosines.append((dense[others] @ dense[drawn].T).max(axis=1))
        codes.append(targets[others, j])
        offsets.append(np.full(len(others), base[j]))
    slope, shift = logistic_lines(
        np.concatenate(cosines)[:, None].astype(np.float64),
        np.concatenate(codes)[:, None].astype(np.float64),
        np.concatenate(offsets)[:, None],
        np.zeros(1),
        np.zeros(1),
        variance=_PRIOR_VARIANCE,
    )
    rising = max(float(slope[0]), 0.0)
    return SimilarityHeads(dense[rows], owners.astype(np.intp), base[few], rising, float(shift[0]))


def _nearest(dense: Vectors, examples: Vectors, owner: NDArray[np.intp], q: int) -> Floats:
    cosines = np.asarray(dense @ examples.T, np.float64)
    return (
        np.column_stack([cosines[:, owner == j].max(axis=1) for j in range(q)])
        if q
        else np.zeros((len(dense), 0))
    )
