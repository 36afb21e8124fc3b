"""What a passage is described by: its vector, that of the text around it, its words, and its question's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from suggester.learn.encoders import Encoder, Progress, Vectors

# Words and word pairs are known by their hash alone, so that a bundle cannot be read back as text.
HASHES = 2**20
CONTEXT_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Features:
    """Features of n passages: ``dense`` (n, d) unit vectors; ``words`` and ``context_words`` (n, 2**20)
    counts of hashed words and word pairs; ``around`` (n, d) unit vectors of the passages together with what
    stands around them, None where the passages are read by themselves."""

    dense: Vectors
    words: sparse.csr_matrix
    context_words: sparse.csr_matrix
    around: Vectors | None = None

    def __len__(self) -> int:
        return int(self.dense.shape[0])

    def __getitem__(self, rows: NDArray[Any]) -> "Features":
        around = None if self.around is None else self.around[rows]
        return Features(self.dense[rows], self.words[rows], self.context_words[rows], around)


@dataclass(frozen=True, slots=True)
class WordWeights:
    """Inverse document frequencies, shape (2**20,), of a training set's words and context words."""

    words: NDArray[np.float32]
    context_words: NDArray[np.float32]

    @classmethod
    def of(cls, features: Features) -> "WordWeights":
        return cls(_idf(features.words), _idf(features.context_words))

    def weighted(self, features: Features) -> sparse.csr_matrix:
        """The sparse half of the feature space, shape (n, 2**21): TF-IDF rows of length one, with the
        context's at half their weight."""
        return sparse.hstack(
            [
                _tfidf(features.words, self.words),
                _tfidf(features.context_words, self.context_words) * CONTEXT_WEIGHT,
            ],
            format="csr",
        )


def describe(
    encoder: Encoder,
    passages: Sequence[str],
    context: Sequence[str] | None,
    progress: Progress | None = None,
    *,
    around: Sequence[str] | None = None,
) -> Features:
    """The features of passages, each with its context (the question that led to it; None: none has one) and,
    in ``around``, together with the text around it (None: read by themselves)."""
    contexts = context if context is not None else [""] * len(passages)
    for name, texts in (
        ("contexts", contexts),
        ("texts around them", passages if around is None else around),
    ):
        if len(texts) != len(passages):
            raise ValueError(f"{len(passages)} passages but {len(texts)} {name}")
    vectors = encoder.encode([*passages, *(around or ())], progress)
    return Features(
        dense=vectors[: len(passages)],
        words=_counts(passages),
        context_words=_counts(contexts),
        around=None if around is None else vectors[len(passages) :],
    )


def _counts(texts: Sequence[str]) -> sparse.csr_matrix:
    from sklearn.feature_extraction.text import HashingVectorizer

    vectorizer = HashingVectorizer(
        n_features=HASHES, ngram_range=(1, 2), norm=None, alternate_sign=False, dtype=np.float32
    )
    # Every passage of an answer shares its question: hash each text once.
    distinct = {text: row for row, text in enumerate(dict.fromkeys(texts))}
    if not distinct:
        return sparse.csr_matrix((0, HASHES), dtype=np.float32)
    counted = vectorizer.transform(list(distinct))
    return counted[[distinct[text] for text in texts]]


def _idf(counts: sparse.csr_matrix) -> NDArray[np.float32]:
    documents = np.bincount(counts.indices, minlength=HASHES)
    idf = np.log((1 + counts.shape[0]) / (1 + documents)) + 1
    # A word that training never met says nothing, and must not shrink the share of the others.
    return np.asarray(np.where(documents > 0, idf, 0.0), np.float32)


def _tfidf(counts: sparse.csr_matrix, idf: NDArray[np.float32]) -> sparse.csr_matrix:
    from sklearn.preprocessing import normalize

    weighted = counts.copy()
    weighted.data = (1 + np.log(weighted.data)) * idf[weighted.indices]
    # Of no passages at all, scikit-learn would raise.
    return normalize(weighted, copy=False) if weighted.shape[0] else weighted
