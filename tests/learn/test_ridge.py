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


def features(n: int, rng: np.random.Generator, around: bool) -> Features:
    dense = unit(rng.normal(size=(n, 12)))
    words = sparse.csr_matrix(
        (np.ones(6 * n, np.float32), (np.repeat(np.arange(n), 6), rng.integers(0, 200, 6 * n))), (n, HASHES)
    )
    return Features(
        dense, words, words[rng.permutation(n)], unit(rng.normal(size=(n, 12))) if around else None
    )


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def refitted(f: Features, targets: np.ndarray, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Weighted kernel ridge regression by scikit-learn, with all passages' vocabulary.

    The Gaussians are scikit-learn's own, of 1.5; a bias is a kernel of one.
    """
    words = WordWeights.of(f).weighted(f)
    near = rbf_kernel(f.dense, gamma=1.5) + rbf_kernel(f.dense if f.around is None else f.around, gamma=1.5)
    kernel = 0.75 * near + (words @ words.T).toarray() + 1.0
    counts = np.maximum(targets.sum(axis=0), 1)
    rarity = (counts.mean() / counts) ** 0.5
    n_codes = targets.sum(axis=1)
    w = np.where(n_codes > 0, targets @ rarity / np.maximum(n_codes, 1), 1.0)[train]
    model = KernelRidge(kernel="precomputed", alpha=1.0)
    model.fit(kernel[np.ix_(train, train)], targets[train].astype(float), sample_weight=w)
    return model.predict(kernel[np.ix_(test, train)])


@pytest.fixture(autouse=True)
def words_weigh_one(monkeypatch, request):
    if "word_weight" not in request.node.name:
        monkeypatch.setattr(ridge, "_WORD_WEIGHTS", (1.0,))


@pytest.fixture(params=[False, True], ids=["alone", "with what stands around"])
def case(request):
    rng = np.random.default_rng(0)
    f = features(60, rng, request.param)
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


@pytest.mark.parametrize(("telling", "weight"), [("words", 2.0), ("vectors", 0.1)])
def test_the_word_weight_follows_what_tells_the_codes_apart_in_other_groups(telling, weight):
    rng = np.random.default_rng(5)
    n = 200
    f = features(n, rng, around=False)
    targets = (np.arange(n) % 4 == 0)[:, None]
    if telling == "words":
        marked = sparse.csr_matrix(
            (targets[:, 0].astype(np.float32), (np.arange(n), np.full(n, 999))), (n, HASHES)
        )
        f = Features(f.dense, f.words + marked, f.context_words)
    else:
        f = Features(unit(f.dense + 2 * targets * np.eye(12)[0]), f.words, f.context_words)
    words = WordWeights.of(f).weighted(f)
    groups = np.arange(n) // 10
    chosen = ridge._choose_word_weight(f, words, targets, targets.astype(np.float64), groups, 0)
    assert chosen == weight
