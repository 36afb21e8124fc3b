"""From held-out scores to probabilities and thresholds, rare codes leaning on the others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Floats = NDArray[np.float64]

KNOTS = np.array([-4.0, -2.0, 0.0, 1.5])
_BINS = 1000
_CURVE_VARIANCE = 0.05
_LEAST_RISE = 0.05
# Of log-odds, for a score one standard deviation higher.
_LEAST_SLOPE = 0.1
_PRIOR_VARIANCE = 0.05
_PRIOR_EXAMPLES = 10.0
_BETTER_THAN_ALL = 1.1
_ITERATIONS = 30


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling per code (arrays of shape (n_codes,)), and one curve for all of them.

    The log-odds of code c are ``curve(slope[c] * (score - centre[c]) / spread[c] + intercept[c])``. The
    curve rises in straight pieces between `KNOTS`: ``curve`` (n_pieces + 1,) holds its value at log-odds of
    nought and the pieces' slopes.
    """

    centre: Floats
    spread: Floats
    slope: Floats
    intercept: Floats
    curve: Floats

    def probabilities(self, scores: Floats) -> Floats:
        """Probabilities (n, n_codes) for raw scores of the same shape."""
        standard = (scores - self.centre) / self.spread
        straight = self.slope * standard + self.intercept
        return np.asarray(expit(_pieces(straight) @ self.curve[1:] + self.curve[0]))


