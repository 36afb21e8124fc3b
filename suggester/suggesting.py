"""Suggesting codes for the uncoded passages of a study."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from suggester.codebook_changes import by_todays_names, codes_came_or_went
from suggester.domain import (
    Code,
    Codebook,
    Evidence,
    Passage,
    PassageSuggestions,
    Suggestion,
    Verdict,
)
from suggester.errors import CodebookError, LearningError
from suggester.learn.encoders import SentenceEncoder, Vectors
from suggester.learn.evidence import Near, nearest_coded
from suggester.learn.features import Features, describe
from suggester.learn.suggester import CodeSuggester
from suggester.learn.vector_cache import CachedEncoder
from suggester.passages import (
    contexts,
    few_enough_to_surround,
    rows_by_code,
    surrounded,
    training_set,
    unitized,
    waiting,
)
from suggester.reports import SuggestionsReport, TrainingSet
from suggester.starting import starting_model
from suggester.store import ModelRun, StudyStore, SuggestionRow

Progress = Callable[[str, int, int], None]

SHOWN = 3
FITS_NOTHING = 0.1
FEW_WORDS = 5


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The model that suggests; ``today`` has the codes by the model's names, ``run`` is None for a model that
    the study has not trained."""

    name: str
    model: CodeSuggester
    encoder: CachedEncoder
    today: Mapping[str, Code]
    run: ModelRun | None = None
    codebook_changed: bool = False


def suggest(
    store: StudyStore,
    transcripts: frozenset[str] | None,
    evidence: int,
    progress: Progress | None,
    *,
    model: str | None = None,
    interviewers: bool = False,
) -> SuggestionsReport:
    """Suggest with the model trained last, or a starting model by its name.

    What the study's own model suggests is recorded, if the study may be written.
    """
    codebook = store.codebook()
    chosen = _own(store, codebook) if model is None else _starting(store, codebook, model)
    texts = store.transcripts()
    passages = unitized(texts, store.unitizing)
    codings, finished = store.codings(), store.finished()
    training = training_set(passages, codings, finished, codebook)
    targets = waiting(
        passages,
        codings,
        finished,
        interviewers=interviewers,
        transcripts=transcripts,
        codebook=codebook,
    )
    # What the study trained does as it was trained; a model that came with the program as is usual here.
    read_around = chosen.model.reads_around and (chosen.run is not None or few_enough_to_surround(passages))
    features = describe(
        chosen.encoder,
        [passage.text for passage in targets],
        contexts(targets),
        (lambda done, total: progress("Encoding passages", done, total)) if progress else None,
        around=surrounded(targets, texts) if read_around else None,
    )
    ranked = _ranked(chosen.model, features, targets, chosen.today)
    found = _with_evidence(ranked, features.dense, training, chosen.encoder, evidence)
    if chosen.run is not None and not store.read_only:
        # The store keeps them by the names of the codebook that the model was trained with.
        before = {code.name: name for name, code in chosen.today.items()}
        store.add_suggestions(chosen.run, [row for item in found for row in _rows(item, before)])
    return SuggestionsReport(
        model=chosen.name,
        model_outdated=chosen.run is not None and chosen.run.training_sha256 != training.sha256,
        codebook_changed=chosen.codebook_changed,
        passages=found,
        encoded=chosen.encoder.encoded,
    )


def _own(store: StudyStore, codebook: Codebook | None) -> _Chosen:
    """The model that the study trained last."""
    run = store.latest_model()
    then = store.codebook(run.codebook_version) if run else None
    if run is None or codebook is None or then is None:
        raise LearningError(
            "no model has been trained yet",
            remedy="Run 'suggester train' first, or 'suggester suggest --model definitions', which goes by "
            "the codebook alone.",
        )
    encoder = CachedEncoder(SentenceEncoder(run.encoder), store.folder / "cache")
    return _Chosen(
        name=run.bundle,
        model=CodeSuggester.load(store.folder / "models" / run.bundle, encoder=encoder),
        encoder=encoder,
        today=by_todays_names(then, codebook),
        run=run,
        codebook_changed=codes_came_or_went(then, codebook),
    )


