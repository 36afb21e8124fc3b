"""No command replaces a file unless it is told to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli

WRITING = [
    ["suggest", "-o", "{out}"],
    ["train", "-o", "{out}"],
    ["codings", "export", "{out}"],
    ["codebook", "export", "{out}"],
    ["codings", "import", "{codings}", "--unplaced", "{out}"],
]


def filled(words: Sequence[str], planted: Any, out: Path) -> list[str]:
    return [word.format(out=out, codings=planted.codings) for word in words]


@pytest.mark.parametrize("words", WRITING)
def test_a_file_is_replaced_only_with_overwrite(
    cli: Cli, trained: Path, tmp_path: Path, planted: Any, words: list[str]
) -> None:
    out = tmp_path / "mine.csv"
    out.write_text("my work\n", "utf-8")
    command = filled(words, planted, out)
    refused = cli(*command, "-p", trained)
    assert refused.code == 2
    assert "mine.csv: is there already" in refused.err and "--overwrite" in refused.err
    assert out.read_text("utf-8") == "my work\n"
    assert cli(*command, "--overwrite", "-p", trained).code == 0
    assert out.read_text("utf-8") != "my work\n"


@pytest.mark.parametrize("words", WRITING)
def test_a_missing_folder_is_an_error_and_not_made(
    cli: Cli, trained: Path, tmp_path: Path, planted: Any, words: list[str]
) -> None:
    out = tmp_path / "nowhere" / "out.csv"
    found = cli(*filled(words, planted, out), "-p", trained)
    assert found.code == 2 and "there is no folder" in found.err
    assert not out.parent.exists()
