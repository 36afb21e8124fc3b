"""`suggester transcripts`: the transcripts at a glance, in the order in which people count."""

from pathlib import Path

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
