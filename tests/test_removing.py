"""What goes with a removed transcript, in which order, and what a removal that is refused leaves."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from suggester import Project
from suggester.errors import StudyBusy, TranscriptError


@pytest.fixture
def study(made: Any, tmp_path: Path) -> Iterator[Project]:
    """The planted study, trained."""
    with Project.open(copytree(made.trained, tmp_path / "study")) as project:
        yield project


def held(study: Project) -> list[str]:
    return sorted(path.name for name in ("models", "cache") for path in (study.folder / name).iterdir())


@pytest.mark.parametrize(("name", "reason"), [("Anna", " "), ("Nobody", "consent withdrawn")])
def test_a_removal_that_is_refused_deletes_nothing(study: Project, name: str, reason: str) -> None:
    before = held(study)
    with pytest.raises(TranscriptError):
        study.remove_transcript(name, reason)
    assert before and held(study) == before
    assert "Anna" in {transcript.name for transcript in study.transcripts()}


def test_what_a_training_run_saves_meanwhile_goes_too(
    study: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove, found = study.store.remove_transcript, []

    def saving(name: str, reason: str) -> int:
        found.extend(held(study))
        (study.folder / "models" / "of another run").mkdir()
        (study.folder / "cache" / "vectors.db").write_bytes(b"of another run")
        return remove(name, reason)

    monkeypatch.setattr(study.store, "remove_transcript", saving)
    report = study.remove_transcript("anna.txt", "consent withdrawn")
    assert found == [] and held(study) == []
    assert (report.transcript, report.models) == ("Anna", 2)


def test_a_removal_that_was_stopped_is_finished_by_the_same_call(
    study: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> None:
        raise StudyBusy("another process is using the study")

    with monkeypatch.context() as stopped:
        stopped.setattr(study.store, "empty_log", busy)
        with pytest.raises(StudyBusy):
            study.remove_transcript("anna.txt", "consent withdrawn")
    (study.folder / "models" / "of another run").mkdir()
    report = study.remove_transcript("anna.txt", "consent withdrawn")
    assert (report.transcript, report.codings) == ("Anna", 0)
    assert held(study) == [] and len(study.store.removals()) == 1
