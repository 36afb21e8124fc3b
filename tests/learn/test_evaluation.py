"""Figures on held-out transcripts, against counting by hand."""

import warnings

import numpy as np
import pytest

from suggester import CodeSuggester
from suggester.domain import Basis
from suggester.errors import TooLittleToLearn
from suggester.learn.evaluation import HeldOut, assess, cross_validate
from tests.conftest import FakeEncoder

CODES = ("a", "b", "c")


@pytest.fixture
def small() -> HeldOut:
    """Eight passages of four transcripts: a in all four, b in one only, c never suggested."""
    targets = np.array(
        [[1, 0, 0], [0, 0, 0], [1, 1, 0], [0, 1, 0], [1, 0, 1], [0, 0, 1], [1, 0, 0], [1, 0, 0]], np.bool_
    )
    p = np.array(
        [
            [0.9, 0.1, 0.0],
            [0.45, 0.2, 0.1],
            [0.3, 0.8, 0.1],
            [0.7, 0.6, 0.2],
            [0.8, 0.1, 0.3],
            [0.2, 0.1, 0.4],
            [0.4, 0.1, 0.1],
            [0.5, 0.6, 0.1],
        ]
    )
    return HeldOut(CODES, p, p >= 0.5, targets, np.repeat(np.arange(4), 2))


def test_figures_over_all_codes_are_those_counted_by_hand(small):
    quality = assess(small)
    # First suggestions: a, b, a, a, c, a, b for the seven coded passages; the 3rd and the 7th row miss.
    assert quality.precision_at_1.estimate == pytest.approx(5 / 7)
    assert quality.recall_at_3.estimate == 1.0
    # a: 3 right of 4 chosen, 5 carry it; b: 2 right of 3, 2 carry it; c: none chosen, 2 carry it.
    assert quality.micro_f1.estimate == pytest.approx(2 * 5 / (7 + 9))
    assert quality.macro_f1.estimate == pytest.approx((6 / 9 + 4 / 5 + 0) / 3)
    assert (quality.n_passages, quality.n_coded, quality.n_transcripts, quality.n_folds) == (8, 7, 4, 4)


def test_figures_of_one_code_are_those_counted_by_hand(small):
    a, b, c = assess(small).codes
    assert (a.precision.estimate, a.recall.estimate) == (pytest.approx(3 / 4), pytest.approx(3 / 5))
    # Ranked by probability, a's are the 1st, 2nd, 4th, 6th and 7th.
    assert a.average_precision.estimate == pytest.approx((1 / 1 + 2 / 2 + 3 / 4 + 4 / 6 + 5 / 7) / 5)
    assert (a.n_passages, a.n_transcripts, a.basis) == (5, 4, Basis.TRAINED)
    assert (b.n_passages, b.n_transcripts, b.basis) == (2, 1, Basis.SIMILARITY)
    assert b.recall.estimate is None
    assert "one transcript" in b.recall.undefined_because
    assert c.precision.estimate is None
    assert "never suggested" in c.precision.undefined_because


def test_each_figure_says_how_many_passages_it_rests_on(small):
    quality = assess(small)
    assert quality.precision_at_1.n_units == quality.recall_at_3.n_units == 7
    assert quality.micro_f1.n_units == quality.macro_average_precision.n_units == 8
    a = quality.codes[0]
    assert (a.precision.n_units, a.recall.n_units) == (4, 5)


def test_nothing_is_ever_nan_and_nobody_is_warned(small):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quality = assess(small)
    figures = [quality.precision_at_1, quality.macro_f1, quality.micro_f1, quality.macro_average_precision]
    figures += [f for code in quality.codes for f in (code.precision, code.recall, code.average_precision)]
    for figure in figures:
        for value in (figure.estimate, figure.low, figure.high):
            assert value is None or 0 <= value <= 1
        assert (figure.low is None) == bool(figure.undefined_because)


