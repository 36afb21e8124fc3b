"""The sample study holds together: codings slice their texts, nothing is said twice, all codes occur."""

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from suggester.corpus import read_cases, read_transcripts
from suggester.domain import Code, Role, Transcript
from suggester.interop import read_codebook, read_codings
from suggester.learn.encoders import SentenceEncoder

ROOT = Path(__file__).parent.parent
DATA = ROOT / "training_data"
PASSES = ("codings_first_pass.csv", "codings_second_pass.csv")
RUN = 8


@pytest.fixture(scope="module")
def transcripts() -> list[Transcript]:
    files = sorted((DATA / "transcripts").glob("*.txt"))
    return [reading.transcript for file in files for reading in read_transcripts(file)]


@pytest.fixture(scope="module")
def said(transcripts) -> list[str]:
    """What participants say, turn by turn."""
    return [
        t.text[turn.start : turn.end]
        for t in transcripts
        for turn in t.turns
        if turn.role is Role.PARTICIPANT
    ]


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def runs(text: str) -> list[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))
    return [tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)]


def near_misses(code: Code) -> list[tuple[str, str]]:
    """The texts that the code does not take, each with the code that does."""
    parted = [example.removesuffix("]").rpartition(" [") for example in code.near_misses]
    return [(text, taker) for text, _, taker in parted]


def in_the_codebook() -> list[str]:
    """Its examples of all three sorts, without what is in brackets."""
    codebook = read_codebook(DATA / "codebook.csv")
    return [
        text
        for code in codebook
        for text in (*code.counting_examples, *(text for text, _ in near_misses(code)))
    ]


@pytest.mark.parametrize("file", [*PASSES, "double_coding.csv"])
def test_every_coding_is_placed_where_its_quote_stands(file, transcripts):
    texts = {t.name: t.text for t in transcripts}
    read = read_codings(DATA / file, transcripts, read_codebook(DATA / "codebook.csv"))
    assert read.unplaced == ()
    assert read.placed_by.offsets == len(rows(file))
    for row in rows(file):
        assert texts[row["transcript"]][int(row["start"]) : int(row["end"])] == row["text"]


def test_every_coding_lies_in_a_participants_turn(transcripts):
    turns = {t.name: t.turns for t in transcripts}
    codebook = read_codebook(DATA / "codebook.csv")
    for file in PASSES:
        for coding in read_codings(DATA / file, transcripts, codebook).codings:
            around = [t for t in turns[coding.transcript] if t.start <= coding.start and coding.end <= t.end]
            assert [turn.role for turn in around] == [Role.PARTICIPANT]


def test_the_study_is_as_large_as_its_card_says(transcripts, said):
    cases = Counter(row.case.name for row in read_cases(DATA / "cases.csv"))
    assert len(transcripts) == 48 and len(cases) == 24 and set(cases.values()) == {2}
    assert len(said) >= 2500


def test_two_thirds_of_the_groups_are_coded_first_and_every_code_has_examples_there():
    case_of = {row.transcript: row.case.name for row in read_cases(DATA / "cases.csv")}
    first, second = (rows(file) for file in PASSES)
    coded_first, coded_second = ({case_of[row["transcript"]] for row in part} for part in (first, second))
    assert len(coded_first) == 16 and len(coded_second) == 8 and not coded_first & coded_second
    counts = Counter(row["code"] for row in first)
    assert set(counts) == {code.name for code in read_codebook(DATA / "codebook.csv")}
    assert min(counts.values()) >= 10
    assert max(counts.values()) > 5 * min(counts.values())


def test_no_two_passages_share_a_run_of_eight_words(said):
    where = defaultdict(set)
    texts = said + [row["text"] for row in rows("sayings.csv")] + in_the_codebook()
    for number, text in enumerate(texts):
        for run in runs(text):
            where[run].add(number)
    assert [" ".join(run) for run, numbers in where.items() if len(numbers) > 1] == []


