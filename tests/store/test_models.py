"""Trained models and their suggestions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from suggester.domain import Code, Codebook
from suggester.errors import CodingError, LearningError, StudyError, TranscriptError
from suggester.store import ModelRun, StudyStore, SuggestionRow

FIRST = SuggestionRow("Group 1", 14, 38, "Emotional support", 0.81, 1)
SECOND = SuggestionRow("Group 1", 14, 38, "Skills", 0.25, 2)


def add(store: StudyStore, bundle: str) -> ModelRun:
    return store.add_model(
        bundle, codebook_version=1, training_sha256="ab", encoder="minilm", metrics={"ap": 0.7, "no": None}
    )


def test_a_model_comes_back_as_recorded(ready: StudyStore, folder: Path) -> None:
    assert ready.latest_model() is None
    trained = datetime(2025, 5, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    run = ready.add_model(
        "m1",
        codebook_version=1,
        training_sha256="ab",
        encoder="minilm",
        metrics={"codes": {"A": [1, None]}},
        trained=trained,
    )
    (folder / "models" / "m1").mkdir()
    expected = ModelRun(1, "m1", trained, 1, "ab", "minilm", {"codes": {"A": [1, None]}})
    assert run == expected == ready.latest_model()
    assert run.trained.tzinfo == UTC
    newer = add(ready, "m2")
    assert ready.latest_model() is None  # its bundle was deleted
    (folder / "models" / "m2").mkdir()
    assert ready.latest_model() == newer
    assert ready.models() == (run, newer)


def test_a_bundle_is_recorded_once_and_with_a_codebook_of_the_study(ready: StudyStore) -> None:
    add(ready, "m")
    with pytest.raises(LearningError, match="'m' already"):
        add(ready, "m")
    with pytest.raises(LearningError, match="no version 5"):
        ready.add_model("n", codebook_version=5, training_sha256="", encoder="", metrics={})
    with pytest.raises(ValueError, match="JSON"):
        ready.add_model("n", codebook_version=1, training_sha256="", encoder="", metrics={"x": float("nan")})


def test_suggestions_come_back_once_and_as_they_were_first(ready: StudyStore) -> None:
    run = add(ready, "m")
    assert ready.add_suggestions(run, [SECOND, FIRST]) == 2
    assert ready.add_suggestions(run, [replace(FIRST, probability=0.1), replace(FIRST, start=20)]) == 1
    assert ready.suggestions(run) == (FIRST, SECOND, replace(FIRST, start=20))
    assert ready.suggestions(run, transcript="group 1") == ready.suggestions(run)
    assert ready.add_suggestions(run, []) == 0


def test_each_model_has_its_own_suggestions_and_the_latest_is_counted(ready: StudyStore) -> None:
    old, new = add(ready, "old"), add(ready, "new")
    ready.add_suggestions(old, [FIRST, SECOND])
    ready.add_suggestions(new, [FIRST])
    assert ready.suggestions(new) == (FIRST,)
    assert ready.counts().suggestions == 1


def test_suggestions_use_the_names_of_the_models_codebook(ready: StudyStore) -> None:
    run = add(ready, "m")
    ready.set_codebook(Codebook((Code("Joy"),)), source="2")
    assert ready.add_suggestions(run, [FIRST]) == 1
    assert ready.suggestions(run) == (FIRST,)
    with pytest.raises(CodingError, match="version 1 of the codebook has no code 'Joy'"):
        ready.add_suggestions(run, [replace(FIRST, code="Joy")])


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"transcript": "Group 9"}, TranscriptError),
        ({"end": 999}, CodingError),
        ({"probability": 1.5}, CodingError),
        ({"probability": float("nan")}, CodingError),
        ({"rank": 0}, CodingError),
    ],
)
def test_a_suggestion_that_cannot_be_placed_is_refused_with_all_others(
    ready: StudyStore, change: dict[str, object], error: type[Exception]
) -> None:
    run = add(ready, "m")
    with pytest.raises(error):
        ready.add_suggestions(run, [FIRST, replace(SECOND, **change)])
    assert ready.suggestions(run) == ()


def test_a_model_of_another_study_is_refused(ready: StudyStore) -> None:
    elsewhere = ModelRun(7, "m", datetime.now(UTC), 1, "", "", {})
    with pytest.raises(StudyError, match="not of this study"):
        ready.add_suggestions(elsewhere, [FIRST])
