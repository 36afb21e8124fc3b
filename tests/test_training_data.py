"""The sample study holds together: every coding slices its text, every code is in the codebook."""

import csv
from pathlib import Path

import pytest

from suggester.corpus import read_cases, read_transcripts
from suggester.domain import Role
from suggester.interop import read_codebook, read_codings

ROOT = Path(__file__).parent.parent
DATA = ROOT / "training_data"
PASSES = ("codings_first_pass.csv", "codings_second_pass.csv")


def transcripts():
    files = sorted((DATA / "transcripts").glob("*.txt"))
    return [reading.transcript for file in files for reading in read_transcripts(file)]


@pytest.mark.parametrize("file", PASSES)
def test_every_coding_is_placed_where_its_quote_stands(file):
    texts = {t.name: t.text for t in transcripts()}
    read = read_codings(DATA / file, transcripts(), read_codebook(DATA / "codebook.csv"))
    with (DATA / file).open(encoding="utf-8", newline="") as rows:
        quotes = [row["text"] for row in csv.DictReader(rows)]
    assert read.unplaced == ()
    assert [texts[c.transcript][c.start : c.end] for c in read.codings] == quotes
    assert read.placed_by.offsets == len(quotes)


def test_every_coding_lies_in_a_participants_turn():
    turns = {t.name: t.turns for t in transcripts()}
    codebook = read_codebook(DATA / "codebook.csv")
    for file in PASSES:
        for coding in read_codings(DATA / file, transcripts(), codebook).codings:
            around = [t for t in turns[coding.transcript] if t.start <= coding.start and coding.end <= t.end]
            assert [turn.role for turn in around] == [Role.PARTICIPANT]


def test_the_passes_share_no_case_and_together_use_every_code():
    case_of = {row.transcript: row.case.name for row in read_cases(DATA / "cases.csv")}
    assert set(case_of) == {t.name for t in transcripts()}
    codebook = read_codebook(DATA / "codebook.csv")
    first, second = (read_codings(DATA / file, transcripts(), codebook).codings for file in PASSES)
    assert not {case_of[c.transcript] for c in first} & {case_of[c.transcript] for c in second}
    assert {c.code for c in (*first, *second)} == {code.name for code in codebook}


def test_the_codebook_is_the_checklist_with_definitions_rules_and_examples():
    codebook = read_codebook(DATA / "codebook.csv")
    assert len(codebook) == 31
    assert len(codebook.headings) == 3
    assert {code.level for code in codebook} == {"individual", "community"}
    assert all(code.definition and code.include and code.exclude for code in codebook)
    assert all(len(code.examples) >= 4 for code in codebook)


def test_the_program_never_reads_the_hidden_themes():
    readers = [
        path for path in (ROOT / "suggester").rglob("*.py") if "hidden_themes" in path.read_text("utf-8")
    ]
    assert (DATA / "hidden_themes.csv").is_file()
    assert readers == []
