"""Kernel ridge regression of all codes at once, with exact held-out predictions from one decomposition."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from suggester.learn.encoders import Vectors
from suggester.learn.features import Features, WordWeights

_PENALTY = 1.0
# Of the Gaussian on unit vectors: texts at a cosine of .5 have a kernel of .22.
_SHARPNESS = 1.5
_BALANCE = 0.5
_JITTER = 1e-6
_SLAB = 1000

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Heads:
    """A score for each code: ``coefficients`` (m, k) of the landmarks' vectors ``landmarks`` (m, d),
    ``words`` (2**21, k) sparse, ``bias`` (k,)."""

    weights: WordWeights
    landmarks: Vectors
    coefficients: NDArray[np.float32]
    words: sparse.csr_matrix
    bias: NDArray[np.float32]

    def for_columns(self, columns: NDArray[np.intp]) -> "Heads":
        """The same heads in other columns: the i-th is the old ``columns[i]``, or nought where that is -1."""
        known = np.flatnonzero(columns >= 0)
        chosen = sparse.csr_matrix(
            (np.ones(len(known), np.float32), (columns[known], known)), (len(self.bias), len(columns))
        )
        return Heads(
            weights=self.weights,
            landmarks=self.landmarks,
            coefficients=np.asarray(self.coefficients @ chosen, np.float32),
            words=self.words @ chosen,
            bias=np.asarray(self.bias @ chosen, np.float32),
        )

    def scores(self, features: Features) -> Scores:
        """Scores of shape (n_passages, n_codes), about 0 to 1 but not probabilities."""
        scores = np.asarray((self.weights.weighted(features) @ self.words).toarray(), np.float64)
        scores += self.bias
        for begin in range(0, len(features), _SLAB):
            rows = slice(begin, begin + _SLAB)
            scores[rows] += _gaussian(features.dense[rows], self.landmarks) @ self.coefficients
        return scores


@dataclass(frozen=True, slots=True)
class Fitted:
    """The heads and, for every training passage, its score by heads trained without its group."""

    heads: Heads
    held_out: Scores


def fit_ridge(
    features: Features,
    targets: NDArray[np.bool_],
    groups: NDArray[np.intp],
    *,
    n_landmarks: int,
    random_state: int,
    start: Scores | None = None,
) -> Fitted:
    """Fit ``targets`` (n, k) on the features by weighted ridge regression in the dual.

    The kernel is a Gaussian of the dense features plus the inner product of the sparse ones: near a
    coded passage what it says counts, far from all of them the words decide. With more passages than
    landmarks it is approximated on landmark passages (Nystroem; Williams & Seeger 2001), coded ones first.
    Passages with rare codes count more (the square root of inverse frequency). Held-out scores leave
    a passage's whole group out and are exact for a fixed vocabulary, fixed landmarks and fixed weights
    of passages: the block version of the leave-one-out identity (Cook & Weisberg 1982),
    e(-g) = (I - S_gg)^-1 e_g.

    ``start`` (n, k) are the scores of an earlier model to start from: what is fitted, and shrunk, is the
    difference to them, so that the earlier model holds wherever the passages say nothing against it. The
    heads then give that difference alone; the held-out scores are whole.
    """
    weights = WordWeights.of(features)
    words = weights.weighted(features)
    landmarks = _choose_landmarks(targets, n_landmarks, random_state)
    kernel = _kernel(features.dense, words, landmarks)
    root = np.sqrt(_importance(targets))[:, None]
    wanted = targets if start is None else targets - start
    Y = wanted * root
    # Normal equations of the landmarks' coefficients a: (K'WK + penalty * K_mm) a = K'Wy.
    normal = kernel[landmarks] * _PENALTY
    normal[np.diag_indices_from(normal)] += _PENALTY * _JITTER * len(features)
    # The (n, m) matrix is what fills the memory: each step is written over the last.
    kernel *= root
    normal = linalg.blas.dsyrk(1.0, kernel.T, beta=1.0, c=normal.T, lower=1, overwrite_c=1)
    solver = linalg.cholesky(normal, lower=True, overwrite_a=True, check_finite=False)
    # half @ half.T takes the weighted targets to their fitted values (it is S, made symmetric).
    half = linalg.solve_triangular(solver, kernel.T, lower=True, overwrite_b=True, check_finite=False).T
    del kernel
    projected = half.T @ Y
    held_out = targets - _errors_without_group(half, Y - half @ projected, groups) / root

    at_landmarks = linalg.solve_triangular(solver, projected, lower=True, trans="T", check_finite=False)
    heads = Heads(
        weights=weights,
        landmarks=_rounded(features.dense[landmarks]),
        coefficients=np.asarray(at_landmarks, np.float32),
        words=_word_heads(words[landmarks], at_landmarks),
        bias=np.asarray(at_landmarks.sum(axis=0), np.float32),
    )
    return Fitted(heads, held_out)


def with_more_weight(heads: Heads, more: Scores) -> Heads:
    """The heads with ``more`` (m, k) added to the coefficients of their landmarks."""
    return replace(heads, coefficients=np.asarray(heads.coefficients + more, np.float32))


def rows_of_sparse(rows: NDArray[np.intp], values: NDArray[np.float32], n_rows: int) -> sparse.csr_matrix:
    """The matrix (n_rows, k) whose ``rows`` (ascending) are ``values`` (len(rows), k), the others nought."""
    k = values.shape[1]
    lengths = np.zeros(n_rows + 1, np.int64)
    lengths[rows + 1] = k
    columns = np.tile(np.arange(k), len(rows))
    return sparse.csr_matrix((values.ravel(), columns, np.cumsum(lengths)), shape=(n_rows, k))


def _rounded(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """To half precision, in which bundles keep what is large: the model in memory is the one on disk."""
    return np.asarray(np.asarray(values, np.float16), np.float32)


def _kernel(dense: Vectors, words: sparse.csr_matrix, landmarks: NDArray[np.intp]) -> Scores:
    """The kernel (n, m) of all passages with the landmarks; the bias is one more feature."""
    kernel = np.empty((len(dense), len(landmarks)))
    across = words[landmarks].T.tocsr()
    for begin in range(0, len(dense), _SLAB):
        rows = slice(begin, begin + _SLAB)
        kernel[rows] = _gaussian(dense[rows], dense[landmarks])
        kernel[rows] += (words[rows] @ across).toarray()
    kernel += 1.0
    return kernel


def _gaussian(a: Vectors, b: Vectors) -> Vectors:
    """exp(-sharpness |a - b|^2) of unit vectors (n, d) and (m, d): shape (n, m)."""
    cosines = a @ b.T
    return np.asarray(np.exp(2 * _SHARPNESS * (cosines - 1)), np.float32)


def _word_heads(words: sparse.csr_matrix, at_landmarks: Scores) -> sparse.csr_matrix:
    # Only the words that occur: a dense matrix of all 2**21 would take a quarter of a gigabyte.
    rows, places = np.unique(words.indices, return_inverse=True)
    narrow = sparse.csr_matrix((words.data, places, words.indptr), shape=(words.shape[0], len(rows)))
    return rows_of_sparse(rows, _rounded(np.asarray(narrow.T @ at_landmarks, np.float32)), words.shape[1])


def _choose_landmarks(targets: NDArray[np.bool_], most: int, random_state: int) -> NDArray[np.intp]:
    n = len(targets)
    if n <= most:
        return np.arange(n)
    shuffled = np.random.default_rng(random_state).permutation(n)
    coded_first = np.argsort(~targets[shuffled].any(axis=1), kind="stable")
    return np.sort(shuffled[coded_first[:most]])


def _importance(targets: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weight of each passage: mean over its codes of (mean count / count) ** 1/2; 1 without a code."""
    counts = np.maximum(targets.sum(axis=0), 1)
    rarity = (counts.mean() / counts) ** _BALANCE
    per_passage = targets.sum(axis=1)
    return np.where(per_passage > 0, targets @ rarity / np.maximum(per_passage, 1), 1.0)


def _errors_without_group(half: Scores, errors: Scores, groups: NDArray[np.intp]) -> Scores:
    """Each passage's (weighted) error by heads trained without its group, from its error by all."""
    left_out = np.empty_like(errors)
    order = np.argsort(groups, kind="stable")
    members: Sequence[NDArray[np.intp]] = np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
    for rows in members:
        remaining = np.eye(len(rows)) - half[rows] @ half[rows].T
        left_out[rows] = np.linalg.solve(remaining, errors[rows])
    return left_out
