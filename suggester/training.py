"""Training a model on a study's hand codings."""

import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from suggester.domain import Basis
from suggester.errors import CodebookError, LearningError, TooLittleToLearn
from suggester.learn.encoders import SentenceEncoder
from suggester.learn.evaluation import assess, cross_validate_features
from suggester.learn.features import describe
from suggester.learn.suggester import CodeSuggester
from suggester.learn.vector_cache import CachedEncoder
from suggester.passages import (
    contexts,
    few_enough_to_surround,
    held_out_together,
    surrounded,
    training_set,
    unitized,
)
from suggester.reports import TrainingReport
from suggester.starting import starting_model
from suggester.store import StudyStore

Progress = Callable[[str, int, int], None]
_FEWEST_TO_HOLD_OUT = 3


def train(
    store: StudyStore, encoder: str, start: str, read_around: bool | None, progress: Progress | None
) -> TrainingReport:
    """Cross-validate by transcript, train on everything, save the bundle and record it."""
    store.require_writable()
    codebook = store.codebook()
    if codebook is None:
        raise CodebookError(
            "the study has no codebook yet", remedy="Import one with 'suggester codebook import FILE'."
        )
    transcripts = store.transcripts()
    passages = unitized(transcripts, store.unitizing)
    training = training_set(passages, store.codings(), store.finished(), codebook)
    if read_around is None:
        read_around = few_enough_to_surround(passages)
    cached = CachedEncoder(SentenceEncoder(encoder), store.folder / "cache")
    texts = [passage.text for passage in training.passages]
    codes = [set(carried) for carried in training.codes]
    groups, by_case = held_out_together(training.passages, transcripts)
    names = [passage.transcript for passage in training.passages]
    n_complete = len({name for name, known in zip(names, training.complete, strict=True) if known})
    features = describe(
        cached,
        texts,
        contexts(training.passages),
        _named(progress, "Encoding passages"),
        around=surrounded(training.passages, transcripts) if read_around else None,
    )
    starting = starting_model(start, codebook, cached, transcripts)
    model = CodeSuggester(cached, start=starting.model)
    model.fit_features(features, codes, groups, training.complete)

    quality, why_not = None, ""
    try:
        held_out = cross_validate_features(
            model,
            features,
            codes,
            groups,
            calibrates=training.complete,
            progress=_named(progress, "Checking on held-out transcripts"),
        )
        quality = assess(held_out, transcripts=names, complete=training.complete)
    except TooLittleToLearn as error:
        why_not = f"without the held-out transcripts there is too little to learn from: {error.problem}"
        if len(set(groups)) < _FEWEST_TO_HOLD_OUT:
            why_not = (
                "a third coded transcript is needed: one is held out, and two must be left to learn from"
            )
    at = datetime.now(UTC)
    bundle = f"{at:%Y%m%d-%H%M%S-%f}-{training.sha256[:6]}"
    metrics: dict[str, Any] = {
        "quality": asdict(quality) if quality else None,
        "quality_undefined_because": why_not,
    }
    about = {
        "codebook_version": codebook.version,
        "training_sha256": training.sha256,
        "started_from": starting.name,
        "interviewer_included": training.interviewer_included,
        "trained": at.isoformat(),
        **metrics,
    }
    model.save(store.folder / "models" / bundle, about)
    _require_still_there(store, names, store.folder / "models" / bundle)
    store.add_model(
        bundle,
        codebook_version=codebook.version,
        training_sha256=training.sha256,
        encoder=cached.name,
        metrics=metrics,
        trained=at,
    )
    return TrainingReport(
        model=bundle,
        encoder=cached.name,
        started_from=starting.name,
        codebook_version=codebook.version,
        n_passages=len(texts),
        n_coded=sum(bool(carried) for carried in codes),
        n_transcripts=len(set(names)),
        n_complete=n_complete,
        by_case=by_case,
        read_around=read_around,
        interviewer_included=training.interviewer_included,
        unused_codings=training.unused_codings,
        quality=quality,
        quality_undefined_because=why_not,
        too_few=_too_few(model, [code.name for code in codebook]),
    )


def _require_still_there(store: StudyStore, names: list[str], bundle: Path) -> None:
    """A transcript that was removed while the model learned from it must not live on in the model."""
    gone = set(names) - {transcript.name for transcript in store.transcripts()}
    if gone:
        shutil.rmtree(bundle)
        raise LearningError(
            "a transcript was removed from the study while the model was trained", remedy="Train again."
        )


def _too_few(model: CodeSuggester, names: list[str]) -> tuple[str, ...]:
    trained = {code for code, basis in zip(model.codes_, model.basis_, strict=True) if basis is Basis.TRAINED}
    return tuple(name for name in names if name not in trained)


def _named(progress: Progress | None, what: str) -> Callable[[int, int], None] | None:
    return (lambda done, total: progress(what, done, total)) if progress else None
