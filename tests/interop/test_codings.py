"""Codings in and out: by offsets, by quotes, and rows that are listed with their reason."""

import csv
from pathlib import Path

import pytest

from suggester.domain import Code, Codebook, Coding, Mode, Transcript
from suggester.errors import CodingError, SuggesterError, TableError
from suggester.interop import PlacedBy, ReadCodings, read_codings, read_finished, write_codings

TEXT = "Anna: It’s like a family.\nI felt at home there. I felt useful 🙂, and at home again."
OTHER = "Ben: We had a say in things, “really” — and a laugh."
TRANSCRIPTS = {t.name: t for t in (Transcript("Group 1.docx", TEXT, ()), Transcript("Group 2", OTHER, ()))}
BOOK = Codebook(
    (
        Code("Sense of belonging", heading="Participation"),
        Code("Having a valued role", heading="Participation"),
        Code("Trust; and safety", heading="Resilience"),
    )
)
HOME = TEXT.index("I felt at home")
COLUMNS = ["transcript", "start", "end", "text", "code", "coder"]


def _file(tmp_path: Path, *rows: tuple[object, ...], columns: list[str] = COLUMNS) -> Path:
    path = tmp_path / "codings.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def _one(tmp_path: Path, *row: object) -> ReadCodings:
    return read_codings(_file(tmp_path, row), TRANSCRIPTS, BOOK)


def _reason(tmp_path: Path, *row: object) -> str:
    read = _one(tmp_path, *row)
    assert read.codings == ()
    assert read.unplaced[0].row == 2
    return read.unplaced[0].reason


def test_a_row_with_offsets_is_placed_by_them(tmp_path: Path) -> None:
    read = _one(tmp_path, "Group 1.docx", HOME, f"{HOME + 20}.0", "", "Sense of belonging", "Zoë")
    assert read.codings == (Coding("Group 1.docx", HOME, HOME + 20, "Sense of belonging", "Zoë"),)
    assert read.placed_by == PlacedBy(offsets=1, quote=0)
    assert read.boundary_share == 1.0
    assert read.coders == ("Zoë",)
    assert read.codings[0].mode is Mode.BLIND


def test_a_row_without_offsets_is_placed_by_its_quote(tmp_path: Path) -> None:
    read = _one(tmp_path, "Group 1.docx", "", "", "It's like a   family", "Sense of belonging", "Zoë")
    assert [TEXT[c.start : c.end] for c in read.codings] == ["It’s like a family"]
    assert read.placed_by == PlacedBy(offsets=0, quote=1)
    assert read.boundary_share is None


def test_offsets_that_hold_the_quote_decide_between_its_places(tmp_path: Path) -> None:
    second = TEXT.rindex("at home")
    read = _one(tmp_path, "Group 1.docx", second, second + 7, "at\u00a0home", "Sense of belonging", "Zoë")
    assert read.codings[0].start == second
    assert read.placed_by == PlacedBy(offsets=1, quote=0)


@pytest.mark.parametrize(("start", "end"), [(3, 9), (5000, 6000), (9, 3), ("three", 9)])
def test_offsets_that_do_not_hold_the_quote_give_way_to_it(
    tmp_path: Path, start: object, end: object
) -> None:
    read = _one(tmp_path, "Group 1.docx", start, end, "felt useful 🙂", "Sense of belonging", "Zoë")
    assert [TEXT[c.start : c.end] for c in read.codings] == ["felt useful 🙂"]
    assert read.placed_by == PlacedBy(offsets=0, quote=1)


@pytest.mark.parametrize(
    ("start", "end", "text", "reason"),
    [
        (9, 3, "", "the offsets 9 to 3 are empty or reversed"),
        (3, 3, "", "the offsets 3 to 3 are empty or reversed"),
        (
            3,
            len(TEXT) + 1,
            "",
            f"the offsets 3 to {len(TEXT) + 1} are beyond the transcript's end at {len(TEXT)}",
        ),
        (-3, 9, "", "the offsets '-3' to '9' are not whole numbers"),
        ("3.5", 9, "", "the offsets '3.5' to '9' are not whole numbers"),
        (3, "", "", "only one of start and end is given, and no quote"),
        ("", "", " ", "neither offsets nor a quote"),
        ("", "", "at home", "the quote is found 2 times, at 33 and 69"),
        ("", "", "at church", "the quote is not found in the transcript"),
        (
            3,
            9,
            "at home",
            "the offsets 3 to 9 do not hold the quote, and the quote is found 2 times, at 33 and 69",
        ),
    ],
)
def test_a_row_that_has_no_certain_place_says_why(
    tmp_path: Path, start: object, end: object, text: str, reason: str
) -> None:
    assert _reason(tmp_path, "Group 1.docx", start, end, text, "Sense of belonging", "Zoë") == reason


