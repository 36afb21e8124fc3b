"""Ridge regression of all codes at once, with exact held-out predictions from one decomposition."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from suggester.learn.encoders import Vectors
from suggester.learn.features import Features, WordWeights

_LANDMARKS = 2000
_PENALTY = 2.0
_BALANCE = 0.5
_JITTER = 1e-6

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinearHeads:
    """One linear score per code: ``dense`` (d, k), ``words`` (2**21, k) sparse, ``bias`` (k,)."""

    weights: WordWeights
    dense: Vectors
    words: sparse.csr_matrix
    bias: NDArray[np.float32]

    def scores(self, features: Features) -> Scores:
        """Scores of shape (n_passages, n_codes), about 0 to 1 but not probabilities."""
        from_words = (self.weights.weighted(features) @ self.words).toarray()
        return np.asarray(features.dense @ self.dense + from_words + self.bias, np.float64)


@dataclass(frozen=True, slots=True)
class Fitted:
    """The heads and, for every training passage, its score by heads trained without its group."""

    heads: LinearHeads
    held_out: Scores


def fit_ridge(
    features: Features, targets: NDArray[np.bool_], groups: NDArray[np.intp], random_state: int
) -> Fitted:
    """Fit ``targets`` (n, k) on the features by weighted ridge regression in the dual.

    The kernel is the inner product of dense and sparse features. With more passages than landmarks
    it is approximated on landmark passages (Nystroem; Williams & Seeger 2001), coded ones first.
    Passages with rare codes count more (the square root of inverse frequency). Held-out scores leave
    a passage's whole group out and are exact for a fixed vocabulary: the block version of the
    leave-one-out identity (Cook & Weisberg 1982), e(-g) = (I - S_gg)^-1 e_g.
    """
    weights = WordWeights.of(features)
    words = weights.weighted(features)
    landmarks = _choose_landmarks(targets, random_state)
    kernel = np.asarray(features.dense @ features.dense[landmarks].T, np.float64)
    kernel += (words @ words[landmarks].T).toarray()
    kernel += 1.0  # the bias as one more feature
    inner = kernel[landmarks]
    inner[np.diag_indices_from(inner)] += _JITTER * len(features)
    factor = linalg.cholesky(inner, lower=True, check_finite=False)
    Z = linalg.solve_triangular(factor, kernel.T, lower=True, check_finite=False).T

    Y = targets.astype(np.float64)
    importance = _importance(targets)
    weighted = Z * importance[:, None]
    gram = Z.T @ weighted
    gram[np.diag_indices_from(gram)] += _PENALTY
    solver = linalg.cho_factor(gram, lower=True, check_finite=False)
    coefficients = linalg.cho_solve(solver, weighted.T @ Y, check_finite=False)
    held_out = _leave_groups_out(Z, Y, importance, groups, solver, coefficients)

    at_landmarks = linalg.solve_triangular(factor, coefficients, lower=True, trans="T", check_finite=False)
    heads = LinearHeads(
        weights=weights,
        dense=np.asarray(features.dense[landmarks].T @ at_landmarks, np.float32),
        words=sparse.csr_matrix(words[landmarks].T @ sparse.csr_matrix(at_landmarks.astype(np.float32))),
        bias=np.asarray(at_landmarks.sum(axis=0), np.float32),
    )
    return Fitted(heads, held_out)


def _choose_landmarks(targets: NDArray[np.bool_], random_state: int) -> NDArray[np.intp]:
    n = len(targets)
    if n <= _LANDMARKS:
        return np.arange(n)
    shuffled = np.random.default_rng(random_state).permutation(n)
    coded_first = np.argsort(~targets[shuffled].any(axis=1), kind="stable")
    return np.sort(shuffled[coded_first[:_LANDMARKS]])


def _importance(targets: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weight of each passage: mean over its codes of (mean count / count) ** 1/2; 1 without a code."""
    counts = np.maximum(targets.sum(axis=0), 1)
    rarity = (counts.mean() / counts) ** _BALANCE
    per_passage = targets.sum(axis=1)
    return np.where(per_passage > 0, targets @ rarity / np.maximum(per_passage, 1), 1.0)


def _leave_groups_out(
    Z: Scores,
    Y: Scores,
    importance: NDArray[np.float64],
    groups: NDArray[np.intp],
    solver: tuple[NDArray[np.float64], bool],
    coefficients: Scores,
) -> Scores:
    errors = Y - Z @ coefficients
    held_out = np.empty_like(Y)
    order = np.argsort(groups, kind="stable")
    members: Sequence[NDArray[np.intp]] = np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
    half = linalg.solve_triangular(solver[0], Z.T, lower=True, check_finite=False)
    for rows in members:
        leverage = half[:, rows].T @ half[:, rows] * importance[rows]
        left_out = np.linalg.solve(np.eye(len(rows)) - leverage, errors[rows])
        held_out[rows] = Y[rows] - left_out
    return held_out