@pytest.mark.real_encoder
def test_no_two_passages_are_near_to_the_same(said):
    texts = said + [row["text"] for row in rows("sayings.csv")] + in_the_codebook()
    vectors = SentenceEncoder().encode(texts)
    for begin in range(0, len(texts), 1000):
        cosines = vectors[begin : begin + 1000] @ vectors.T
        cosines[np.arange(len(cosines)), np.arange(begin, begin + len(cosines))] = 0
        near = np.argwhere(cosines > 0.93)
        assert [(texts[begin + i], texts[j]) for i, j in near] == []


def test_both_coders_coded_the_same_third_blind_and_what_they_disagreed_on_was_decided():
    double = rows("double_coding.csv")
    by_coder = defaultdict(set)
    for row in double:
        assert row["mode"] == "blind"
        by_coder[row["coder"]].add(row["transcript"])
    assert set(by_coder) == {"Coder A", "Coder B"}
    assert by_coder["Coder A"] == by_coder["Coder B"] and len(by_coder["Coder A"]) == 16
    decided = [row for file in PASSES for row in rows(file) if row["mode"] == "adjudicated"]
    assert decided and all(row["memo"] for row in decided)
    assert {row["transcript"] for row in decided} <= by_coder["Coder A"]


def test_the_sayings_know_the_codebook_and_no_quotation():
    names = {code.name for code in read_codebook(DATA / "codebook.csv")}
    counts: Counter[str] = Counter()
    taught = set()
    for row in rows("sayings.csv"):
        codes = [code for code in row["codes"].split(" ; ") if code]
        assert set(codes) <= names and bool(codes) != bool(row["theme"])
        counts.update(codes)
        taught.add(row["text"])
    assert set(counts) == names and min(counts.values()) >= 50
    for row in rows("quotations.csv"):
        assert row["text"] not in taught
        assert {code for code in row["codes"].split(" ; ") if code} <= names


def test_the_codebook_is_the_checklist_with_definitions_rules_and_examples():
    codebook = read_codebook(DATA / "codebook.csv")
    assert len(codebook) == 31
    assert len(codebook.headings) == 3
    assert {code.level for code in codebook} == {"individual", "community"}
    assert all(code.definition and code.include and code.exclude for code in codebook)
    assert all(len(code.examples) >= 4 for code in codebook)


def test_borderline_examples_say_why_they_count_and_near_misses_which_code_takes_them():
    codebook = read_codebook(DATA / "codebook.csv")
    names = {code.name for code in codebook}
    for code in codebook:
        assert 2 <= len(code.borderline) <= 3 and 2 <= len(code.near_misses) <= 3
        for example in code.borderline:
            (neighbour,) = re.findall(r"^[^\[]+ \[counts: [^\[\]]+; not ([^\[\];]+)\]$", example)
            assert neighbour in names - {code.name}
        assert {taker for _, taker in near_misses(code)} <= names - {code.name}
    texts = in_the_codebook()
    assert len(set(texts)) == len(texts)


def test_codes_that_are_easily_confused_are_told_apart_by_an_example_each_way():
    codebook = read_codebook(DATA / "codebook.csv")
    confused = {("Feeling involved", "Emotional support")}
    told_apart = set()
    for code in codebook:
        others = {other.name for other in codebook} - {code.name}
        confused |= {(code.name, other) for other in others if other in code.exclude}
        told_apart |= {(code.name, example.rpartition("; not ")[2][:-1]) for example in code.borderline}
        told_apart |= {(taker, code.name) for _, taker in near_misses(code)}
    assert len(confused) > 100
    assert confused | {(b, a) for a, b in confused} <= told_apart


def test_neither_the_program_nor_the_training_reads_the_hidden_themes():
    files = [*(ROOT / "suggester").rglob("*.py"), ROOT / "scripts" / "train_models.py"]
    assert (DATA / "hidden_themes.csv").is_file()
    assert [path for path in files if "hidden_themes" in path.read_text("utf-8")] == []
