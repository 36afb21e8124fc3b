"""`suggester codebook`: in, on screen, out, and its versions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


def test_a_codebook_comes_in_and_is_shown(cli: Cli, study: Path, planted: Any) -> None:
    found = cli("codebook", "import", planted.codebook, "-p", study)
    assert (found.code, found.out) == (0, "Codebook version 1: 3 codes under 1 headings.\n")
    shown = cli("codebook", "show", "-p", study).out
    assert "Mutual aid" in shown and "Emotional support" in shown


def test_the_same_codebook_again_is_no_new_version(cli: Cli, study: Path, planted: Any) -> None:
    for _ in range(2):
        assert cli("codebook", "import", planted.codebook, "--json", "-p", study).json["version"] == 1


def test_earlier_versions_stay_readable(cli: Cli, study: Path, tmp_path: Path, planted: Any) -> None:
    cli("codebook", "import", planted.codebook, "-p", study)
    more = tmp_path / "more.csv"
    more.write_text("name\nLearning\nTrust\n", "utf-8")
    assert "version 2: 2 codes." in cli("codebook", "import", more, "--note", "merged", "-p", study).out
    old = cli("codebook", "show", "--version", 1, "--json", "-p", study).json
    assert [code["name"] for code in old["codes"]] == ["Emotional support", "Practical support", "Learning"]
    missing = cli("codebook", "show", "--version", 9, "-p", study)
    assert missing.code == 2 and "no version 9" in missing.err


def test_a_codebook_that_contradicts_itself_is_refused(cli: Cli, study: Path, tmp_path: Path) -> None:
    twice = tmp_path / "twice.csv"
    twice.write_text("name\nTrust\ntrust\n", "utf-8")
    found = cli("codebook", "import", twice, "-p", study)
    assert found.code == 2 and "twice" in found.err


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".json", ".yaml"])
def test_what_is_exported_is_no_change_when_it_comes_back(
    cli: Cli, study: Path, tmp_path: Path, planted: Any, ending: str
) -> None:
    cli("codebook", "import", planted.codebook, "-p", study)
    file = tmp_path / f"out{ending}"
    assert cli("codebook", "export", file, "-p", study).code == 0
    assert cli("codebook", "import", file, "--json", "-p", study).json["version"] == 1


def test_names_with_commas_brackets_and_line_breaks_survive(cli: Cli, study: Path, tmp_path: Path) -> None:
    book = tmp_path / "odd.csv"
    book.write_text('name,heading\n"Trust, and safety",[red]\n"[bold]x[/bold]",[/]\n', "utf-8")
    assert cli("codebook", "import", book, "-p", study).code == 0
    shown = cli("codebook", "show", "-p", study).out
    assert "Trust, and safety" in shown and "[bold]x[/bold]" in shown and "[red]" in shown


def test_without_a_codebook_showing_and_exporting_say_so(cli: Cli, study: Path) -> None:
    for words in (["show"], ["export", "out.csv"]):
        found = cli("codebook", *words, "-p", study)
        assert found.code == 2 and "no codebook yet" in found.err
