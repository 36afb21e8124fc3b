"""The systems that are compared: the program's own estimator and its peers, each by its published recipe.

Every system is given the same training passages and predicts the same others (`protocol.System`). What is
timed is training and prediction on vectors at hand, never encoding.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from time import perf_counter
from typing import Any

import numpy as np
import snowballstemmer
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler, normalize

from peers_apart import predict_apart
from protocol import Booleans, Floats, Passages, Predictions, System, Training
from suggester.errors import TooLittleToLearn
from suggester.learn.encoders import Encoder
from suggester.learn.suggester import CodeSuggester

NEIGHBOURS = 10
AQDA_EXAMPLES, AQDA_CHARACTERS, AQDA_SUGGESTIONS = 5, 200, 20
NVIVO_THRESHOLD = 0.3

_STEMMER = snowballstemmer.stemmer("english")


def suggester(training: Training, test: Passages, encoder: Encoder, seed: int) -> Predictions:
    """The program's own estimator; a code that it leaves out has probability nought."""
    scores = np.zeros((len(test.texts), len(training.codes)))
    chosen = np.zeros(scores.shape, np.bool_)
    carried = [{training.codes[j] for j in np.flatnonzero(row)} for row in training.targets]
    known = training.passages
    begun = perf_counter()
    try:
        model = CodeSuggester(encoder, seed).fit(known.texts, carried, known.groups, known.context)
    except TooLittleToLearn:
        return Predictions(scores, chosen, perf_counter() - begun, 0.0, learned=False)
    fitted = perf_counter()
    found = model.predict_proba(test.texts, test.context)
    seconds = perf_counter() - fitted
    columns = [training.codes.index(code) for code in model.codes_]
    scores[:, columns] = found
    chosen[:, columns] = found >= model.thresholds_
    return Predictions(scores, chosen, fitted - begun, seconds)


def tfidf(training: Training, test: Passages, _encoder: Encoder, _seed: int) -> Predictions:
    """Words and word pairs, one balanced logistic regression per code, threshold one half: the usual
    baseline of text classification, as in scikit-learn's user guide."""
    begun = perf_counter()
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    X = vectorizer.fit_transform(training.passages.texts)
    balanced = partial(LogisticRegression, class_weight="balanced", solver="liblinear", max_iter=300)
    heads = _one_vs_rest(balanced, X, training.targets)
    fitted = perf_counter()
    scores = _probabilities(heads, vectorizer.transform(test.texts))
    return Predictions(scores, scores >= 0.5, fitted - begun, perf_counter() - fitted)


def activetigger(training: Training, test: Passages, _encoder: Encoder, _seed: int) -> Predictions:
    """ActiveTigger's quick model "liblinear" on frozen embeddings: features standardized over all texts,
    coded or not, then logistic regression, l2, C=1, classes not balanced (``SimpleModels`` in activetigger
    0.1.4 on PyPI). It knows one label per text; here one regression per code.
    """
    begun = perf_counter()
    scaler = StandardScaler().fit(np.vstack([training.passages.vectors, test.vectors]))
    X = scaler.transform(training.passages.vectors)
    heads = _one_vs_rest(partial(LogisticRegression, C=1.0, max_iter=300), X, training.targets)
    fitted = perf_counter()
    scores = _probabilities(heads, scaler.transform(test.vectors))
    return Predictions(scores, scores >= 0.5, fitted - begun, perf_counter() - fitted)


def aqda(training: Training, test: Passages, encoder: Encoder, _seed: int) -> Predictions:
    """AQDA's suggestions: cosine of a passage to the vector of the code's name, description and first five
    coded passages, 200 characters of each; the 20 best are suggested (``/autocode`` in aqda 0.5.0 on PyPI).
    It cuts the text into pieces of 500 characters, and encodes with another model; here our passages and
    our encoder.
    """
    texts = training.passages.texts
    queries = []
    for j, code in enumerate(training.codes):
        query = f"Code: {code}"
        if definition := training.definitions.get(code):
            query += f"\nDescription: {definition}"
        examples = np.flatnonzero(training.targets[:, j])[:AQDA_EXAMPLES]
        if len(examples):
            query += "\nExamples of coded passages:\n"
            query += "".join(f"- {texts[i][:AQDA_CHARACTERS]}\n" for i in examples)
        queries.append(query)
    vectors = encoder.encode(queries)
    begun = perf_counter()
    scores = np.asarray(test.vectors @ vectors.T, np.float64)
    rank = np.argsort(np.argsort(-scores, axis=0, kind="stable"), axis=0)
    return Predictions(scores, rank < AQDA_SUGGESTIONS, 0.0, perf_counter() - begun)


