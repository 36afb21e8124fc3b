"""`suggester codings`: hand codings in, out, taken back, and finished transcripts."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
HEADER = ["transcript", "start", "end", "text", "code", "coder"]


@pytest.fixture
def ready(cli: Cli, study: Path, planted: Any) -> Path:
    """The study with transcripts and codebook, uncoded."""
    assert cli("import", *planted.transcripts, "-p", study).code == 0
    assert cli("codebook", "import", planted.codebook, "-p", study).code == 0
    return study


def exported(cli: Cli, study: Path, file: Path) -> list[dict[str, Any]]:
    assert cli("codings", "export", file, "-p", study).code == 0
    return list(json.loads(file.read_text("utf-8")))


def test_codings_need_a_codebook(cli: Cli, study: Path, planted: Any) -> None:
    cli("import", *planted.transcripts, "-p", study)
    found = cli("codings", "import", planted.codings, "-p", study)
    assert found.code == 2 and "no codebook yet" in found.err and "suggester codebook import" in found.err


def test_codings_are_placed_by_offsets_and_counted(cli: Cli, ready: Path, planted: Any) -> None:
    found = cli("codings", "import", planted.codings, "--json", "-p", ready).json
    assert (found["added"], found["by_offsets"], found["by_quote"]) == (len(planted.rows), 36, 0)
    assert (found["unplaced"], found["boundary_share"], found["finished"]) == ([], 1.0, 0)
    again = cli("codings", "import", planted.codings, "--json", "-p", ready).json
    assert (again["added"], again["already"], again["batch"]) == (0, 36, None)


def test_finished_marks_the_coders_transcripts(cli: Cli, ready: Path, planted: Any) -> None:
    found = cli("codings", "import", planted.codings, "--finished", "-p", ready)
    assert "Marked as finished: 4 transcripts, by Kim." in found.out
    coder = cli("status", "--json", "-p", ready).json["coders"][0]
    assert (coder["coder"], coder["finished"]) == ("Kim", 4)


def test_rows_that_cannot_be_placed_are_listed_with_row_and_reason(
    cli: Cli, ready: Path, tmp_path: Path, planted: Any, csv_writer: Any
) -> None:
    good = planted.rows[0]
    table = tmp_path / "mixed.csv"
    csv_writer(
        table,
        [
            HEADER,
            list(good.values()),
            ["Anna", "", "", "words that nobody said", "Learning", "Kim"],
            ["Annna", "", "", good["text"], "Learning", "Kim"],
            ["Anna", "", "", good["text"], "Lerning", "Kim"],
            ["Anna", "0", "99999", "", "Learning", "Kim"],
        ],
    )
    listed = tmp_path / "unplaced.csv"
    found = cli("codings", "import", table, "--unplaced", listed, "-p", ready)
    assert found.code == 0
    assert "1 coding added" in found.out and "Not placed: 4 rows" in found.out
    rows = list(csv.DictReader(listed.open(encoding="utf-8-sig")))
    assert [row["row"] for row in rows] == ["3", "4", "5", "6"]
    assert "not found" in rows[0]["reason"]
    assert "closest: 'Anna'" in rows[1]["reason"]
    assert "closest: 'Learning'" in rows[2]["reason"]
    assert "beyond the transcript's end" in rows[3]["reason"]
    assert f"Wrote 4 rows that could not be placed to {listed}" in found.out
    for advice in ("Quotes: ", "Codes: ", "Transcripts: ", "Offsets: "):
        assert advice in found.out


def test_a_table_of_which_nothing_can_be_placed_fails(
    cli: Cli, ready: Path, tmp_path: Path, csv_writer: Any
) -> None:
    table = tmp_path / "wrong.csv"
    csv_writer(table, [HEADER, *[["Anna", "", "", f"not said {n}", "Learning", "Kim"] for n in range(30)]])
    found = cli("codings", "import", table, "-p", ready)
    assert found.code == 2
    assert "... and 10 more" in found.out


def test_a_list_of_unplaced_rows_in_an_unknown_format_is_refused_before_the_import(
    cli: Cli, ready: Path, planted: Any
) -> None:
    found = cli("codings", "import", planted.codings, "--unplaced", "rows.doc", "-p", ready)
    assert found.code == 2 and "'.doc' is no table format" in found.err
    assert cli("status", "--json", "-p", ready).json["coders"] == []


def test_shifted_offsets_are_warned_of_and_the_import_can_be_undone(
    cli: Cli, ready: Path, tmp_path: Path, planted: Any, csv_writer: Any
) -> None:
    table = tmp_path / "shifted.csv"
    rows = [
        [row["transcript"], int(row["start"]) + 3, int(row["end"]) + 3, row["code"]] for row in planted.rows
    ]
    csv_writer(table, [["transcript", "start", "end", "code"], *rows])
    found = cli("codings", "import", table, "--coder", "Kim", "-p", ready)
    assert found.code == 0
    assert "may belong to another text" in found.err and "suggester codings undo 1" in found.err
    # The last one would end after the text.
    assert "35 codings taken back" in cli("codings", "undo", 1, "-p", ready).out
    assert cli("status", "--json", "-p", ready).json["coders"][0]["codings"] == 0


def test_right_offsets_are_not_warned_of(cli: Cli, ready: Path, planted: Any) -> None:
    assert cli("codings", "import", planted.codings, "-p", ready).err == ""


def test_an_import_is_taken_back_only_once(cli: Cli, coded: Path) -> None:
    assert "36 codings taken back" in cli("codings", "undo", 1, "-p", coded).out
    again = cli("codings", "undo", 1, "-p", coded)
    assert again.code == 2 and "import 1 has been taken back already" in again.err


def test_undoing_what_was_never_imported_is_an_error(cli: Cli, ready: Path) -> None:
    found = cli("codings", "undo", 77, "-p", ready)
    assert found.code == 2 and "77" in found.err


def test_a_table_without_a_coder_asks_for_one(
    cli: Cli, ready: Path, tmp_path: Path, csv_writer: Any, planted: Any
) -> None:
    table = tmp_path / "anonymous.csv"
    row = planted.rows[0]
    csv_writer(table, [["Document", "Segment", "Code"], [row["transcript"], row["text"], row["code"]]])
    found = cli("codings", "import", table, "-p", ready)
    assert found.code == 2 and "no row says who coded it" in found.err
    named = cli(
        "codings", "import", table, "--coder", "Lee", "--column", "text=Segment", "--json", "-p", ready
    )
    assert (named.json["by_quote"], named.json["coders"]) == (1, ["Lee"])


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".json", ".jsonl"])
def test_exported_codings_are_the_same_in_another_study(
    cli: Cli, coded: Path, tmp_path: Path, planted: Any, ending: str
) -> None:
    file = tmp_path / f"codings{ending}"
    assert "Wrote 36 codings" in cli("codings", "export", file, "-p", coded).out
    other = tmp_path / "other"
    cli("init", other)
    cli("import", *planted.transcripts, "-p", other)
    cli("codebook", "import", planted.codebook, "-p", other)
    assert cli("codings", "import", file, "--json", "-p", other).json["added"] == 36
    assert exported(cli, other, tmp_path / "b.json") == exported(cli, coded, tmp_path / "a.json")


def test_exported_offsets_slice_the_text(cli: Cli, coded: Path, tmp_path: Path, planted: Any) -> None:
    rows = exported(cli, coded, tmp_path / "a.json")
    assert len(rows) == 36
    assert all(planted.text(row["transcript"])[row["start"] : row["end"]] == row["text"] for row in rows)


def test_only_one_coders_codings_are_exported_if_asked(
    cli: Cli, coded: Path, tmp_path: Path, csv_writer: Any, planted: Any
) -> None:
    table = tmp_path / "lee.csv"
    csv_writer(table, [HEADER, [*list(planted.rows[0].values())[:-1], "Lee"]])
    cli("codings", "import", table, "-p", coded)
    assert "Wrote 1 coding to" in cli("codings", "export", "lee.json", "--coder", "Lee", "-p", coded).out


def test_finish_takes_names_all_a_table_or_takes_back(
    cli: Cli, coded: Path, tmp_path: Path, csv_writer: Any
) -> None:
    def finished(coder: str) -> int:
        coders = cli("status", "--json", "-p", coded).json["coders"]
        return int(next(item["finished"] for item in coders if item["coder"] == coder))

    assert cli("codings", "finish", "ewa", "Fay.txt", "--coder", "Kim", "-p", coded).code == 0
    assert finished("Kim") == 6
    cli("codings", "finish", "Ewa", "--coder", "Kim", "--not", "-p", coded)
    assert finished("Kim") == 5
    assert "finished by Kim" in cli("codings", "finish", "--all", "--coder", "kim", "-p", coded).out
    assert finished("Kim") == 6
    table = tmp_path / "finished.csv"
    csv_writer(table, [["transcript", "coder"], ["Anna", "Kim"], ["Ben", "kim"]])
    taken_back = cli("codings", "finish", "--table", table, "--not", "-p", coded).out
    assert "2 transcripts marked as not finished by Kim" in taken_back
    assert finished("Kim") == 4
    found = cli("codings", "finish", "--table", table, "-p", coded)
    assert "2 transcripts marked as finished by Kim" in found.out
    assert finished("Kim") == 6
    both = cli("codings", "finish", "Ewa", "--table", table, "-p", coded)
    assert both.code == 2 and "--table" in both.err


def test_finish_without_names_or_coder_is_an_error(cli: Cli, coded: Path) -> None:
    for words in ([], ["Anna"], ["--coder", "Kim"]):
        found = cli("codings", "finish", *words, "-p", coded)
        assert found.code == 2 and "--coder" in found.err


def test_finishing_an_unknown_transcript_names_close_ones(cli: Cli, coded: Path) -> None:
    found = cli("codings", "finish", "Annna", "--coder", "Kim", "-p", coded)
    assert found.code == 2 and "Did you mean 'Anna'" in found.err


def test_a_table_of_finished_transcripts_is_taken_wholly_or_not_at_all(
    cli: Cli, coded: Path, tmp_path: Path, csv_writer: Any
) -> None:
    table = tmp_path / "finished.csv"
    csv_writer(table, [["transcript", "coder"], ["Ewa", "Kim"], ["Zoe", "Kim"]])
    found = cli("codings", "finish", "--table", table, "-p", coded)
    assert found.code == 2 and "finished.csv, row 3" in found.err and "'Zoe'" in found.err
    by_name = cli("codings", "finish", "Ewa", "Zoe", "--coder", "Kim", "-p", coded)
    assert by_name.code == 2 and "'Zoe'" in by_name.err
    assert cli("status", "--json", "-p", coded).json["coders"][0]["finished"] == 4


def test_a_coder_whom_the_study_does_not_know_is_an_error_that_names_its_coders(
    cli: Cli, coded: Path, tmp_path: Path, csv_writer: Any
) -> None:
    table = tmp_path / "finished.csv"
    csv_writer(table, [["transcript", "coder"], ["Anna", "Kim"], ["Ewa", "Kin"]])
    for words in (
        ["finish", "Ewa", "--coder", "Kin"],
        ["finish", "--table", table],
        ["export", tmp_path / "kin.csv", "--coder", "Kin"],
    ):
        found = cli("codings", *words, "-p", coded)
        assert found.code == 2 and "no coder 'Kin'. Its coders are 'Kim'." in found.err
    assert not (tmp_path / "kin.csv").exists()
    assert [c["coder"] for c in cli("status", "--json", "-p", coded).json["coders"]] == ["Kim"]


def test_the_first_coder_of_a_study_may_finish_before_there_are_codings(cli: Cli, ready: Path) -> None:
    assert cli("codings", "finish", "Ewa", "--coder", "Kim", "-p", ready).code == 0
    assert cli("codings", "finish", "Fay", "--coder", "Lee", "-p", ready).code == 2


def test_a_coder_given_for_a_table_that_names_its_own_is_said_to_be_unused(
    cli: Cli, ready: Path, tmp_path: Path, planted: Any, csv_writer: Any
) -> None:
    found = cli("codings", "import", planted.codings, "--coder", "Lee", "-p", ready)
    assert found.code == 0 and "--coder Lee was not used" in found.err
    partly = tmp_path / "partly.csv"
    rows = [list(row.values()) for row in planted.rows[:2]]
    csv_writer(partly, [HEADER, rows[0], [*rows[1][:-1], ""]])
    used = cli("codings", "import", partly, "--coder", "Lee", "-p", ready)
    assert used.code == 0 and "not used" not in used.err


@pytest.mark.parametrize(
    ("row", "advice"),
    [
        (["Anna", "", "", "words that nobody said", "Learning", "Kim"], "Quotes"),
        (["Annna", "", "", "words that nobody said", "Learning", "Kim"], "Transcripts"),
        (["Anna", "", "", "words that nobody said", "Lerning", "Kim"], "Codes"),
        (["Anna", "0", "99999", "", "Learning", "Kim"], "Offsets"),
        (["Anna", "", "", "words that nobody said", "Learning", ""], "Other cells"),
    ],
)
def test_the_advice_fits_what_is_wrong(
    cli: Cli, ready: Path, tmp_path: Path, planted: Any, csv_writer: Any, row: list[str], advice: str
) -> None:
    table = tmp_path / "mixed.csv"
    csv_writer(table, [HEADER, list(planted.rows[0].values()), row])
    found = cli("codings", "import", table, "-p", ready)
    given = [line.split(":")[0] for line in found.out.splitlines()]
    kinds = {"Quotes", "Codes", "Transcripts", "Offsets", "Other cells"}
    assert kinds & set(given) == {advice}
