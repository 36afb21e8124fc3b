"""The ridge heads, and their exact predictions for groups left out."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics.pairwise import rbf_kernel

from suggester.learn import ridge
from suggester.learn.features import Features, WordWeights
from suggester.learn.ridge import fit_ridge

HASHES = 2**20


def features(n: int, rng: np.random.Generator) -> Features:
    dense = rng.normal(size=(n, 12)).astype(np.float32)
    dense /= np.linalg.norm(dense, axis=1, keepdims=True)
    words = sparse.csr_matrix(
        (np.ones(6 * n, np.float32), (np.repeat(np.arange(n), 6), rng.integers(0, 200, 6 * n))), (n, HASHES)
    )
    return Features(dense, words, words[rng.permutation(n)])


def refitted(f: Features, targets: np.ndarray, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Weighted kernel ridge regression by scikit-learn, with all passages' vocabulary.

    The Gaussian is scikit-learn's own, of 1.5; a bias is a kernel of one.
    """
    words = WordWeights.of(f).weighted(f)
    kernel = rbf_kernel(f.dense, gamma=1.5) + (words @ words.T).toarray() + 1.0
    counts = np.maximum(targets.sum(axis=0), 1)
    rarity = (counts.mean() / counts) ** 0.5
    n_codes = targets.sum(axis=1)
    w = np.where(n_codes > 0, targets @ rarity / np.maximum(n_codes, 1), 1.0)[train]
    model = KernelRidge(kernel="precomputed", alpha=1.0)
    model.fit(kernel[np.ix_(train, train)], targets[train].astype(float), sample_weight=w)
    return model.predict(kernel[np.ix_(test, train)])


@pytest.fixture
def case():
    rng = np.random.default_rng(0)
    f = features(60, rng)
    targets = rng.random((60, 4)) < [0.4, 0.2, 0.1, 0.3]
    return f, targets, np.repeat(np.arange(6), 10)[rng.permutation(60)]


def test_held_out_scores_equal_those_of_refitting_without_the_group(case):
    f, targets, groups = case
    fitted = fit_ridge(f, targets, groups, n_landmarks=2000, random_state=0)
    for group in range(6):
        test = np.flatnonzero(groups == group)
        expected = refitted(f, targets, np.flatnonzero(groups != group), test)
        assert fitted.held_out[test] == pytest.approx(expected, abs=1e-3)


def test_heads_score_new_passages_as_scikit_learns_kernel_ridge_does(case):
    f, targets, groups = case
    fitted = fit_ridge(f, targets, groups, n_landmarks=2000, random_state=0)
    everything = np.arange(60)
    assert fitted.heads.scores(f) == pytest.approx(refitted(f, targets, everything, everything), abs=1e-3)


def test_held_out_scores_do_not_depend_on_the_groups_own_codes(case):
    f, targets, groups = case
    changed = targets.copy()
    own = groups == 2
    # The same number of each code and the same weights: only who carries them changes.
    changed[own] = targets[own][::-1]
    before, after = (
        fit_ridge(f, t, groups, n_landmarks=2000, random_state=0).held_out[own] for t in (targets, changed)
    )
    assert after == pytest.approx(before, abs=1e-6)


def test_landmarks_give_nearly_the_scores_of_the_whole_kernel(case):
    f, targets, groups = case
    exact = fit_ridge(f, targets, groups, n_landmarks=2000, random_state=0).heads.scores(f)
    near = fit_ridge(f, targets, groups, n_landmarks=45, random_state=0)
    assert np.isfinite(near.held_out).all()
    assert np.corrcoef(near.heads.scores(f).ravel(), exact.ravel())[0, 1] > 0.9


def test_coded_passages_are_landmarks_before_others():
    targets = np.zeros((50, 2), np.bool_)
    targets[[3, 17, 30], 0] = True
    assert {3, 17, 30} <= set(ridge._choose_landmarks(targets, 5, 0).tolist())