def fit_calibration(held_out: Floats, targets: NDArray[np.bool_]) -> Calibration:
    """Calibrate on held-out scores (n, k) of passages with known codes (n, k).

    Platt (1999) scaling; the slope and intercept of each code are drawn towards those of all codes
    together (a Gaussian prior around the pooled fit), so that five examples do not decide alone.
    Platt's smoothed targets are used. Where held-out scores point the wrong way, as they tend to for a rare
    code (without its group its mean is lower), the probability is nearly the code's frequency, but it rises
    with the score all the same: the order of passages is the scores'.

    High scores promise more than the logistic shape allows for: a straight line said 85 % where 69 % were
    right. The pooled curve, learned on all codes together, takes that back.
    """
    centre, spread = held_out.mean(axis=0), np.maximum(held_out.std(axis=0), 1e-6)
    standard = (held_out - centre) / spread
    positives = targets.sum(axis=0)
    negatives = len(targets) - positives
    base = logit((positives + 0.5) / (len(targets) + 1.0))
    smooth = np.where(targets, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    slope, shift = logistic_lines(
        standard.reshape(-1, 1),
        smooth.reshape(-1, 1),
        np.broadcast_to(base, standard.shape).reshape(-1, 1),
        np.ones(1),
        np.zeros(1),
        variance=100.0,
    )
    pooled_slope, pooled_shift = max(float(slope[0]), 0.0), float(shift[0])
    k = standard.shape[1]
    slopes, shifts = logistic_lines(
        standard,
        smooth,
        np.broadcast_to(base, standard.shape),
        np.full(k, pooled_slope),
        np.full(k, pooled_shift),
        variance=_PRIOR_VARIANCE,
    )
    rising = slopes > _LEAST_SLOPE
    slopes, intercepts = np.where(rising, slopes, _LEAST_SLOPE), base + np.where(rising, shifts, 0.0)
    curve = _rising_curve((slopes * standard + intercepts).ravel(), targets.ravel())
    return Calibration(centre, spread, slopes, intercepts, curve)


def with_calibration_of(
    own: Calibration, places: NDArray[np.bool_], other: Calibration, theirs: Sequence[int]
) -> Calibration:
    """``own``, but in ``places`` (n_codes,) the lines of the columns ``theirs`` of another, whose curve then
    holds for all."""
    lines = {}
    for name in ("centre", "spread", "slope", "intercept"):
        values = getattr(own, name).copy()
        values[places] = getattr(other, name)[list(theirs)]
        lines[name] = values
    return Calibration(**lines, curve=other.curve)


def _pieces(log_odds: Floats) -> Floats:
    """How much of each piece lies between nought and the log-odds: shape (..., n_pieces), signed."""
    edges = np.concatenate([[-np.inf], KNOTS, [np.inf]])
    low, high = edges[:-1], edges[1:]
    inside = np.clip(log_odds[..., None], low, high) - np.clip(0.0, low, high)
    return np.asarray(inside)


def _rising_curve(log_odds: Floats, targets: NDArray[np.bool_]) -> Floats:
    """Logistic regression (n_pieces + 1,) of ``targets`` (n,) on the pieces, rising everywhere (a flat piece
    would make equal what scores tell apart), with a Gaussian prior around the straight line."""
    from scipy.optimize import minimize

    order = np.argsort(log_odds)
    begins = np.unique(np.linspace(0, len(order), _BINS + 1).astype(np.intp)[:-1])
    counts = np.diff(np.append(begins, len(order)))
    x = _pieces(np.add.reduceat(log_odds[order], begins) / counts)
    hits = np.add.reduceat(targets[order].astype(np.float64), begins)
    line = np.concatenate([[0.0], np.ones(x.shape[1])])

    def loss(curve: Floats) -> tuple[float, Floats]:
        z = x @ curve[1:] + curve[0]
        error = counts * expit(z) - hits
        away = curve - line
        value = np.sum(counts * np.logaddexp(0, z) - hits * z) + away @ away / (2 * _CURVE_VARIANCE)
        return float(value), np.append(error.sum(), x.T @ error) + away / _CURVE_VARIANCE

    bounds = [(None, None)] + [(_LEAST_RISE, None)] * x.shape[1]
    return np.asarray(minimize(loss, line, jac=True, method="L-BFGS-B", bounds=bounds).x, np.float64)


def logistic_lines(
    x: Floats, y: Floats, offset: Floats, slope_mean: Floats, shift_mean: Floats, variance: float
) -> tuple[Floats, Floats]:
    """Slope and shift (k,) of each column's logistic regression of ``y`` on ``x`` with an offset, each
    (n, k), under a Gaussian prior around the given means, by Newton's method."""
    slope, shift = slope_mean.copy(), shift_mean.copy()
    for _ in range(_ITERATIONS):
        p = expit(slope * x + offset + shift)
        w = p * (1 - p)
        g0 = ((p - y) * x).sum(axis=0) + (slope - slope_mean) / variance
        g1 = (p - y).sum(axis=0) + (shift - shift_mean) / variance
        h00 = (w * x * x).sum(axis=0) + 1 / variance
        h01 = (w * x).sum(axis=0)
        h11 = w.sum(axis=0) + 1 / variance
        determinant = h00 * h11 - h01 * h01
        step0 = (h11 * g0 - h01 * g1) / determinant
        step1 = (h00 * g1 - h01 * g0) / determinant
        # A full step may overshoot where the logistic is flat; two units of log-odds do not.
        slope -= np.clip(step0, -2, 2)
        shift -= np.clip(step1, -2, 2)
        if max(np.abs(step0).max(), np.abs(step1).max()) < 1e-8:
            break
    return slope, shift


def choose_thresholds(probabilities: Floats, targets: NDArray[np.bool_]) -> Floats:
    """The probability (k,) above which a code is assigned: best F1 on held-out predictions, drawn
    towards the best threshold of all codes together as if that were worth ten examples.

    A frequent code that can hardly be told from the others has its best F1, or nearly, where every passage
    gets it. That helps nobody: where the best F1 is less than a tenth above it, the code is assigned where
    it is more likely than not.
    """
    pooled, _ = _best_f1(probabilities.ravel(), targets.ravel())
    best = [_best_f1(probabilities[:, j], targets[:, j]) for j in range(targets.shape[1])]
    own, f1 = (np.array(values) for values in zip(*best, strict=True))
    n = targets.sum(axis=0)
    thresholds = (n * own + _PRIOR_EXAMPLES * pooled) / (n + _PRIOR_EXAMPLES)
    if_all = 2 * n / (n + len(targets))
    return np.where(f1 > _BETTER_THAN_ALL * if_all, thresholds, 0.5)


def _best_f1(probabilities: Floats, targets: NDArray[np.bool_]) -> tuple[float, float]:
    """The threshold of the best F1, and that F1."""
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    true_positives = np.cumsum(targets[order])
    f1 = 2 * true_positives / (np.arange(1, len(order) + 1) + targets.sum())
    # A threshold can only fall between two different probabilities.
    ends = np.append(ranked[1:] < ranked[:-1], True)
    best = int(np.argmax(np.where(ends, f1, -1.0)))
    below = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    return float((ranked[best] + below) / 2), float(f1[best])