def nvivo(training: Training, test: Passages, _encoder: Encoder, _seed: int) -> Predictions:
    """After NVivo's "auto code using existing coding patterns": each passage's words against the words of
    what is coded at each code (NVivo help, lumivero.com). How it compares them is not published; here
    stemmed words without stop words, counted, cosine. Its slider from less to more coding has no
    published values; here the threshold is .3.
    """
    begun = perf_counter()
    vectorizer = CountVectorizer(analyzer=_stems)
    X = vectorizer.fit_transform(training.passages.texts)
    words = normalize(training.targets.T.astype(np.float64) @ X)
    fitted = perf_counter()
    found = normalize(vectorizer.transform(test.texts).astype(np.float64)) @ words.T
    scores = found.toarray() if hasattr(found, "toarray") else np.asarray(found)
    return Predictions(scores, scores >= NVIVO_THRESHOLD, fitted - begun, perf_counter() - fitted)


def knn(training: Training, test: Passages, _encoder: Encoder, _seed: int) -> Predictions:
    """The ten nearest passages' codes, each weighted by its cosine (Dudani 1976 with cosine for distance);
    threshold one half."""
    begun = perf_counter()
    cosines = np.asarray(test.vectors @ training.passages.vectors.T, np.float64)
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :NEIGHBOURS]
    weights = np.maximum(np.take_along_axis(cosines, nearest, axis=1), 1e-9)
    votes = np.einsum("nm,nmk->nk", weights, training.targets[nearest].astype(np.float64))
    scores = votes / weights.sum(axis=1, keepdims=True)
    return Predictions(scores, scores >= 0.5, 0.0, perf_counter() - begun)


def with_question(system: System) -> System:
    """The system on passages with what came before them in front: what a user could do who wants a system
    that has no place for the question to read it all the same."""

    def asked(passages: Passages, encoder: Encoder) -> Passages:
        texts = [f"{q}\n{text}" for q, text in zip(passages.context, passages.texts, strict=True)]
        return replace(passages, texts=texts, vectors=encoder.encode(texts))

    def predict(training: Training, test: Passages, encoder: Encoder, seed: int) -> Predictions:
        known = replace(training, passages=asked(training.passages, encoder))
        return system(known, asked(test, encoder), encoder, seed)

    return predict


# Only in studies where something comes before passages; in others they are the systems themselves.
WITH_QUESTION: dict[str, System] = {
    "tfidf+question": with_question(tfidf),
    "activetigger+question": with_question(activetigger),
    "knn+question": with_question(knn),
}
SYSTEMS: dict[str, System] = {
    "suggester": suggester,
    "tfidf": tfidf,
    "iqual": partial(predict_apart, "iqual"),
    "activetigger": activetigger,
    "aqda": aqda,
    "nvivo": nvivo,
    "knn": knn,
    "setfit": partial(predict_apart, "setfit"),
    **WITH_QUESTION,
}
# Minutes each: one seed, and SetFit the small budgets alone, unless told otherwise.
SLOW = frozenset({"iqual", "setfit"})
SMALL_BUDGETS = {"setfit": (8, 16)}


def _one_vs_rest(classifier: Callable[[], Any], X: Any, targets: Booleans) -> list[Any]:
    """A fitted classifier for each code; for one that no passage carries, or all, its share instead."""
    return [
        classifier().fit(X, carried) if carried.any() and not carried.all() else float(carried.any())
        for carried in targets.T
    ]


def _probabilities(heads: list[Any], X: Any) -> Floats:
    columns = [
        np.full(X.shape[0], head) if isinstance(head, float) else head.predict_proba(X)[:, 1]
        for head in heads
    ]
    return np.column_stack(columns)


def _stems(text: str) -> list[str]:
    words = re.findall(r"[^\W\d_]{2,}", text.lower())
    return [_stem(word) for word in words if word not in ENGLISH_STOP_WORDS]


@cache
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word))
