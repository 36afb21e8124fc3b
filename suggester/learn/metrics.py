"""Figures of merit, each computed for many resamples of transcripts at once.

``weights`` is (r, n_groups) throughout: how often each transcript (or case: what is held out together)
occurs in each of r resamples. Every function returns (r,) values, NaN where a resample does not hold what
the figure needs.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from suggester.domain import Statistic

Floats = NDArray[np.float64]
Groups = NDArray[np.intp]
RESAMPLES = 1000
_MOST_UNDEFINED = 0.2
_FEWEST_GROUPS = 5
_TOO_FEW = "too few transcripts or cases have it for an interval"


def average_precision(scores: Floats, targets: NDArray[np.bool_], groups: Groups, weights: Floats) -> Floats:
    """Average precision of a ranking: sum over positives of precision at their rank, weighted.

    As in scikit-learn (step-wise, ties counted together); each passage weighs what its transcript does.
    """
    if not targets.any():
        return np.full(len(weights), np.nan)
    order = np.argsort(-scores, kind="stable")
    ranked, hit, of_group = scores[order], targets[order], groups[order]
    tie = np.cumsum(np.append(False, ranked[1:] != ranked[:-1]))
    # Only ties that hold a positive gain anything. What each transcript has up to the end of each of them,
    # (n_groups, n_ties), times the weights is what every resample has.
    gaining = np.unique(tie[hit])
    place = np.searchsorted(gaining, tie)
    counts = np.zeros((2, weights.shape[1], len(gaining) + 1))
    np.add.at(counts[0], (of_group, place), 1.0)
    np.add.at(counts[1], (of_group[hit], place[hit]), 1.0)
    seen = weights @ np.cumsum(counts[0, :, :-1], axis=1)
    gained = weights @ counts[1, :, :-1]
    found = np.cumsum(gained, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(seen > 0, found / seen, 0.0)
        return np.asarray((precision * gained).sum(axis=1) / gained.sum(axis=1))


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
    """F1 from counts of any one shape: 2 hits / (chosen + positives); undefined where nothing is positive."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(positives > 0, 2 * hits / (chosen + positives), np.nan))


def mean_of_defined(values: Floats) -> Floats:
    """Mean (r,) over the codes of each resample (r, k) that have the figure."""
    defined = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(defined, values, 0.0).sum(axis=1) / defined.sum(axis=1))


def resamples(n_groups: int, random_state: int, n: int = RESAMPLES) -> Floats:
    """The ``weights`` (1 + n, n_groups) of the sample itself and of ``n`` bootstrap resamples of groups."""
    draws = np.random.default_rng(random_state).multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=n)
    return np.vstack([np.ones(n_groups), draws])


def statistic(
    values: Floats,
    *,
    n_groups: int,
    n_units: int,
    n_transcripts: int,
    undefined_because: str = "",
    reflected: bool = False,
) -> Statistic:
    """Estimate and 95 % interval from a figure's ``values`` (1 + n,) over `resamples`.

    The expanded percentile interval (Hesterberg 2015): the percentiles are those that make the interval
    of a mean of ``n_groups`` as wide as Student's t does. Simulated, it covers better than plain
    percentiles and than BCa, which is too short where transcripts are few. ``reflected`` turns it around
    the estimate (Davison & Hinkley 1997, the basic bootstrap): for means of average precisions, which are
    biased upwards where positives are few, and in a resample as much again.

    There is an estimate and no interval for fewer than five groups, where more than a fifth of the
    resamples do not define the figure, and where they are all alike.
    """
    estimate = None if undefined_because or np.isnan(values[0]) else float(values[0])
    defined = values[1:][~np.isnan(values[1:])]
    too_few = n_groups < _FEWEST_GROUPS or len(defined) < (1 - _MOST_UNDEFINED) * len(values[1:])
    if estimate is None or too_few or np.ptp(defined) == 0:
        alike = "it is the same in all transcripts, which says nothing of how much it varies"
        why = undefined_because or (_TOO_FEW if too_few else alike)
        return Statistic(
            estimate, None, None, n_units=n_units, n_transcripts=n_transcripts, undefined_because=why
        )
    tail = float(ndtr(-np.sqrt(n_groups / (n_groups - 1)) * stdtrit(n_groups - 1, 0.975)))
    low, high = np.quantile(defined, [tail, 1 - tail])
    if reflected:
        low, high = max(2 * estimate - high, 0.0), min(2 * estimate - low, 1.0)
    return Statistic(estimate, float(low), float(high), n_units=n_units, n_transcripts=n_transcripts)


def _weighted_mean(values: Floats, groups: Groups, weights: Floats) -> Floats:
    sums = np.bincount(groups, values, minlength=weights.shape[1])
    counts = np.bincount(groups, minlength=weights.shape[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((weights @ sums) / (weights @ counts))
