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
# How much the vectors count beside the words; where passages are read with the text around them, half of it
# is the nearness of these.
_DENSE_WEIGHT = 1.5
# What the words may weigh beside that, and on how many passages at most this is tried.
_WORD_WEIGHTS = (1.0, 0.3, 0.1, 2.0)
_TRIED_ON = 1000
_WORDS_KNOWN_WELL = 4000
_ENOUGH_TO_TRY = 3
_BALANCE = 0.5
_JITTER = 1e-6
_SLAB = 1000

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Heads:
    """A score for each code: ``coefficients`` (m, k) of the landmarks' vectors ``landmarks`` (m, d) and
    ``around`` (m, d; None where they were read by themselves), ``linear`` (d, k) of the passage's own vector,
    ``words`` (2**21, k) sparse, ``bias`` (k,)."""

    weights: WordWeights
    landmarks: Vectors
    around: Vectors | None
    coefficients: NDArray[np.float32]
    linear: NDArray[np.float32]
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
            around=self.around,
            coefficients=np.asarray(self.coefficients @ chosen, np.float32),
            linear=np.asarray(self.linear @ chosen, np.float32),
            words=self.words @ chosen,
            bias=np.asarray(self.bias @ chosen, np.float32),
        )

    def scores(self, features: Features) -> Scores:
        """Scores of shape (n_passages, n_codes), about 0 to 1 but not probabilities."""
        scores = np.asarray((self.weights.weighted(features) @ self.words).toarray(), np.float64)
        scores += self.bias + features.dense @ self.linear
        for begin in range(0, len(features), _SLAB):
            rows = slice(begin, begin + _SLAB)
            nearness = _nearness(_at(features, rows), (self.landmarks, self.around))
            scores[rows] += nearness @ self.coefficients
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

    The kernel is a Gaussian of the dense features (the mean of two, where passages are read with the text
    around them) plus the inner product of the sparse ones: near a coded passage what it says counts, far
    from all of them the words decide. How much the words weigh is chosen by the error on groups left out.
    With more passages than landmarks the kernel is approximated on landmark passages (Nystroem; Williams &
    Seeger 2001), coded ones first. Passages with rare codes count more (the square root of inverse
    frequency). Held-out scores leave a passage's whole group out and are exact for a fixed vocabulary, fixed
    landmarks and fixed weights of passages and words: the block version of the leave-one-out identity (Cook
    & Weisberg 1982), e(-g) = (I - S_gg)^-1 e_g.

    ``start`` (n, k) are the scores of an earlier model to start from: what is fitted, and shrunk, is the
    difference to them, so that the earlier model holds wherever the passages say nothing against it. The
    heads then give that difference alone; the held-out scores are whole.
    """
    weights = WordWeights.of(features)
    words = weights.weighted(features)
    wanted = np.asarray(targets if start is None else targets - start, np.float64)
    word_weight = _choose_word_weight(features, words, targets, wanted, groups, random_state)
    words *= np.sqrt(word_weight)
    landmarks = _choose_landmarks(targets, n_landmarks, random_state)
    kernel = _kernel(features, words, landmarks)
    root = np.sqrt(_importance(targets))[:, None]
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
        around=None if features.around is None else _rounded(features.around[landmarks]),
        coefficients=np.asarray(at_landmarks, np.float32),
        linear=np.zeros((features.dense.shape[1], targets.shape[1]), np.float32),
        words=_word_heads(words[landmarks] * np.sqrt(word_weight), at_landmarks),
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


def _kernel(features: Features, words: sparse.csr_matrix, landmarks: NDArray[np.intp]) -> Scores:
    """The kernel (n, m) of all passages with the landmarks; the bias is one more feature."""
    kernel = np.empty((len(features), len(landmarks)))
    across = words[landmarks].T.tocsr()
    theirs = _at(features, landmarks)
    for begin in range(0, len(features), _SLAB):
        rows = slice(begin, begin + _SLAB)
        kernel[rows] = _nearness(_at(features, rows), theirs)
        kernel[rows] += (words[rows] @ across).toarray()
    kernel += 1.0
    return kernel


_BothVectors = tuple[Vectors, Vectors | None]


def _at(features: Features, rows: slice | NDArray[np.intp]) -> _BothVectors:
    return features.dense[rows], None if features.around is None else features.around[rows]


def _nearness(passages: _BothVectors, landmarks: _BothVectors) -> Vectors:
    """What the vectors give to the kernel (n, m). A passage read by itself is its own surroundings."""
    (dense, around), (dense_there, around_there) = passages, landmarks
    alone = _gaussian(dense, dense_there)
    if around is None and around_there is None:
        return alone * _DENSE_WEIGHT
    within = _gaussian(
        dense if around is None else around, dense_there if around_there is None else around_there
    )
    return (alone + within) * (_DENSE_WEIGHT / 2)


def _gaussian(a: Vectors, b: Vectors) -> Vectors:
    """exp(-sharpness |a - b|^2) of unit vectors (n, d) and (m, d): shape (n, m)."""
    nearness = a @ b.T
    nearness -= 1
    nearness *= 2 * _SHARPNESS
    return np.asarray(np.exp(nearness, out=nearness), np.float32)


def _choose_word_weight(
    features: Features,
    words: sparse.csr_matrix,
    targets: NDArray[np.bool_],
    wanted: Scores,
    groups: NDArray[np.intp],
    random_state: int,
) -> float:
    """The weight of `_WORD_WEIGHTS` with the smallest squared error on groups left out, each code's divided
    by its number of examples; the first where too few passages are at hand to say,
    or more than 4,000: a thousand would not speak for them."""
    n = len(targets)
    if n > _WORDS_KNOWN_WELL:
        return _WORD_WEIGHTS[0]
    rows = np.sort(np.random.default_rng(random_state).permutation(n)[:_TRIED_ON])
    known = np.flatnonzero(targets[rows].sum(axis=0) >= _ENOUGH_TO_TRY)
    _, group = np.unique(groups[rows], return_inverse=True)
    if len(_WORD_WEIGHTS) == 1 or not len(known) or group.max(initial=0) == 0:
        return _WORD_WEIGHTS[0]
    near = np.asarray(_nearness(_at(features, rows), _at(features, rows)), np.float64)
    shared = (words[rows] @ words[rows].T).toarray()
    ridge = np.diag(_PENALTY / _importance(targets[rows]))
    Y = wanted[np.ix_(rows, known)]
    counts = targets[np.ix_(rows, known)].sum(axis=0)
    errors = []
    for weight in _WORD_WEIGHTS:
        inverse = np.linalg.inv(near + weight * shared + 1.0 + ridge)
        solved = inverse @ Y
        squares = np.zeros(len(known))
        for own in _members(group):
            squares += (np.linalg.solve(inverse[np.ix_(own, own)], solved[own]) ** 2).sum(axis=0)
        errors.append(float((squares / counts).sum()))
    return _WORD_WEIGHTS[int(np.argmin(errors))]


def _members(groups: NDArray[np.intp]) -> Sequence[NDArray[np.intp]]:
    """The rows of each group."""
    order = np.argsort(groups, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)


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
    for rows in _members(groups):
        remaining = np.eye(len(rows)) - half[rows] @ half[rows].T
        left_out[rows] = np.linalg.solve(remaining, errors[rows])
    return left_out
