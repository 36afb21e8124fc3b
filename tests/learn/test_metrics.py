"""Figures of merit against scikit-learn and against counting by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from suggester.learn.metrics import (
    average_precision,
    f1_from_counts,
    mean_of_defined,
    precision_at_1,
    recall_at_3,
    statistic,
)

ONE = np.ones((1, 1))


@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=60))
def test_average_precision_is_that_of_scikit_learn_with_ties(rows):
    scores = np.array([score / 8 for score, _ in rows])
    targets = np.array([hit for _, hit in rows])
    ours = average_precision(scores, targets, np.zeros(len(rows), np.intp), ONE)[0]
    if targets.any():
        assert ours == pytest.approx(average_precision_score(targets, scores), abs=1e-12)
    else:
        assert np.isnan(ours)


def test_a_transcript_drawn_twice_counts_as_two_copies():
    rng = np.random.default_rng(0)
    scores, targets = rng.random(40), rng.random(40) < 0.3
    groups = np.repeat(np.arange(4), 10)
    weighted = average_precision(scores, targets, groups, np.array([[2.0, 0.0, 1.0, 1.0]]))[0]
    rows = np.concatenate([np.flatnonzero(groups == g) for g in (0, 0, 2, 3)])
    assert weighted == pytest.approx(average_precision_score(targets[rows], scores[rows]))


def test_precision_at_1_and_recall_at_3_as_counted_by_hand():
    p = np.array([[0.9, 0.5, 0.4, 0.1], [0.2, 0.8, 0.7, 0.6], [0.3, 0.1, 0.2, 0.9]])
    y = np.array([[1, 0, 0, 1], [1, 0, 1, 0], [0, 0, 0, 0]], np.bool_)
    groups = np.zeros(3, np.intp)
    assert precision_at_1(p, y, groups, ONE)[0] == pytest.approx(1 / 2)
    assert recall_at_3(p, y, groups, ONE)[0] == pytest.approx((1 / 2 + 1 / 2) / 2)


def test_f1_from_counts():
    f1 = f1_from_counts(np.array([3.0, 0.0]), np.array([5.0, 0.0]), np.array([7.0, 0.0]))
    assert f1[0] == pytest.approx(0.5)
    assert np.isnan(f1[1])


def test_a_statistic_contains_its_estimate_and_keeps_its_n():
    values = np.concatenate([[0.5], np.linspace(0.3, 0.7, 1000)])
    found = statistic(values, n_groups=10_000, n_units=12, n_transcripts=3)
    assert (found.low, found.high) == (pytest.approx(0.31, abs=1e-3), pytest.approx(0.69, abs=1e-3))
    assert (found.estimate, found.n_units, found.n_transcripts) == (0.5, 12, 3)


def test_the_fewer_the_transcripts_the_wider_the_interval_and_one_has_none():
    values = np.concatenate([[0.5], np.linspace(0.3, 0.7, 1000)])
    few, many = (statistic(values, n_groups=n, n_units=9, n_transcripts=n) for n in (5, 50))
    turned = statistic(values - 0.1, n_groups=50, n_units=9, n_transcripts=50, reflected=True)
    plain = statistic(values - 0.1, n_groups=50, n_units=9, n_transcripts=50)
    assert (turned.low, turned.high) == pytest.approx((0.8 - plain.high, 0.8 - plain.low))
    alike = statistic(np.full(1001, 0.5), n_groups=50, n_units=9, n_transcripts=50)
    assert alike.low is None and "the same in all" in alike.undefined_because
    assert few.low < many.low < many.high < few.high
    # Student's t with 4 degrees of freedom is 2.776; times sqrt(5/4), the normal leaves .00095 outside.
    assert few.low == pytest.approx(0.3 + 0.4 * 0.00095, abs=1e-4)
    assert statistic(values, n_groups=4, n_units=9, n_transcripts=4).low is None


def test_where_many_resamples_lack_the_figure_there_is_no_interval_but_a_reason():
    values = np.concatenate([[0.5], np.full(300, np.nan), np.full(700, 0.5)])
    found = statistic(values, n_groups=2, n_units=2, n_transcripts=2)
    assert (found.estimate, found.low, found.high) == (0.5, None, None)
    assert "too few transcripts" in found.undefined_because


def test_the_mean_over_codes_passes_over_what_a_resample_does_not_define():
    values = np.array([[0.2, np.nan, 0.4], [np.nan, np.nan, np.nan], [0.0, 0.5, 1.0]])
    assert mean_of_defined(values) == pytest.approx([0.3, np.nan, 0.5], nan_ok=True)
