"""From suggestions to codings: the rows that a person accepted, and nothing else, come back as assisted."""

import csv
from pathlib import Path
from typing import Any

import pytest

from suggester.domain import Mode
from suggester.files.tables import read_table, write_table
from suggester.project import Project
from tests.cli.conftest import Cli


@pytest.fixture
def table(cli: Cli, trained: Path, tmp_path: Path) -> Path:
    """The suggestions of a trained study as a file."""
    file = tmp_path / "suggestions.csv"
    assert cli("suggest", "-o", file, "-p", trained).code == 0
    return file


def answered(table: Path, answers: list[str]) -> list[dict[str, str]]:
    """Fill in ``accept`` in the rows that have a code, in their order; returns these rows."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    coded = [row for row in rows if row["code"]]
    for row, answer in zip(coded, answers, strict=False):
        row["accept"] = answer
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return coded[: len(answers)]


def test_the_table_ends_with_an_empty_column_for_the_answer_and_names_roles(table: Path) -> None:
    found = read_table(table)
    assert found.columns[-1] == "accept" and found.columns[3:5] == ("speaker", "role")
    assert {row.cells["accept"] for row in found.rows} == {""}
    assert {row.cells["role"] for row in found.rows} == {"participant"}


def test_accepted_rows_become_assisted_codings_and_no_others(cli: Cli, trained: Path, table: Path) -> None:
    rows = answered(table, ["x", "no", "0", "False", " ", "Ja", "1"])
    with Project.open(trained) as study:
        before = set(study.codings())
    found = cli("codings", "import", table, "--coder", "Kim", "-p", trained)
    assert found.code == 0
    assert "3 codings added" in found.out
    assert "Accepted suggestions: 3 rows" in found.out and "assisted" in found.out
    with Project.open(trained) as study:
        added = set(study.codings()) - before
    wanted = {(r["transcript"], int(r["start"]), int(r["end"]), r["code"]) for r in (*rows[:1], *rows[5:])}
    assert {(c.transcript, c.start, c.end, c.code) for c in added} == wanted
    assert {c.mode for c in added} == {Mode.ASSISTED} and {c.mode for c in before} == {Mode.BLIND}


def test_accepted_passages_are_not_suggested_for_again(cli: Cli, trained: Path, table: Path) -> None:
    (row,) = answered(table, ["x"])
    cli("codings", "import", table, "--coder", "Kim", "-p", trained)
    left = cli("suggest", "--json", "-p", trained).json["passages"]
    spans = {(item["passage"]["transcript"], item["passage"]["start"]) for item in left}
    assert (row["transcript"], int(row["start"])) not in spans


def test_a_table_in_which_nothing_is_accepted_says_what_to_do(cli: Cli, trained: Path, table: Path) -> None:
    answered(table, ["no"])
    found = cli("codings", "import", table, "--coder", "Kim", "-p", trained)
    assert found.code == 2
    assert "none is accepted" in found.err and "Write x" in found.err


def test_an_answer_that_is_neither_yes_nor_no_is_refused_with_its_row(
    cli: Cli, trained: Path, table: Path
) -> None:
    answered(table, ["x", "maybe"])
    found = cli("codings", "import", table, "--coder", "Kim", "-p", trained)
    assert found.code == 2
    assert "column 'accept': 'maybe' is neither a yes nor a no" in found.err and ", row " in found.err


def test_suggestions_without_the_column_are_not_taken_for_codings(
    cli: Cli, trained: Path, table: Path, tmp_path: Path
) -> None:
    found = read_table(table)
    cut = tmp_path / "cut.csv"
    write_table(cut, found.columns[:-1], [list(row.cells.values())[:-1] for row in found.rows])
    refused = cli("codings", "import", cut, "--coder", "Kim", "-p", trained)
    assert refused.code == 2 and "no column 'accept'" in refused.err


@pytest.mark.parametrize("ending", [".xlsx", ".json", ".jsonl"])
def test_every_format_that_suggest_writes_comes_back(
    cli: Cli, trained: Path, table: Path, tmp_path: Path, ending: str
) -> None:
    answered(table, ["x", "x"])
    found = read_table(table)
    other = tmp_path / f"other{ending}"
    write_table(other, found.columns, [list(row.cells.values()) for row in found.rows])
    report: Any = cli("codings", "import", other, "--coder", "Kim", "--json", "-p", trained).json
    assert (report["added"], report["accepted"]) == (2, 2)


def test_hand_codings_have_no_accepted_rows(cli: Cli, coded: Path, planted: Any) -> None:
    assert cli("codings", "import", planted.codings, "--json", "-p", coded).json["accepted"] is None