def test_the_end_of_the_text_is_within_it(tmp_path: Path) -> None:
    read = _one(tmp_path, "Group 1.docx", 0, len(TEXT), "", "Sense of belonging", "Zoë")
    assert read.codings[0].end == len(TEXT)


@pytest.mark.parametrize("name", ["Group 1.docx", "group 1.DOCX", "Group 1", " Group  1.txt"])
def test_transcripts_are_found_without_case_and_file_ending(tmp_path: Path, name: str) -> None:
    read = _one(tmp_path, name, HOME, HOME + 6, "", "Sense of belonging", "Zoë")
    assert read.codings[0].transcript == "Group 1.docx"


def test_a_version_number_is_not_a_file_ending(tmp_path: Path) -> None:
    path = _file(tmp_path, ("Visit 2.2", 0, 5, "", "Sense of belonging", "Zoë"))
    assert read_codings(path, [Transcript("Visit 2.1", TEXT, ())], BOOK).codings == ()


def test_a_name_that_fits_two_transcripts_is_not_guessed(tmp_path: Path) -> None:
    path = _file(tmp_path, ("G", 0, 5, "", "Sense of belonging", "Zoë"))
    twins = [Transcript("G.docx", TEXT, ()), Transcript("G.txt", OTHER, ())]
    assert read_codings(path, twins, BOOK).unplaced[0].reason == "2 transcripts have this name"


def test_unknown_names_come_with_the_closest(tmp_path: Path) -> None:
    reason = _reason(tmp_path, "Group 3", 0, 5, "", "Sense of belonging", "Zoë")
    assert reason.startswith("no transcript has this name (closest: 'Group ")
    reason = _reason(tmp_path, "Group 2", 0, 5, "", "sense of belongin", "Zoë")
    assert reason == "no code 'sense of belongin' in the codebook (closest: 'Sense of belonging')"


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("sense  of belonging", ["Sense of belonging"]),
        ("Trust; and safety", ["Trust; and safety"]),
        ("Sense of belonging; Having a valued role", ["Sense of belonging", "Having a valued role"]),
        ("Sense of belonging|Having a valued role|", ["Sense of belonging", "Having a valued role"]),
        ("Sense of belonging\nHaving a valued role", ["Sense of belonging", "Having a valued role"]),
        ("Sense of belonging; sense of belonging", ["Sense of belonging"]),
        ("Participation\\Sense of belonging", ["Sense of belonging"]),
        ("Participation > Sense of belonging", ["Sense of belonging"]),
        ("Resilience > Sense of belonging", []),
        ("Sense of belonging; Trust", []),
        ("", []),
    ],
)
def test_a_cell_names_one_code_or_several(tmp_path: Path, cell: str, codes: list[str]) -> None:
    read = _one(tmp_path, "Group 2", 0, 5, "", cell, "Zoë")
    assert [coding.code for coding in read.codings] == codes
    assert len(read.unplaced) == (0 if codes else 1)


def test_rows_without_a_coder_take_the_one_given(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        ("Group 2", 0, 5, "", "Sense of belonging", ""),
        ("Group 2", 0, 5, "", "Sense of belonging", "Ben"),
    )
    assert read_codings(path, TRANSCRIPTS, BOOK, coder="Zoë").coders == ("Zoë", "Ben")
    assert [row.reason for row in read_codings(path, TRANSCRIPTS, BOOK).unplaced] == ["no coder"]


@pytest.mark.parametrize("columns", [COLUMNS, COLUMNS[:-1]])
def test_a_table_without_any_coder_is_refused(tmp_path: Path, columns: list[str]) -> None:
    row = ("Group 2", 0, 5, "", "Sense of belonging", "")[: len(columns)]
    with pytest.raises(TableError, match="Name the coder for the whole file"):
        read_codings(_file(tmp_path, row, columns=columns), TRANSCRIPTS, BOOK)


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        (["text", "code", "coder"], "no column for the transcript"),
        (["document", "text", "coder"], "no column for the code"),
        (["document", "start", "code", "coder"], "no columns for start and end, and none for the quote"),
    ],
)
def test_missing_columns_are_named(tmp_path: Path, columns: list[str], problem: str) -> None:
    with pytest.raises(TableError, match=problem):
        read_codings(_file(tmp_path, ("x",) * len(columns), columns=columns), TRANSCRIPTS, BOOK)


def test_columns_with_other_names_can_be_given(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        ("Group 2", "We had a say", "Sense of belonging", "B"),
        columns=["Doc", "What", "Kode", "Wer"],
    )
    columns = {"transcript": "doc", "text": "What", "code": "Kode", "coder": "Wer"}
    assert len(read_codings(path, TRANSCRIPTS, BOOK, columns=columns).codings) == 1
    with pytest.raises(TableError, match="no column for text"):
        read_codings(path, TRANSCRIPTS, BOOK, columns=columns | {"text": "Was"})
    with pytest.raises(TableError, match="'kode' is no column of codings"):
        read_codings(path, TRANSCRIPTS, BOOK, columns={"kode": "Kode"})


