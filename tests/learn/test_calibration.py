"""From scores to probabilities and thresholds."""

import numpy as np
import pytest
from scipy.special import expit

from suggester.learn.calibration import choose_thresholds, fit_calibration


@pytest.fixture
def simulated():
    """Two frequent codes and one with about five examples, whose scores mean the same."""
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(6000, 3))
    truth = expit(1.5 * scores + [-1.0, -2.0, -8.5])
    return scores, rng.random(truth.shape) < truth, truth


def test_probabilities_match_frequencies_in_every_bin(simulated):
    scores, targets, _ = simulated
    p = fit_calibration(scores, targets).probabilities(scores)
    for code in (0, 1):
        for low in np.arange(0, 0.8, 0.2):
            chosen = (p[:, code] >= low) & (p[:, code] < low + 0.2)
            assert targets[chosen, code].mean() == pytest.approx(p[chosen, code].mean(), abs=0.07)


def test_probabilities_rise_with_the_score_and_stay_inside_nought_and_one(simulated):
    scores, targets, _ = simulated
    ladder = np.linspace(-50, 50, 11)[:, None].repeat(3, axis=1)
    p = fit_calibration(scores, targets).probabilities(ladder)
    assert np.isfinite(p).all()
    assert (np.diff(p, axis=0) >= 0).all()
    assert p.min() >= 0
    assert p.max() <= 1


def test_a_rare_code_takes_its_slope_from_the_others():
    rng = np.random.default_rng(2)
    scores = rng.normal(size=(2000, 3))
    targets = rng.random((2000, 3)) < expit(2 * scores - 1)
    targets[:, 2] = False
    targets[:4, 2] = True  # four examples that say nothing
    slopes = fit_calibration(scores, targets).slope
    assert slopes[2] > 0.4 * slopes[:2].mean()


def test_a_threshold_separates_what_can_be_separated():
    p = np.concatenate([np.full(50, 0.9), np.full(50, 0.2)])[:, None]
    t = choose_thresholds(p, p > 0.5)
    assert 0.2 < t[0] <= 0.9


def test_the_threshold_of_a_frequent_code_is_the_best_for_f1(simulated):
    _, targets, truth = simulated
    t = choose_thresholds(truth[:, :1], targets[:, :1])[0]

    def f1(threshold: float) -> float:
        chosen = truth[:, 0] >= threshold
        return 2 * (chosen & targets[:, 0]).sum() / (chosen.sum() + targets[:, 0].sum())

    assert f1(t) >= max(f1(x) for x in np.arange(0.05, 0.95, 0.05)) - 1e-3


def test_a_frequent_code_that_cannot_be_told_is_not_assigned_to_everything():
    rng = np.random.default_rng(3)
    targets = rng.random((600, 2)) < [0.3, 0.3]
    p = np.column_stack([np.full(600, 0.3) + rng.normal(0, 0.002, 600), np.where(targets[:, 1], 0.8, 0.1)])
    useless, useful = choose_thresholds(p, targets)
    assert not (p[:, 0] >= useless).any()
    assert ((p[:, 1] >= useful) == targets[:, 1]).all()


def test_a_code_without_examples_leans_on_the_pooled_threshold(simulated):
    _, targets, truth = simulated
    targets = targets.copy()
    targets[:, 2] = False
    t = choose_thresholds(truth, targets)
    assert np.isfinite(t).all()
    assert 0 < t[2] < 1


def test_scores_that_promise_too_much_at_the_top_are_taken_back_there():
    """Right in half of the cases below the top, in 70 % there, however high the score."""
    rng = np.random.default_rng(4)
    scores = rng.normal(size=(8000, 2)) * 2
    truth = np.minimum(expit(2 * scores - 1), 0.7)
    p = fit_calibration(scores, rng.random(truth.shape) < truth).probabilities(scores)
    top = scores > 2
    assert p[top].mean() == pytest.approx(0.7, abs=0.03)
    middle = (scores > -0.5) & (scores < 0.5)
    assert p[middle].mean() == pytest.approx(truth[middle].mean(), abs=0.05)
    assert (np.diff(np.sort(p[np.argsort(scores[:, 0]), 0])) >= 0).all()


def test_scores_that_differ_never_get_the_same_probability():
    """Also where more of the score means no more of the code: nothing above nought tells anything here."""
    rng = np.random.default_rng(5)
    scores = rng.normal(size=(4000, 2))
    truth = np.where(scores > 0, 0.4, 0.02)
    calibration = fit_calibration(scores, rng.random(truth.shape) < truth)
    ladder = np.linspace(-3, 3, 50)[:, None].repeat(2, axis=1)
    assert (np.diff(calibration.probabilities(ladder), axis=0) > 0).all()
