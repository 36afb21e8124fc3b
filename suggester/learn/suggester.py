"""`CodeSuggester`: the estimator that learns from hand-coded passages."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suggester.domain import Basis
from suggester.errors import LearningError, TooLittleToLearn
from suggester.learn.bundle import Parts, read_bundle, write_bundle
from suggester.learn.calibration import choose_thresholds, fit_calibration, with_calibration_of
from suggester.learn.encoders import DEFAULT_ENCODER, Encoder, Progress, SentenceEncoder
from suggester.learn.features import Features, describe
from suggester.learn.naming import choose_name_weight, readable
from suggester.learn.novelty import fit_scores, p_values
from suggester.learn.ridge import Fitted, Heads, fit_ridge
from suggester.learn.similarity import fit_similarity

Floats = NDArray[np.float64]

MIN_EXAMPLES = 5
MIN_GROUPS = 2
_ENOUGH_TO_CALIBRATE = 100
_ENOUGH_TO_FIT = 30
# Characters of a passage's context that it is read with.
_CONTEXT_READ = 300


class CodeSuggester:
    """Suggests codes for passages, learned from hand-coded ones.

    Dense features (a sentence encoder's vectors of the passage, by itself and with the text around it)
    and sparse ones (hashed words and word pairs of the passage and, at half weight, of its context) feed
    one ridge regression per code. Probabilities and thresholds come from predictions for passages whose
    group (transcript) was held out. A code with
    fewer than 5 examples, or with examples from one group only, gets no trained head: its
    probability rests on the model that this one starts from, if that knows the code, else on the cosine
    to its nearest example (`basis_` says which).

    Parameters
    ----------
    encoder : str or Encoder, default "default"
        ``"default"`` (all-MiniLM-L6-v2, installed with the program), the folder of a
        sentence-transformers model, or any object with ``name``, ``fingerprint`` and ``encode``.
    random_state : int, default 0
        Seed of what is drawn at random: landmark passages of large studies, examples for similarity.
    start : CodeSuggester, optional
        A trained model of the same encoder to start from. What the passages teach is added to what it
        knows, and counts more the more of them there are; codes that only it knows are suggested too.
    n_landmarks : int, default 2000
        Of how many passages, at most, the kernel is computed exactly. More are slower (their square) and
        a little better.

    Attributes
    ----------
    codes_ : list of str
        The codes seen in training, sorted; the columns of all results.
    basis_ : list of Basis
        For each code, whether its probability rests on a trained head or on similarity alone.
    thresholds_ : ndarray of shape (n_codes,)
        The probability above which `predict` assigns the code.
    n_examples_ : ndarray of shape (n_codes,)
        Training passages that carry the code.

    Examples
    --------
    >>> model = CodeSuggester().fit(passages, codes, groups=transcript_ids)   # doctest: +SKIP
    >>> model.predict_proba(["We all just muddle through together."])         # doctest: +SKIP
    """

    codes_: list[str]
    basis_: list[Basis]
    thresholds_: Floats
    n_examples_: NDArray[np.intp]

    def __init__(
        self,
        encoder: str | Encoder = DEFAULT_ENCODER,
        random_state: int = 0,
        *,
        start: "CodeSuggester | None" = None,
        n_landmarks: int = 2000,
    ) -> None:
        self.encoder = encoder
        self.random_state = random_state
        self.start = start
        self.n_landmarks = n_landmarks
        self._parts: Parts | None = None
        # Where each trained code stands among what the start knows; -1 if it does not.
        self._columns = np.zeros(0, np.intp)

    def fit(
        self,
        passages: Sequence[str],
        codes: Sequence[set[str]],
        groups: Sequence[object] | None = None,
        context: Sequence[str] | None = None,
        *,
        around: Sequence[str] | None = None,
        calibrates: Sequence[bool] | None = None,
        progress: Progress | None = None,
    ) -> "CodeSuggester":
        """Learn from hand-coded passages.

        Parameters
        ----------
        passages : sequence of str, length n
        codes : sequence of set of str, length n
            The codes of each passage; an empty set is a "no code" decision.
        groups : sequence of hashable, length n, optional
            The transcript (or case) of each passage: what is held out together. Without it every
            passage stands for itself.
        context : sequence of str, length n, optional
            What led to each passage: the question, or the text before it.
        around : sequence of str, length n, optional
            Each passage together with some of the text before and after it. By default, the end of its
            context and the passage; without a context, passages are read by themselves.
        calibrates : sequence of bool, length n, optional
            Which passages are like those to come. Others (a codebook's examples, the coded passages of
            transcripts that are not finished) teach, but probabilities and thresholds do not rest on them,
            unless those that do are of one group only.

        Raises
        ------
        TooLittleToLearn
            No code has five examples from two groups, or there is nothing to tell it from.
        """
        if len(codes) != len(passages) or (groups is not None and len(groups) != len(passages)):
            raise ValueError("passages, codes and groups differ in length")
        if any(isinstance(carried, str) for carried in codes):
            raise TypeError("codes must be a set of names for each passage, not a name")
        features = self.describe(passages, context, progress, around=around)
        return self.fit_features(
            features, codes, range(len(passages)) if groups is None else groups, calibrates
        )

    def fit_features(
        self,
        features: Features,
        codes: Sequence[set[str]],
        groups: Sequence[object],
        calibrates: Sequence[bool] | None = None,
        start_scores: Floats | None = None,
        name_vectors: Mapping[str, NDArray[np.float32]] | None = None,
    ) -> "CodeSuggester":
        """As `fit`, on features at hand, on what `start_scores` gave for them, and on the vectors (d,) that
        `name_vectors` gave for all codes."""
        known = self.start.headed if self.start else {}
        names = sorted(set(known).union(*codes))
        column = {name: j for j, name in enumerate(names)}
        targets = np.zeros((len(codes), len(names)), np.bool_)
        for i, carried in enumerate(codes):
            targets[i, [column[name] for name in carried]] = True
        numbers: dict[object, int] = {}
        group = np.array([numbers.setdefault(g, len(numbers)) for g in groups], np.intp)
        enough = _enough(targets, group)
        headed = enough | np.array([name in known for name in names], np.bool_)
        vouched = np.array([known.get(name) is Basis.STARTING for name in names], np.bool_)
        _check(targets, enough | vouched, len(numbers))
        trained, few = np.flatnonzero(headed), np.flatnonzero(~headed)

        columns = self._columns_of_start(names, trained, enough)
        earlier = self.start._fitted().heads if self.start else ()
        if start_scores is None:
            start_scores = self.start_scores(features)
        fitted = fit_ridge(
            features,
            targets[:, trained],
            group,
            n_landmarks=self.n_landmarks,
            random_state=self.random_state,
            start=None if start_scores is None else _in_columns(start_scores, columns),
        )
        like_those = _calibrating(calibrates, group)
        truth = targets[np.ix_(like_those, trained)]
        if name_vectors is None:
            name_vectors = self.name_vectors(names)
        own_names = np.reshape([name_vectors[names[j]] for j in trained], (len(trained), -1))
        heads, towards_names = self._with_names(fitted, own_names, features, like_those, truth)
        scores = fitted.held_out[like_those] + towards_names
        calibration = fit_calibration(scores, truth)
        few_to_calibrate = len(like_those) < _ENOUGH_TO_CALIBRATE
        lent = [names[j] for j in trained if few_to_calibrate and vouched[j]]
        if self.start is not None and lent:
            # A handful of passages says less of what a score is worth than the start has learned.
            places = np.array([names[j] in lent for j in trained], np.bool_)
            theirs = [list(self.start.headed).index(name) for name in lent]
            calibration = with_calibration_of(calibration, places, self.start._fitted().calibration, theirs)
        similarity = fit_similarity(
            features.dense, targets, group, few, np.flatnonzero(enough), self.random_state
        )
        held_out = calibration.probabilities(scores)
        thresholds = np.empty(len(names))
        thresholds[trained] = choose_thresholds(held_out, truth)
        for name in lent:
            assert self.start is not None
            thresholds[names.index(name)] = self.start.thresholds_[self.start.codes_.index(name)]
        # Nobody can choose a threshold on a handful of examples: more likely than not.
        thresholds[few] = 0.5

        self._columns = columns
        self.codes_ = names
        self.basis_ = [
            Basis.TRAINED if ok else known.get(name, Basis.SIMILARITY)
            for name, ok in zip(names, enough, strict=True)
        ]
        self.thresholds_ = thresholds
        self.n_examples_ = targets.sum(axis=0)
        self._parts = Parts(
            heads=(*(before.for_columns(columns) for before in earlier), heads),
            calibration=calibration,
            similarity=similarity,
            trained=trained,
            few=few,
            fit_calibration=np.sort(fit_scores(held_out[truth.any(axis=1)])),
        )
        return self

    def predict_proba(
        self,
        passages: Sequence[str],
        context: Sequence[str] | None = None,
        *,
        around: Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> Floats:
        """Calibrated probability of each code, shape (n_passages, n_codes); ``around`` as in `fit`."""
        self._fitted()
        return self.proba_features(self.describe(passages, context, progress, around=around))

    def predict(self, passages: Sequence[str], context: Sequence[str] | None = None) -> list[set[str]]:
        """The codes whose probability reaches their threshold, a set per passage (it may be empty)."""
        chosen = self.predict_proba(passages, context) >= self.thresholds_
        return [{self.codes_[j] for j in np.flatnonzero(row)} for row in chosen]

    def novelty(self, passages: Sequence[str], context: Sequence[str] | None = None) -> Floats:
        """The p-value of "fits the codebook", shape (n_passages,): small means that no code fits."""
        return self.novelty_of(self.predict_proba(passages, context))

    def save(self, folder: str | Path, about: dict[str, Any] | None = None) -> None:
        """Write the bundle: arrays (safetensors) and JSON, no text and no pickle.

        ``about`` is kept as it is in the bundle's JSON (codebook version, metrics, ...).

        Raises
        ------
        LearningError
            The model has not been trained.
        FileError
            The folder cannot be written.
        """
        parts = self._fitted()
        encoder = self._encoder()
        meta = {
            "codes": self.codes_,
            "basis": [str(basis) for basis in self.basis_],
            "thresholds": self.thresholds_.tolist(),
            "n_examples": self.n_examples_.tolist(),
            "encoder": {"name": encoder.name, "sha256": encoder.fingerprint},
            "random_state": self.random_state,
            "about": about or {},
        }
        write_bundle(Path(folder), parts, meta)

    @classmethod
    def load(cls, folder: str | Path, encoder: str | Encoder | None = None) -> "CodeSuggester":
        """Read a bundle. ``encoder`` stands in for the one it names, if that is kept elsewhere.

        Raises
        ------
        BundleError
            The bundle is damaged, or of another format.
        LearningError
            It was trained with another encoder.
        EncoderMissing
            Its encoder is not on this machine.
        """
        parts, meta = read_bundle(Path(folder))
        model = cls(encoder=encoder or meta["encoder"]["name"], random_state=meta["random_state"])
        found = model._encoder().fingerprint
        if found != meta["encoder"]["sha256"]:
            raise LearningError(
                f"the model was trained with another encoder than '{model._encoder().name}'",
                file=folder,
                remedy="Train again, or name the encoder it was trained with.",
            )
        model.codes_ = list(meta["codes"])
        model.basis_ = [Basis(basis) for basis in meta["basis"]]
        model.thresholds_ = np.array(meta["thresholds"], np.float64)
        model.n_examples_ = np.array(meta["n_examples"], np.intp)
        model._parts = parts
        return model

    def _encoder(self) -> Encoder:
        if isinstance(self.encoder, str):
            self.encoder = SentenceEncoder(self.encoder)
        return self.encoder

    def describe(
        self,
        passages: Sequence[str],
        context: Sequence[str] | None = None,
        progress: Progress | None = None,
        *,
        around: Sequence[str] | None = None,
    ) -> Features:
        """The features that this model sees of the passages."""
        if around is None and context is not None:
            around = [
                f"{before[-_CONTEXT_READ:]}\n{passage}" if before else passage
                for passage, before in zip(passages, context, strict=False)
            ]
        return describe(self._encoder(), passages, context, progress, around=around)

    def proba_features(self, features: Features, start_scores: Floats | None = None) -> Floats:
        """As `predict_proba`, on features at hand, and on what `start_scores` gave for them."""
        parts = self._fitted()
        result = np.empty((len(features), len(self.codes_)))
        if start_scores is None:
            scores = sum((heads.scores(features) for heads in parts.heads), np.zeros(()))
        else:
            scores = parts.heads[-1].scores(features) + _in_columns(start_scores, self._columns)
        result[:, parts.trained] = parts.calibration.probabilities(np.asarray(scores))
        result[:, parts.few] = parts.similarity.probabilities(features.dense)
        return result

    @property
    def reads_around(self) -> bool:
        """Whether it was trained on passages read with the text around them as well."""
        return self._fitted().heads[-1].around is not None

    @property
    def knows_what_fits(self) -> bool:
        """Whether enough coded passages stand behind `novelty`: of a dozen, the rarest is one in a dozen."""
        return len(self._fitted().fit_calibration) >= _ENOUGH_TO_FIT

    @property
    def headed(self) -> dict[str, Basis]:
        """The codes with a head of their own, and what each rests on in a model that starts from this one."""
        return {
            self.codes_[j]: Basis.STARTING if self.basis_[j] is Basis.TRAINED else self.basis_[j]
            for j in self._fitted().trained
        }

    def name_vectors(self, names: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """For each code the vector (d,) of its name."""
        return dict(zip(names, self._encoder().encode(readable(names)), strict=True))

    def start_scores(self, features: Features) -> Floats | None:
        """The scores (n, n_headed) of the start for its `headed` codes; None without a start."""
        if self.start is None:
            return None
        return np.asarray(sum(heads.scores(features) for heads in self.start._fitted().heads))

    def _columns_of_start(
        self, names: Sequence[str], trained: NDArray[np.intp], enough: NDArray[np.bool_]
    ) -> NDArray[np.intp]:
        """For each trained code its column among the start's heads; -1 where the start has no say.

        A definition helps where there are too few examples; where there are enough it only disturbs.
        """
        place = {
            name: column
            for column, (name, basis) in enumerate(self.start.headed.items() if self.start else ())
            if basis is not Basis.DEFINITION or not enough[names.index(name)]
        }
        return np.array([place.get(names[j], -1) for j in trained], np.intp)

    def _with_names(
        self,
        fitted: Fitted,
        vectors: NDArray[np.float32],
        features: Features,
        rows: NDArray[np.intp],
        truth: NDArray[np.bool_],
    ) -> tuple[Heads, Floats]:
        """The heads with what nearness to the names, ``vectors`` (k, d), adds, and this for ``rows``."""
        nearness = np.asarray(features.dense[rows] @ vectors.T, np.float64)
        nearness -= nearness.mean(axis=0)
        weight = choose_name_weight(nearness, fitted.held_out[rows], truth, self.random_state)
        usual = features.dense[rows].mean(axis=0) @ vectors.T
        heads = replace(
            fitted.heads,
            linear=np.asarray(weight * vectors.T, np.float32),
            bias=np.asarray(fitted.heads.bias - weight * usual, np.float32),
        )
        return heads, weight * nearness

    def novelty_of(self, probabilities: Floats) -> Floats:
        """As `novelty`, for the probabilities that `predict_proba` gave."""
        parts = self._fitted()
        return p_values(fit_scores(probabilities[:, parts.trained]), parts.fit_calibration)

    def _fitted(self) -> Parts:
        if self._parts is None:
            raise LearningError("the model has not been trained", remedy="Call fit first.")
        return self._parts


def _calibrating(calibrates: Sequence[bool] | None, groups: NDArray[np.intp]) -> NDArray[np.intp]:
    """The rows that calibrate: all, unless those that are like passages to come are of two groups or more."""
    if calibrates is None or len(np.unique(groups[np.asarray(calibrates, np.bool_)])) < MIN_GROUPS:
        return np.arange(len(groups))
    return np.flatnonzero(calibrates)


def _in_columns(scores: Floats, columns: NDArray[np.intp]) -> Floats:
    """The columns of ``scores`` (n, q) in this order; nought where it says -1."""
    return np.where(columns >= 0, scores[:, np.maximum(columns, 0)], 0.0)


def _enough(targets: NDArray[np.bool_], groups: NDArray[np.intp]) -> NDArray[np.bool_]:
    spread = np.array([len(np.unique(groups[column])) for column in targets.T], np.intp)
    return np.asarray((targets.sum(axis=0) >= MIN_EXAMPLES) & (spread >= MIN_GROUPS), np.bool_)


def _check(targets: NDArray[np.bool_], enough: NDArray[np.bool_], n_groups: int) -> None:
    coded = int(targets.any(axis=1).sum()) if targets.size else 0
    if coded == 0:
        raise TooLittleToLearn(
            "no passage is coded", remedy="Import hand codings of two or more transcripts first."
        )
    if n_groups < MIN_GROUPS:
        raise TooLittleToLearn(
            "all coded passages are from one transcript, so nothing can be held out to check the model",
            remedy="Code a second transcript.",
        )
    if not enough.any():
        most = int(targets.sum(axis=0).max())
        raise TooLittleToLearn(
            f"no code has {MIN_EXAMPLES} examples from {MIN_GROUPS} transcripts",
            remedy=f"Code more passages: the most frequent code has {most}.",
        )
    if targets[:, enough].all():
        raise TooLittleToLearn(
            "every passage carries each code that has enough examples: there is nothing to tell it from",
            remedy="Mark transcripts as finished, so that their uncoded passages count as 'no code'.",
        )
