"""What the benchmark gives to systems, and measures them by."""

import numpy as np
import pytest

from protocol import Material, calibration_error, draw, work_saved
from studies import Study


def random(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def coded(n: int, k: int, share: float, seed: int = 0) -> np.ndarray:
    return random(seed).random((n, k)) < share


def test_each_code_gets_its_budget_where_it_has_as_many():
    targets = coded(400, 5, 0.2)
    got = targets[draw(targets, 16, random())].sum(axis=0)
    assert (got >= 16).all()


def test_a_code_with_fewer_passages_than_the_budget_keeps_all_of_them():
    targets = coded(400, 3, 0.3)
    targets[:, 2] = False
    targets[:5, 2] = True
    assert targets[draw(targets, 16, random())][:, 2].sum() == 5


def test_no_passage_is_taken_once_all_its_codes_have_their_budget():
    # One code to a passage: nothing can take a code beyond its budget.
    targets = np.eye(4, dtype=bool)[random().integers(0, 4, 400)]
    assert (targets[draw(targets, 10, random())].sum(axis=0) == 10).all()


def test_uncoded_passages_come_in_their_proportion():
    targets = np.zeros((300, 2), bool)
    targets[:100, 0] = True
    rows = draw(targets, 20, random())
    assert (targets[rows].any(axis=1).sum(), len(rows)) == (20, 60)


def test_a_draw_is_in_order_without_repeats_and_the_same_for_the_same_seed():
    targets = coded(200, 4, 0.1)
    rows = draw(targets, 8, random(3))
    assert (np.diff(rows) > 0).all()
    assert rows.tolist() == draw(targets, 8, random(3)).tolist()
    assert rows.tolist() != draw(targets, 8, random(4)).tolist()


def test_without_a_budget_all_is_drawn():
    assert draw(coded(30, 2, 0.1), None, random()).tolist() == list(range(30))


def test_all_but_the_best_scored_is_saved_where_those_hold_all_of_a_code():
    scores = np.linspace(1, 0, 100)
    assert work_saved(scores, scores > 0.9) == pytest.approx(0.9)


def test_the_twentieth_of_twenty_passages_need_not_be_found():
    targets = np.zeros(100, bool)
    targets[:19] = targets[99] = True
    assert work_saved(np.linspace(1, 0, 100), targets) == pytest.approx(0.81)


def test_one_score_for_all_saves_nothing():
    assert work_saved(np.full(50, 0.3), np.arange(50) < 5) == 0


def test_probabilities_that_hold_have_no_calibration_error():
    p = np.repeat([0.25, 0.75], 40)
    y = np.concatenate([np.arange(40) < 10, np.arange(40) < 30])
    assert calibration_error(p, y) == pytest.approx(0)


def test_calibration_error_is_the_mean_gap_of_the_bins():
    p = np.array([0.95] * 10 + [0.05] * 30)
    y = np.array([True] * 5 + [False] * 35)
    assert calibration_error(p, y) == pytest.approx((0.45 * 10 + 0.05 * 30) / 40)


def test_sure_pairs_alone_count_where_asked_for():
    p = np.array([0.9, 0.9, 0.1, 0.2])
    y = np.array([True, True, True, True])
    assert calibration_error(p, y, above=0.2) == pytest.approx(0.1)
    assert np.isnan(calibration_error(p, y, above=0.95))


def test_scores_beyond_nought_and_one_are_clipped():
    assert calibration_error(np.array([-0.5, 1.5]), np.array([False, True])) == 0


class Letters:
    """Texts as vectors, without a model."""

    name = fingerprint = "letters"

    def encode(self, texts, _progress=None):
        return np.array([[len(text), text.count("a")] for text in texts], np.float32)


def test_folds_hold_out_whole_groups_and_predict_each_passage_once():
    groups = [f"g{i % 7}" for i in range(70)]
    study = Study("s", ["a" * (i + 1) for i in range(70)], [{"x"}] * 70, groups, [""] * 70)
    material = Material.of(study, Letters())
    tested = []
    for train, test in material.folds():
        assert not {groups[i] for i in train} & {groups[i] for i in test}
        tested += test.tolist()
    assert sorted(tested) == list(range(70))
