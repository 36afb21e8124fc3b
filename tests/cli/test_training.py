"""`suggester train`: what it says of itself, what it writes, and when it cannot."""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from suggester.learn.encoders import SentenceEncoder

Cli = Callable[..., Any]


@pytest.fixture
def uncoded(cli: Cli, study: Path, planted: Any) -> Path:
    cli("import", *planted.transcripts, "-p", study)
    cli("codebook", "import", planted.codebook, "-p", study)
    return study


@pytest.fixture
def code(cli: Cli, uncoded: Path, tmp_path: Path, csv_writer: Any) -> Callable[[Iterable[Any]], None]:
    """Import some of the planted codings."""

    def some(rows: Iterable[Any]) -> None:
        chosen = [list(row.values()) for row in rows]
        table = tmp_path / "some.csv"
        csv_writer(table, [["transcript", "start", "end", "text", "code", "coder"], *chosen])
        assert cli("codings", "import", table, "-p", uncoded).code == 0

    return some


def test_training_without_a_codebook_says_so(cli: Cli, study: Path) -> None:
    found = cli("train", "-p", study)
    assert found.code == 2 and "no codebook yet" in found.err


def test_training_without_codings_says_so(cli: Cli, uncoded: Path) -> None:
    found = cli("train", "-p", uncoded)
    assert (found.code, found.out) == (2, "")
    assert "no passage is coded" in found.err and "Import hand codings" in found.err


def test_training_on_one_transcript_says_so(cli: Cli, uncoded: Path, planted: Any, code: Any) -> None:
    code(row for row in planted.rows if row["transcript"] == "Anna")
    found = cli("train", "-p", uncoded)
    assert found.code == 2 and "one transcript" in found.err and "Code a second" in found.err


def test_training_on_one_code_alone_says_that_there_is_nothing_to_tell_it_from(
    cli: Cli, uncoded: Path, planted: Any, code: Any
) -> None:
    code(row for row in planted.rows if row["code"] == "Learning")
    found = cli("train", "-p", uncoded)
    assert found.code == 2 and "nothing to tell it from" in found.err and "finished" in found.err
    cli("codings", "finish", *planted.coded, "--coder", "Kim", "-p", uncoded)
    assert cli("train", "-p", uncoded).code == 0


def test_training_on_too_few_examples_says_how_many_there_are(
    cli: Cli, uncoded: Path, planted: Any, code: Any
) -> None:
    learning = [row for row in planted.rows if row["code"] == "Learning"]
    code([learning[0], learning[-1]])
    found = cli("train", "-p", uncoded)
    assert found.code == 2 and "no code has 5 examples" in found.err and "has 2" in found.err


def test_the_report_is_json_without_nan(cli: Cli, coded: Path) -> None:
    found = cli("train", "--json", "-p", coded)
    report = found.json
    assert (found.code, report["n_passages"], report["n_coded"], report["n_transcripts"]) == (0, 60, 36, 4)
    assert report["quality"]["precision_at_1"]["estimate"] > 0.8
    assert (report["interviewer_included"], report["unused_codings"], report["too_few"]) == (False, 0, [])


def test_figures_that_cannot_be_estimated_are_null_with_their_reason(
    cli: Cli, uncoded: Path, planted: Any, code: Any
) -> None:
    # Of one code all examples but three are left out, and these are from one transcript.
    rare = [row for row in planted.rows if row["code"] == "Learning" and row["transcript"] == "Anna"]
    code([*(row for row in planted.rows if row["code"] != "Learning"), *rare])
    cli("codings", "finish", *planted.coded, "--coder", "Kim", "-p", uncoded)
    report = cli("train", "--json", "-p", uncoded).json
    assert report["too_few"] == ["Learning"]
    learning = next(item for item in report["quality"]["codes"] if item["code"] == "Learning")
    assert learning["basis"] == "similarity"
    assert learning["recall"]["low"] is None and learning["recall"]["undefined_because"]
    shown = cli("train", "-p", uncoded)
    assert "Learning *" in shown.out and "Too few examples" in shown.out


