"""`suggester remove`: what goes with a transcript, and what is said of what stays."""

import io
from pathlib import Path

import pytest

from suggester.project import Project
from tests.cli.conftest import Cli


def test_a_removed_transcript_takes_models_and_cache_with_it(cli: Cli, trained: Path) -> None:
    backup = trained / "project.db.backup-0001-x"
    backup.write_bytes(b"an older copy")
    with Project.open(trained) as study:
        gone = study.codings()[0].transcript
        codings = len(study.codings(transcript=gone))
    found = cli("remove", gone, "--reason", "consent withdrawn", "--yes", "-p", trained)
    assert found.code == 0
    assert f"with {codings} codings, and 1 models" in found.out
    assert backup.name in found.err
    assert list((trained / "models").iterdir()) == [] and list((trained / "cache").iterdir()) == []
    assert cli("status", "--json", "-p", trained).json["model"] is None
    after = cli("suggest", "-p", trained)
    assert after.code == 2 and "suggester train" in after.err
    assert cli("train", "-p", trained).code == 0
    with Project.open(trained) as study:
        assert gone not in {transcript.name for transcript in study.transcripts()}


def test_nothing_is_removed_without_a_yes(cli: Cli, trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    with Project.open(trained) as study:
        name = study.transcripts()[0].name
    found = cli("remove", name, "--reason", "consent withdrawn", "-p", trained)
    assert found.code != 0
    assert list((trained / "models").iterdir())
    with Project.open(trained) as study:
        assert study.transcripts()[0].name == name