def test_two_transcripts_of_which_one_is_uncoded_give_figures_without_warnings():
    targets = np.array([[1], [1], [0], [0]], np.bool_)
    p = np.array([[0.9], [0.2], [0.1], [0.1]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quality = assess(HeldOut(("a",), p, p > 0.5, targets, np.array([0, 0, 1, 1])))
    assert quality.micro_f1.estimate == pytest.approx(2 / 3)
    assert quality.micro_f1.low is None


def test_the_interval_comes_from_whole_transcripts(small):
    """Ten copies of every passage in its transcript tell no more than one."""
    ten = np.repeat(np.arange(8), 10)
    copies = HeldOut(
        CODES, small.probabilities[ten], small.predicted[ten], small.targets[ten], small.groups[ten]
    )
    once, often = assess(small).micro_f1, assess(copies).micro_f1
    assert (often.estimate, often.low, often.high) == pytest.approx((once.estimate, once.low, once.high))


def test_the_same_seed_gives_the_same_interval():
    rng = np.random.default_rng(0)
    p = rng.random((200, 2))
    many = HeldOut(("a", "b"), p, p > 0.5, rng.random(p.shape) < p, np.repeat(np.arange(40), 5))
    assert assess(many, random_state=1) == assess(many, random_state=1)
    assert assess(many, random_state=1).micro_f1 != assess(many, random_state=2).micro_f1


def test_one_transcript_cannot_be_held_out():
    texts, codes = [f"hug {i}" for i in range(12)], [{"a"} if i % 2 else set() for i in range(12)]
    with pytest.raises(TooLittleToLearn, match="one transcript"):
        cross_validate(CodeSuggester(encoder=FakeEncoder()), texts, codes, ["only"] * 12)


def test_a_transcripts_own_codes_do_not_change_what_is_predicted_for_it():
    rng = np.random.default_rng(0)
    words = {"a": "hug cry", "b": "van forms", "": "kettle bus"}
    kinds = [("a", "b", "")[i] for i in rng.integers(0, 3, 60)]
    texts = [f"{words[kind]} {i}" for i, kind in enumerate(kinds)]
    codes = [{kind} if kind else set() for kind in kinds]
    groups = np.repeat(np.arange(5), 12)
    other = [
        {"b"} if carried == {"a"} and group == 3 else carried
        for carried, group in zip(codes, groups, strict=True)
    ]
    model = CodeSuggester(encoder=FakeEncoder())
    one, two = (cross_validate(model, texts, c, list(groups)) for c in (codes, other))
    assert np.array_equal(one.probabilities[groups == 3], two.probabilities[groups == 3])
    assert not np.array_equal(one.probabilities[groups == 0], two.probabilities[groups == 0])


def test_a_code_that_a_training_part_never_met_is_not_predicted():
    texts = [f"{'hug' if i % 2 else 'van'} {i}" for i in range(50)]
    codes = [{"a"} if i % 2 else {"b"} for i in range(50)]
    for i in range(40, 50):
        codes[i] = codes[i] | {"only in the last"}
    held_out = cross_validate(
        CodeSuggester(encoder=FakeEncoder()), texts, codes, [i // 10 for i in range(50)]
    )
    column = held_out.codes.index("only in the last")
    assert not held_out.predicted[40:, column].any()
    assert (held_out.probabilities[40:, column] == 0).all()


def test_where_nothing_is_finished_a_suggestion_is_never_called_wrong(small):
    coded = small.targets.any(axis=1)
    quality = assess(small, complete=[False] * 8)
    assert quality.n_complete == 0
    for figure in (quality.macro_f1, quality.micro_f1, quality.macro_average_precision):
        assert figure.estimate is None and "no transcript is marked as finished" in figure.undefined_because
    a = quality.codes[0]
    assert a.precision.estimate is None and a.average_precision.estimate is None
    # What needs coded passages only is there as before.
    assert a.recall == assess(small).codes[0].recall
    assert quality.precision_at_1 == assess(small).precision_at_1
    assert quality.recall_at_3.n_units == coded.sum()


def test_precision_counts_finished_transcripts_only(small):
    complete = small.groups >= 2
    quality = assess(small, complete=complete)
    a = quality.codes[0]
    # Of the last four passages a is suggested for the first and the last, and both carry it.
    assert (a.precision.estimate, a.precision.n_units) == (1.0, 2)
    assert (a.recall.estimate, a.recall.n_units) == (pytest.approx(3 / 5), 5)
    assert quality.n_complete == 2 and quality.macro_f1.n_units == 4
    one = assess(small, complete=small.groups == 2)
    assert "only one transcript or case is marked as finished" in one.macro_f1.undefined_because


def test_passages_are_held_out_by_case_and_counted_by_transcript(small):
    cases = HeldOut(CODES, small.probabilities, small.predicted, small.targets, small.groups // 2)
    quality = assess(cases, transcripts=[f"t{g}" for g in small.groups])
    assert (quality.n_transcripts, quality.n_folds) == (4, 2)
    assert quality.codes[0].n_transcripts == 4
