"""The program run inside the test, through its own entry point."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from suggester.cli.main import run


@dataclass(frozen=True)
class Outcome:
    """What a command did: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is no JSON")

        return json.loads(self.out, parse_constant=refuse)


Cli = Callable[..., Outcome]


@pytest.fixture
def cli(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Outcome]:
    """Run ``suggester`` with these words in an empty folder; no message may be a traceback."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.delenv("SUGGESTER_PROJECT", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["suggester", *map(str, words)])
        capsys.readouterr()
        code = 0
        try:
            run()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        written = capsys.readouterr()
        assert "Traceback" not in written.err
        return Outcome(code, written.out, written.err)

    return command


@pytest.fixture(autouse=True)
def _tiny_encoder(request: pytest.FixtureRequest) -> None:
    """No command loads the real encoder."""
    request.getfixturevalue("fake_encoder")


@pytest.fixture
def study(made: Any, tmp_path: Path) -> Path:
    """An empty study, in which a passage is a turn."""
    return Path(copytree(made.empty, tmp_path / "study"))


@pytest.fixture
def coded(made: Any, tmp_path: Path) -> Path:
    """A study with the planted transcripts, codebook and codings; the coded ones are finished."""
    return Path(copytree(made.coded, tmp_path / "study"))


@pytest.fixture
def trained(made: Any, tmp_path: Path) -> Path:
    """The same, with a model."""
    return Path(copytree(made.trained, tmp_path / "study"))
