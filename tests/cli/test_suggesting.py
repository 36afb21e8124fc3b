"""`suggester suggest`: which passages it covers, with what evidence, and what it writes."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
Spans = set[tuple[str, int, int]]


def suggestions(cli: Cli, study: Path, *words: str) -> list[dict[str, Any]]:
    found = cli("suggest", *words, "--json", "-p", study)
    assert found.code == 0
    return list(found.json["passages"])


def spans(items: list[dict[str, Any]]) -> Spans:
    return {(p["transcript"], p["start"], p["end"]) for p in (item["passage"] for item in items)}


def test_suggesting_before_training_says_what_to_do(cli: Cli, coded: Path) -> None:
    found = cli("suggest", "-p", coded)
    assert (found.code, found.out) == (2, "")
    assert "no model has been trained yet" in found.err and "suggester train" in found.err


def test_planted_words_get_their_code(cli: Cli, trained: Path) -> None:
    found = suggestions(cli, trained)
    suggested = [item for item in found if item["verdict"] == "suggested"]
    assert len(found) == 30 and len(suggested) >= 15
    right = {"Emotional support": "cry listen tears hug", "Learning": "course tutor class lesson"}
    for item in suggested:
        words = set(item["passage"]["text"].lower().rstrip(".").split())
        for code, planted_words in right.items():
            if len(words & set(planted_words.split())) >= 3:
                assert item["suggestions"][0]["code"] == code


def test_passages_that_fit_no_code_are_said_to(cli: Cli, trained: Path) -> None:
    found = suggestions(cli, trained)
    for item in found:
        above = [s for s in item["suggestions"] if s["above_threshold"]]
        assert bool(above) == (item["verdict"] == "suggested")
        assert len(item["suggestions"]) == 3 and 0 < item["fit"] <= 1
        assert all(0 <= s["probability"] <= 1 for s in item["suggestions"])
    assert any(item["verdict"] != "suggested" for item in found)


def test_coded_and_finished_passages_are_never_suggested_for(
    cli: Cli, trained: Path, tmp_path: Path, planted: Any, csv_writer: Any
) -> None:
    first = suggestions(cli, trained)
    assert {name for name, _, _ in spans(first)} == set(planted.waiting)
    coded = first[0]["passage"]
    table = tmp_path / "one.csv"
    csv_writer(
        table,
        [
            ["transcript", "start", "end", "code", "coder"],
            [coded["transcript"], coded["start"], coded["end"], "Learning", "Lee"],
        ],
    )
    cli("codings", "import", table, "-p", trained)
    cli("codings", "finish", "Fay", "--coder", "Lee", "-p", trained)
    left = spans(suggestions(cli, trained))
    assert left == {span for span in spans(first) if span[0] == "Ewa"} - {
        (coded["transcript"], coded["start"], coded["end"])
    }


def test_a_named_transcript_gets_suggestions_for_what_is_uncoded_though_finished(
    cli: Cli, trained: Path, planted: Any
) -> None:
    found = spans(suggestions(cli, trained, "anna"))
    assert {name for name, _, _ in found} == {"Anna"} and len(found) == 6
    hand = {(r["transcript"], int(r["start"]), int(r["end"])) for r in planted.rows}
    assert not found & hand


def test_an_unknown_transcript_names_close_ones(cli: Cli, trained: Path) -> None:
    found = cli("suggest", "Annna", "-p", trained)
    assert found.code == 2 and "Did you mean 'Anna'" in found.err


def test_interviewers_get_suggestions_only_if_asked_for_whatever_took_part_in_training(
    cli: Cli, trained: Path, tmp_path: Path, planted: Any, csv_writer: Any
) -> None:
    untaught = suggestions(cli, trained, "--interviewers")
    assert {item["passage"]["role"] for item in untaught} == {"participant", "interviewer"}
    text = planted.text("Anna")
    start = text.index("INT: ") + len("INT: ")
    row = ["Anna", start, text.index("\n", start), "Learning", "Kim"]
    table = tmp_path / "asked.csv"
    csv_writer(table, [["transcript", "start", "end", "code", "coder"], row])
    cli("codings", "import", table, "-p", trained)
    said = cli("train", "-p", trained).out
    assert "Interviewers' passages take part" in said
    assert {item["passage"]["role"] for item in suggestions(cli, trained)} == {"participant"}
    asked = suggestions(cli, trained, "--interviewers")
    assert {item["passage"]["role"] for item in asked} == {"participant", "interviewer"}


def test_evidence_carries_the_code_it_is_evidence_for(cli: Cli, trained: Path, planted: Any) -> None:
    carried = {(r["transcript"], int(r["start"]), int(r["end"]), r["code"]) for r in planted.rows}
    shown = 0
    for item in suggestions(cli, trained):
        for suggestion in item["suggestions"]:
            assert len(suggestion["evidence"]) == 2
            for hit in suggestion["evidence"]:
                assert (hit["transcript"], hit["start"], hit["end"], suggestion["code"]) in carried
                assert planted.text(hit["transcript"])[hit["start"] : hit["end"]] == hit["text"]
                shown += 1
    assert shown


def test_files_hold_every_passage_with_offsets_that_slice_the_text(
    cli: Cli, trained: Path, tmp_path: Path, planted: Any
) -> None:
    from openpyxl import load_workbook

    files = [tmp_path / f"out{ending}" for ending in (".csv", ".xlsx", ".jsonl")]
    for file in files:
        assert cli("suggest", "-o", file, "-p", trained).code == 0
    lines = list(csv.DictReader(files[0].open(encoding="utf-8-sig")))
    sheet = list(load_workbook(files[1]).active.iter_rows(values_only=True))
    records = [json.loads(line) for line in files[2].read_text("utf-8").splitlines()]
    assert len(lines) == len(sheet) - 1 == len(records) >= 30
    assert len({(record["transcript"], record["start"]) for record in records}) == 30
    assert list(lines[0]) == list(sheet[0]) == list(records[0])
    for line, cells, record in zip(lines, sheet[1:], records, strict=True):
        text = planted.text(record["transcript"])[record["start"] : record["end"]]
        assert text == record["passage"] == line["passage"] == cells[5]
        if record["verdict"] == "suggested":
            assert float(line["probability"]) == record["probability"] == pytest.approx(cells[10])
        else:
            assert record["code"] is None and line["code"] == "" and cells[8] is None
    starts = [(record["transcript"], record["start"]) for record in records]
    assert starts == sorted(starts)


def test_a_second_suggest_encodes_nothing_and_says_the_same(
    cli: Cli, trained: Path, fake_encoder: Any
) -> None:
    first = cli("suggest", "--json", "-p", trained).json
    # By themselves, and with the text around them.
    assert first["encoded"] == 60
    before = fake_encoder.texts_encoded
    second = cli("suggest", "--json", "-p", trained).json
    assert (second["encoded"], fake_encoder.texts_encoded) == (0, before)
    assert second["passages"] == first["passages"]


def test_the_cache_may_be_deleted_or_damaged_at_any_time(cli: Cli, trained: Path) -> None:
    first = suggestions(cli, trained)
    for path in (trained / "cache").iterdir():
        path.write_bytes(b"no database" * 1000) if path.suffix == ".db" else path.unlink()
    assert suggestions(cli, trained) == first
    for path in (trained / "cache").iterdir():
        path.unlink()
    (trained / "cache").rmdir()
    assert suggestions(cli, trained) == first


def test_a_model_older_than_the_codings_is_warned_of_until_it_is_trained_anew(
    cli: Cli, trained: Path
) -> None:
    assert cli("suggest", "-p", trained).err == ""
    cli("codings", "finish", "Ewa", "--coder", "Kim", "-p", trained)
    found = cli("suggest", "--json", "-p", trained)
    assert found.json["model_outdated"] is True
    assert "codings have changed since the model was trained" in found.err
    cli("train", "-p", trained)
    assert cli("suggest", "-p", trained).err == ""


def test_a_limit_of_nought_prints_the_summary_alone(cli: Cli, trained: Path) -> None:
    found = cli("suggest", "--limit", 0, "-p", trained)
    assert found.code == 0
    assert "30 uncoded passages" in found.out and "Ewa" not in found.out
    assert cli("suggest", "--limit", -1, "-p", trained).code == 2


def test_when_everything_is_finished_there_is_nothing_to_suggest(cli: Cli, trained: Path) -> None:
    cli("codings", "finish", "--all", "--coder", "Kim", "-p", trained)
    found = cli("suggest", "-p", trained)
    assert found.code == 0 and "0 uncoded passages" in found.out
    assert cli("suggest", "--json", "-p", trained).json["passages"] == []


def test_a_code_that_has_left_the_codebook_is_not_suggested(cli: Cli, trained: Path, tmp_path: Path) -> None:
    smaller = tmp_path / "smaller.csv"
    smaller.write_text("name,heading\nEmotional support,Mutual aid\nTrust,Mutual aid\n", "utf-8")
    cli("codebook", "import", smaller, "--drop", "-p", trained)
    found = suggestions(cli, trained)
    assert {s["code"] for item in found for s in item["suggestions"]} == {"Emotional support"}


def test_a_damaged_model_says_to_train_again(cli: Cli, trained: Path) -> None:
    for bundle in (trained / "models").iterdir():
        for file in bundle.iterdir():
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    found = cli("suggest", "-p", trained)
    assert found.code == 2 and "Train it again" in found.err


def test_a_crumb_says_too_little_even_where_it_is_unlike_anything_coded(cli: Cli, trained: Path) -> None:
    crumb = trained.parent / "crumb.txt"
    crumb.write_text("INT: And then?\nOlu: Aye.\nINT: Mm.\nOlu: Zinc quartz vortex juniper yolk plinth.\n")
    cli("import", crumb, "-p", trained)
    aye, other = suggestions(cli, trained, "crumb")
    assert (aye["passage"]["text"], aye["verdict"]) == ("Aye.", "too little to say")
    assert other["verdict"] == "nothing fits"
