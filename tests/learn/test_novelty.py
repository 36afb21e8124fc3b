"""The p-value of "fits the codebook"."""

import numpy as np

from suggester.learn.novelty import p_values


def test_passages_like_the_coded_ones_are_flagged_no_more_often_than_stated():
    rng = np.random.default_rng(0)
    p = np.concatenate([p_values(rng.random(50), rng.random(99)) for _ in range(200)])
    for level in (0.05, 0.1, 0.3):
        assert (p <= level).mean() <= level + 0.02


def test_the_smallest_p_value_is_one_in_n_plus_one():
    assert p_values(np.array([0.0]), np.linspace(0.1, 1, 99))[0] == 1 / 100
    assert p_values(np.array([2.0]), np.linspace(0.1, 1, 99))[0] == 1
