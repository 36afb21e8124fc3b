"""`suggester codebook`: in, on screen, out, and its versions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


def test_a_codebook_comes_in_and_is_shown(cli: Cli, study: Path, planted: Any) -> None:
    found = cli("codebook", "import", planted.codebook, "-p", study)
    assert (found.code, found.out) == (0, "Codebook version 1: 3 codes under 1 heading; 3 new.\n")
    shown = cli("codebook", "show", "-p", study).out
    assert "Mutual aid" in shown and "Emotional support" in shown


def test_the_same_codebook_again_is_no_new_version(cli: Cli, study: Path, planted: Any) -> None:
    for _ in range(2):
        assert cli("codebook", "import", planted.codebook, "--json", "-p", study).json["version"] == 1


def test_earlier_versions_stay_readable(cli: Cli, study: Path, tmp_path: Path, planted: Any) -> None:
    cli("codebook", "import", planted.codebook, "-p", study)
    more = tmp_path / "more.csv"
    more.write_text("name\nLearning\nTrust\n", "utf-8")
    assert (
        "version 2: 2 codes; 1 new, 2 dropped, 1 changed."
        in cli("codebook", "import", more, "--note", "merged", "-p", study).out
    )
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


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".json", ".yaml"])
def test_borderline_examples_and_near_misses_are_kept_and_come_out_again(
    cli: Cli, study: Path, tmp_path: Path, ending: str
) -> None:
    book = tmp_path / "book.csv"
    book.write_text(
        "name,borderline,near misses\nTrust,I could tell [counts: safe] | Two,They listened [Support]\n",
        "utf-8",
    )
    cli("codebook", "import", book, "-p", study)
    (shown,) = cli("codebook", "show", "--json", "-p", study).json["codes"]
    assert shown["borderline"] == ["I could tell [counts: safe]", "Two"]
    assert shown["near_misses"] == ["They listened [Support]"]
    file = tmp_path / f"out{ending}"
    cli("codebook", "export", file, "-p", study)
    assert cli("codebook", "import", file, "--json", "-p", study).json["unchanged"]


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


def test_an_import_says_what_it_changed(cli: Cli, coded: Path, planted: Any, tmp_path: Path) -> None:
    same = cli("codebook", "import", planted.codebook, "-p", coded)
    assert same.out == "Codebook version 1: 3 codes under 1 heading; unchanged.\n"
    book = tmp_path / "changed.csv"
    book.write_text(
        "name,heading,definition\nEmotional support,Mutual aid,to be listened to\nGrowth,Mutual aid,\n"
        "Trust,Mutual aid,\n",
        "utf-8",
    )
    command = ["codebook", "import", book, "--rename", "Learning=Growth", "--drop"]
    found = cli(*command, "-p", coded)
    summary = "1 new, 1 renamed, 1 dropped (12 codings kept, unused), 1 changed."
    assert found.out.splitlines()[0] == f"Codebook version 2: 3 codes under 1 heading; {summary}"
    assert "renamed: Learning -> Growth" in found.out and "dropped: Practical support" in found.out


def test_the_summary_of_changes_is_there_for_programs(
    cli: Cli, coded: Path, planted: Any, tmp_path: Path
) -> None:
    first = cli("codebook", "import", planted.codebook, "--json", "-p", coded).json
    assert first["unchanged"] and not any(first[key] for key in ("new", "renamed", "changed", "dropped"))
    book = tmp_path / "changed.csv"
    book.write_text("name,heading\nGrowth,Mutual aid\nEmotional support,Other\nTrust,\n", "utf-8")
    command = ["codebook", "import", book, "--rename", "Learning=Growth", "--drop"]
    found = cli(*command, "--json", "-p", coded).json
    assert found == {
        "version": 2,
        "codes": 3,
        "headings": 2,
        "unchanged": False,
        "new": ["Trust"],
        "renamed": [["Learning", "Growth"]],
        "changed": ["Emotional support"],
        "dropped": ["Practical support"],
        "unused_codings": 12,
    }


def test_another_order_is_a_change_that_is_called_that(cli: Cli, coded: Path, tmp_path: Path) -> None:
    book = tmp_path / "order.csv"
    names = ("Learning", "Practical support", "Emotional support")
    book.write_text("name,heading\n" + "".join(f"{name},Mutual aid\n" for name in names), "utf-8")
    assert (
        "version 2: 3 codes under 1 heading; in another order."
        in cli("codebook", "import", book, "-p", coded).out
    )
