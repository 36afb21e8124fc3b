"""`suggester remove`: what goes with a transcript, and what is said of what stays."""

import io
from pathlib import Path
from typing import Any

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
    assert f"with {codings} codings, and 1 model." in found.out
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


def test_the_name_is_looked_up_before_anything_is_asked(
    cli: Cli, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\nn\n"))
    unknown = cli("remove", "Zoe", "--reason", "consent withdrawn", "-p", trained)
    assert unknown.code == 2 and "no transcript 'Zoe'" in unknown.err and "Delete" not in unknown.out
    asked = cli("remove", "anna.txt", "--reason", "consent withdrawn", "-p", trained)
    assert "Delete 'Anna' and every coding" in asked.out + asked.err


def test_what_is_not_touched_is_said(cli: Cli, trained: Path) -> None:
    found = cli("remove", "Anna", "--reason", "consent withdrawn", "--yes", "-p", trained)
    assert "exported earlier" in found.out and "not touched" in found.out


def test_removals_are_listed_and_a_transcript_that_comes_back_is_noted(
    cli: Cli, trained: Path, planted: Any
) -> None:
    assert cli("status", "--json", "-p", trained).json["removals"] == []
    cli("remove", "Anna", "--reason", "consent withdrawn", "--yes", "-p", trained)
    (removal,) = cli("status", "--json", "-p", trained).json["removals"]
    assert (removal["name"], removal["reason"]) == ("Anna", "consent withdrawn")
    day = removal["at"][:10]
    assert f"Removed on {day}: Anna (consent withdrawn)" in cli("status", "-p", trained).out
    back = cli("import", planted.folder / "Anna.txt", "-p", trained)
    assert back.code == 0 and f"Anna: a transcript of this name was removed on {day}: consent" in back.err
    other = cli("import", planted.folder / "Ben.txt", "-p", trained)
    assert "was removed" not in other.err