def test_two_transcripts_train_but_have_no_figures_and_that_is_said(
    cli: Cli, uncoded: Path, planted: Any, code: Any
) -> None:
    code(row for row in planted.rows if row["transcript"] in {"Anna", "Ben"})
    found = cli("train", "-p", uncoded)
    assert found.code == 0 and "No figures on held-out transcripts" in found.err
    report = cli("train", "--json", "-p", uncoded).json
    assert report["quality"] is None and report["quality_undefined_because"]


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".json", ".jsonl"])
def test_the_figures_are_written_for_each_code(cli: Cli, coded: Path, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"figures{ending}"
    assert cli("train", "-o", file, "-p", coded).code == 0
    assert file.stat().st_size
    if ending == ".csv":
        rows = list(csv.DictReader(file.open(encoding="utf-8-sig")))
        assert [row["code"] for row in rows] == ["Emotional support", "Learning", "Practical support"]
        assert all(0 <= float(row["precision"]) <= 1 for row in rows)


@pytest.mark.parametrize("command", ["train", "suggest"])
def test_an_unknown_format_is_refused_before_the_work(
    cli: Cli, trained: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("suggester.project.Project.train", _never)
    monkeypatch.setattr("suggester.project.Project.suggest", _never)
    found = cli(command, "-o", "figures.doc", "-p", trained)
    assert found.code == 2 and "'.doc' is no table format" in found.err


def _never(*_: object, **__: object) -> None:
    raise AssertionError("begun")


def test_an_encoder_that_is_not_there_is_named_and_never_fetched(
    cli: Cli, coded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suggester.training.SentenceEncoder", SentenceEncoder)
    found = cli("train", "--encoder", "sentence-transformers/all-mpnet-base-v2", "-p", coded)
    assert found.code == 2
    assert "all-mpnet-base-v2" in found.err and "Nothing is ever downloaded" in found.err


def test_codings_outside_every_passage_are_counted(
    cli: Cli, coded: Path, tmp_path: Path, csv_writer: Any
) -> None:
    table = tmp_path / "outside.csv"
    # The label in front of the first turn.
    csv_writer(table, [["transcript", "start", "end", "code", "coder"], ["Anna", 0, 3, "Learning", "Kim"]])
    cli("codings", "import", table, "-p", coded)
    assert "Outside every passage, and not used: 1 coding." in cli("train", "-p", coded).out


def test_without_finished_transcripts_no_suggestion_is_called_wrong_and_it_is_said(
    cli: Cli, coded: Path, planted: Any
) -> None:
    cli("codings", "finish", *planted.coded, "--not", "--coder", "Kim", "-p", coded)
    found = cli("train", "-p", coded)
    assert found.code == 0
    assert "Marked as finished: 0 of 4 transcripts" in found.err
    assert "Over all passages: undefined, no transcript is marked as finished" in found.out
    report = cli("train", "--json", "-p", coded).json
    assert report["n_complete"] == 0
    assert report["quality"]["macro_f1"]["estimate"] is None
    assert report["quality"]["precision_at_1"]["estimate"] > 0.8


def test_with_five_cases_whole_cases_are_held_out(
    cli: Cli, study: Path, planted: Any, tmp_path: Path, csv_writer: Any
) -> None:
    names = [path.stem for path in planted.transcripts]
    cases = tmp_path / "cases.csv"
    csv_writer(cases, [["transcript", "case"], *([name, f"group of {name}"] for name in names)])
    cli("import", *planted.transcripts, "--cases", cases, "-p", study)
    cli("codebook", "import", planted.codebook, "-p", study)
    cli("codings", "import", planted.codings, "--finished", "-p", study)
    assert "On held-out transcripts" in cli("train", "-p", study).out
    # Nothing is coded in the fifth; as finished, all of it is a decision.
    cli("codings", "finish", names[4], "--coder", "Kim", "-p", study)
    assert "On held-out cases" in cli("train", "-p", study).out
