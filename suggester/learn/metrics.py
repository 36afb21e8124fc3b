"""Figures of merit, each computed for many resamples of transcripts at once.

``weights`` is (r, n_groups) throughout: how often each transcript occurs in each of r resamples. Every
function returns (r,) values, NaN where a resample does not hold what the figure needs.
"""

import numpy as np
from numpy.typing import NDArray

from suggester.domain import Statistic

Floats = NDArray[np.float64]
Groups = NDArray[np.intp]
_MOST_UNDEFINED = 0.2


def average_precision(scores: Floats, targets: NDArray[np.bool_], groups: Groups, weights: Floats) -> Floats:
    """Average precision of a ranking: sum over positives of precision at their rank, weighted.

    As in scikit-learn (step-wise, ties counted together); each passage weighs what its transcript does.
    """
    order = np.argsort(-scores, kind="stable")
    ranked, hit, of_group = scores[order], targets[order], groups[order]
    last_of_tie = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    result = np.empty(len(weights))
    # In slices: all resamples of a large study at once would fill the memory.
    for begin in range(0, len(weights), 100):
        w = weights[begin : begin + 100][:, of_group]
        seen = np.cumsum(w, axis=1)[:, last_of_tie]
        found = np.cumsum(w * hit, axis=1)[:, last_of_tie]
        with np.errstate(invalid="ignore", divide="ignore"):
            precision = np.where(seen > 0, found / seen, 0.0)
            gained = np.diff(found, axis=1, prepend=0.0) / found[:, -1:]
        result[begin : begin + 100] = (precision * gained).sum(axis=1)
    return result


def precision_at_1(
    probabilities: Floats, targets: NDArray[np.bool_], groups: Groups, weights: Floats
) -> Floats:
    """Share of coded passages whose first suggestion is one of the coder's codes."""
    coded = np.flatnonzero(targets.any(axis=1))
    first = probabilities[coded].argmax(axis=1)
    return _weighted_mean(targets[coded, first].astype(np.float64), groups[coded], weights)


def recall_at_3(probabilities: Floats, targets: NDArray[np.bool_], groups: Groups, weights: Floats) -> Floats:
    """Share of a coded passage's codes among its first three suggestions, averaged over coded passages."""
    coded = np.flatnonzero(targets.any(axis=1))
    top = np.argsort(-probabilities[coded], axis=1, kind="stable")[:, :3]
    found = np.take_along_axis(targets[coded], top, axis=1).sum(axis=1) / targets[coded].sum(axis=1)
    return _weighted_mean(found, groups[coded], weights)


def f1_from_counts(hits: Floats, chosen: Floats, positives: Floats) -> Floats:
    """F1 from counts of any one shape: 2 hits / (chosen + positives)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(2 * hits / (chosen + positives))


def mean_of_defined(values: Floats) -> Floats:
    """Mean (r,) over the codes of each resample (r, k) that have the figure."""
    defined = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(defined, values, 0.0).sum(axis=1) / defined.sum(axis=1))


def statistic(values: Floats, *, n_units: int, n_transcripts: int, undefined_because: str = "") -> Statistic:
    """The first value as the estimate, the 2.5th and 97.5th percentile of the others as its interval.

    Where more than a fifth of the resamples do not define the figure, there is an estimate and no interval.
    """
    estimate = None if undefined_because or np.isnan(values[0]) else float(values[0])
    resampled = values[1:]
    defined = resampled[~np.isnan(resampled)]
    if estimate is None or len(defined) < (1 - _MOST_UNDEFINED) * len(resampled):
        why = undefined_because or "too few transcripts have it for an interval"
        return Statistic(
            estimate, None, None, n_units=n_units, n_transcripts=n_transcripts, undefined_because=why
        )
    low, high = np.percentile(defined, [2.5, 97.5])
    return Statistic(estimate, float(low), float(high), n_units=n_units, n_transcripts=n_transcripts)


def _weighted_mean(values: Floats, groups: Groups, weights: Floats) -> Floats:
    sums = np.bincount(groups, values, minlength=weights.shape[1])
    counts = np.bincount(groups, minlength=weights.shape[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((weights @ sums) / (weights @ counts))