def _starting(store: StudyStore, codebook: Codebook | None, name: str) -> _Chosen:
    """A model that the study has not trained."""
    if codebook is None:
        raise CodebookError(
            "the study has no codebook yet", remedy="Import one with 'suggester codebook import FILE'."
        )
    encoder = CachedEncoder(SentenceEncoder(), store.folder / "cache")
    starting = starting_model(name, codebook, encoder, store.transcripts())
    if starting.model is None:
        raise LearningError("'none' is no model that could suggest", remedy="Run 'suggester train' first.")
    return _Chosen(starting.name, starting.model, encoder, {code.name: code for code in codebook})


def _ranked(
    model: CodeSuggester, features: Features, passages: Sequence[Passage], today: Mapping[str, Code]
) -> list[PassageSuggestions]:
    """The best codes of each passage, without evidence, by the names they have ``today``; codes that have
    left the codebook are passed over."""
    probabilities = model.proba_features(features)
    known = [(j, code) for j, name in enumerate(model.codes_) if (code := today.get(name))]
    columns = np.array([j for j, _ in known], np.intp)
    # What fits only a code that has left the codebook fits nothing.
    probabilities[:, np.setdiff1d(np.arange(len(model.codes_)), columns)] = 0.0
    fits = model.novelty_of(probabilities)
    probabilities, thresholds = probabilities[:, columns], model.thresholds_[columns]

    def suggestion(row: NDArray[np.float64], place: int) -> Suggestion:
        column, code = known[place]
        return Suggestion(
            code=code.name,
            heading=code.heading,
            probability=float(row[place]),
            above_threshold=bool(row[place] >= thresholds[place]),
            basis=model.basis_[column],
        )

    result = []
    for passage, row, fit in zip(passages, probabilities, fits, strict=True):
        best = np.argsort(-row, kind="stable")
        # All that reach their threshold, and at least three to choose from.
        shown = {*best[:SHOWN].tolist(), *np.flatnonzero(row >= thresholds).tolist()}
        suggestions = [suggestion(row, place) for place in best if place in shown]
        verdict = _verdict(passage, suggestions, float(fit) if model.knows_what_fits else 1.0)
        result.append(PassageSuggestions(passage, verdict, tuple(suggestions), float(fit)))
    return result


def _verdict(passage: Passage, suggestions: Sequence[Suggestion], fit: float) -> Verdict:
    if any(item.above_threshold for item in suggestions):
        return Verdict.SUGGESTED
    if len(passage.text.split()) < FEW_WORDS:
        return Verdict.TOO_LITTLE
    return Verdict.NOTHING_FITS if fit <= FITS_NOTHING else Verdict.TOO_LITTLE


def _with_evidence(
    ranked: Sequence[PassageSuggestions],
    vectors: Vectors,
    training: TrainingSet,
    encoder: CachedEncoder,
    n: int,
) -> tuple[PassageSuggestions, ...]:
    """The same with the ``n`` nearest hand-coded passages for each suggestion."""
    if n < 1:
        return tuple(ranked)
    rows = {code: np.array(own, np.intp) for code, own in rows_by_code(training.codes).items()}
    coded = encoder.encode([passage.text for passage in training.passages])
    wanted = [[s.code for s in item.suggestions if s.code in rows] for item in ranked]
    near = nearest_coded(vectors, coded, rows, wanted, n)
    return tuple(
        replace(
            item,
            suggestions=tuple(
                replace(s, evidence=tuple(_evidence(training, hit) for hit in hits.get(s.code, ())))
                for s in item.suggestions
            ),
        )
        for item, hits in zip(ranked, near, strict=True)
    )


def _evidence(training: TrainingSet, hit: Near) -> Evidence:
    passage = training.passages[hit.coded]
    return Evidence(passage.transcript, passage.start, passage.end, passage.text, hit.similarity)


def _rows(item: PassageSuggestions, before: Mapping[str, str]) -> list[SuggestionRow]:
    p = item.passage
    return [
        SuggestionRow(p.transcript, p.start, p.end, before[suggestion.code], suggestion.probability, rank)
        for rank, suggestion in enumerate(item.suggestions, start=1)
    ]