def test_modes_are_read_and_unknown_ones_listed(tmp_path: Path) -> None:
    rows = [("Group 2", 0, 5, "Sense of belonging", "Z", mode) for mode in ("Assisted", "", "guessed")]
    path = _file(tmp_path, *rows, columns=["document", "start", "end", "tag", "user", "mode"])
    read = read_codings(path, TRANSCRIPTS, BOOK)
    assert [coding.mode for coding in read.codings] == [Mode.ASSISTED, Mode.BLIND]
    assert read.unplaced[0].reason == "the mode is none of blind, assisted, adjudicated"


def test_offsets_of_another_text_show_in_the_boundary_share(tmp_path: Path) -> None:
    words = [(0, 4), (13, 17), (20, 26), (29, 33)]  # of TEXT
    right = [("Group 1", *span, "", "Sense of belonging", "Z") for span in words if span != (13, 17)]
    shifted = [("Group 1", start + 2, end + 2, "", "Sense of belonging", "Z") for start, end in words]
    share = read_codings(_file(tmp_path, *right[:1]), TRANSCRIPTS, BOOK).boundary_share
    assert share == 1.0
    share = read_codings(_file(tmp_path, *shifted), TRANSCRIPTS, BOOK).boundary_share
    assert share is not None
    assert share < 0.5


def test_reasons_and_lists_never_hold_a_passage(tmp_path: Path) -> None:
    passage = (
        "she never told anybody about it, not even her mother, and then we all cried together for an hour"
    )
    read = _one(tmp_path, "Group 1", "", "", passage, passage, "Z")
    assert "cried together" not in str(read.unplaced)


USEFUL = TEXT.index("useful")
CODINGS = (
    Coding("Group 1.docx", HOME, HOME + 20, "Sense of belonging", "Zoë", Mode.BLIND, "memo, with\n“signs”"),
    Coding("Group 1.docx", USEFUL, USEFUL + 8, "Having a valued role", "Ben", Mode.ASSISTED),
    Coding("Group 2", 0, len(OTHER), "Trust; and safety", "Zoë", Mode.ADJUDICATED),
    Coding("Group 2", 5, 7, "Trust; and safety", "Zoë"),
)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json", ".jsonl"])
def test_written_codings_are_read_back_the_same(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    assert write_codings(path, iter(CODINGS), TRANSCRIPTS.values()) == 4
    read = read_codings(path, TRANSCRIPTS, BOOK)
    assert read.codings == CODINGS
    assert read.placed_by == PlacedBy(offsets=4, quote=0)


@pytest.mark.parametrize(
    ("coding", "problem"),
    [
        (Coding("Group 9", 0, 5, "x", "Z"), "'Group 9' of a coding is not there"),
        (Coding("Group 2", 0, 5000, "x", "Z"), "characters 0 to 5000: a coding is outside the text"),
    ],
)
def test_codings_without_a_place_are_not_written(tmp_path: Path, coding: Coding, problem: str) -> None:
    with pytest.raises(CodingError, match=problem):
        write_codings(tmp_path / "out.csv", [coding], TRANSCRIPTS)
    assert not (tmp_path / "out.csv").exists()


def test_finished_transcripts_are_read(tmp_path: Path) -> None:
    path = _file(tmp_path, ("G 1", " Zoë ", "yes"), ("G 2", "Ben", "no"), ("G 3", "Ben", "x"),
                 columns=["File", "Coder", "Finished"])  # fmt: skip
    assert [(row.transcript, row.coder, row.row) for row in read_finished(path)] == [
        ("G 1", "Zoë", 2),
        ("G 3", "Ben", 4),
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (("", "Z", ""), "row 2: no transcript"),
        (("G", "", ""), "row 2: no coder"),
        (("G", "Z", "half"), "row 2: 'done'"),
    ],
)
def test_an_unclear_finished_row_is_an_error(tmp_path: Path, row: tuple[str, ...], problem: str) -> None:
    columns = ["transcript", "coder", "done" if row[2] else "other"]
    with pytest.raises(SuggesterError, match=problem):
        read_finished(_file(tmp_path, row, columns=columns))


def test_a_path_whose_parents_a_flat_codebook_does_not_have_finds_its_code(tmp_path):
    path = tmp_path / "codings.csv"
    path.write_text("transcript,start,end,code,coder\nT,0,5,Mutual aid > Support,Kim\n", encoding="utf-8")
    given = [Transcript("T", "Hello there", ())]
    flat, nested = (Codebook((Code("Support", heading=heading),)) for heading in ("", "Another"))
    assert [c.code for c in read_codings(path, given, flat).codings] == ["Support"]
    assert read_codings(path, given, nested).codings == ()
