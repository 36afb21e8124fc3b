"""What goes with a removed transcript, in which order, and what a removal that is refused leaves."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from suggester import Project
from suggester.errors import StudyBusy, TranscriptError
from suggester.store import database


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


def test_while_another_process_writes_nothing_is_deleted(
    study: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = held(study)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(study.folder / "project.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Project.open(study.folder) as second, pytest.raises(StudyBusy):
            second.remove_transcript("Anna", "consent withdrawn")
    assert held(study) == before
    assert "Anna" in {transcript.name for transcript in study.transcripts()}


def test_a_removal_that_was_stopped_is_finished_by_the_same_call(
    study: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> None:
        raise StudyBusy("another process is using the study")

    with monkeypatch.context() as stopped:
        stopped.setattr(study.store, "empty_log", busy)
        with pytest.raises(StudyBusy):
            study.remove_transcript("anna.txt", "consent withdrawn")
        assert held(study) == []
    (study.folder / "models" / "of another run").mkdir()
    report = study.remove_transcript("anna.txt", "consent withdrawn")
    assert (report.transcript, report.codings) == ("Anna", 0)
    assert held(study) == [] and len(study.store.removals()) == 1
