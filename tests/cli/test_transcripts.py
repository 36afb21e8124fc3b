"""`suggester transcripts`: the transcripts at a glance, in the order in which people count."""

from pathlib import Path
from typing import Any

import pytest

from suggester.domain import natural_key
from tests.cli.conftest import Cli


def test_each_transcript_has_its_length_interviewers_finishers_and_codings(cli: Cli, coded: Path) -> None:
    found = cli("transcripts", "--json", "-p", coded).json
    assert [t["name"] for t in found] == ["Anna", "Ben", "Cleo", "Dev", "Ewa", "Fay"]
    anna, ewa = found[0], found[4]
    assert (anna["case"], anna["turns"], anna["interviewers"]) == (None, 30, ["INT"])
    assert (anna["finished_by"], anna["codings"]) == (["Kim"], 9)
    assert (ewa["finished_by"], ewa["codings"]) == ([], 0)
    shown = cli("transcripts", "-p", coded)
    assert shown.code == 0 and "Finished by" in shown.out and "Kim" in shown.out


@pytest.mark.parametrize("command", ["import", "transcripts"])
def test_tables_count_as_people_do(cli: Cli, study: Path, tmp_path: Path, command: str) -> None:
    files = []
    for name in ("P10", "P2", "P1"):
        file = tmp_path / f"{name}.txt"
        file.write_text(f"INT: How?\n{name}: We listen to {name}.\n", "utf-8")
        files.append(file)
    said = cli("import", *files, "-p", study).out
    if command == "transcripts":
        said = cli("transcripts", "-p", study).out
    places = [said.index(name + " ") for name in ("P1", "P2", "P10")]
    assert places == sorted(places)


def test_an_empty_study_has_an_empty_list(cli: Cli, study: Path) -> None:
    assert cli("transcripts", "--json", "-p", study).json == []


def test_numbers_within_names_are_counted_and_case_is_not() -> None:
    names = ["p10 b", "P2", "10", "a", "P10 a", "9", "\u0663"]
    assert sorted(names, key=natural_key) == ["\u0663", "9", "10", "a", "P2", "P10 a", "p10 b"]


@pytest.mark.parametrize(
    "words",
    [
        ["suggest", "an"],
        ["remove", "an", "--reason", "x", "--yes"],
        ["codings", "finish", "an", "--coder", "Kim"],
    ],
)
def test_an_unknown_name_gets_those_that_begin_with_it(cli: Cli, trained: Path, words: list[str]) -> None:
    found = cli(*words, "-p", trained)
    assert found.code == 2 and "Did you mean 'Anna'?" in found.err and "Import it first" not in found.err


def test_a_name_that_is_close_to_none_is_to_be_imported(cli: Cli, trained: Path) -> None:
    found = cli("suggest", "xyz", "-p", trained)
    assert found.code == 2 and "Import it first; the study holds 6 transcripts." in found.err


def test_a_table_of_cases_names_the_transcripts_that_may_be_meant(
    cli: Cli, trained: Path, planted: Any, tmp_path: Path
) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text("transcript,case\nAn,One\n", "utf-8")
    found = cli("import", planted.transcripts[0], "--cases", cases, "-p", trained)
    assert found.code == 2
    assert "cases.csv, row 2: the study has no transcript 'An'. Did you mean 'Anna'?" in found.err
