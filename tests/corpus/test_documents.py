"""Word processor files, PDF and plain text made by LibreOffice, and files that are not what they say."""

import io
import os
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from suggester.corpus import ReadingOptions, read_transcripts
from suggester.domain import Role, Transcript
from suggester.errors import EmptyText, FileError, TranscriptError, UnknownFormat
from suggester.files.tables import read_table
from suggester.interop import read_codebook

DATA = Path(__file__).parent.parent / "data"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

SAID = [
    ("INT", "How did you come to the group?"),
    ("P1", "My neighbour took me along. “Just come once,” she said, and I stayed \U0001f9f6 for good."),
    ("INT", "And what did you find there?"),
    (
        "P1",
        "People who listen. They never judge. I met Dr. Ayo there, e.g. at the cafe\u0301.\n[laughs]",
    ),
    ("INT", "Could you say more about that?"),
    ("P1", "Well, there is a list:\ntea,\tcake,   talk."),
    ("P2", "I would add that nobody pays. We share what we have."),
    ("INT", "Is there anything that you do for others?"),
    ("P2", "I bring bread.\tevery week"),
    ("P1", "I give lifts. That is how it goes around."),
    ("INT", "Thank you both."),
    ("P2", "Thank you."),
]


def said(transcript: Transcript) -> list[tuple[str | None, str]]:
    return [(turn.speaker, transcript.text[turn.start : turn.end]) for turn in transcript.turns]


def word(tmp_path: Path, body: str, name: str = "made.docx") -> Path:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
    return path


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


@pytest.mark.parametrize("name", ["circle.docx", "circle.odt", "circle.rtf"])
def test_a_document_is_read_with_insertions_and_without_deletions_notes_and_headers(name: str) -> None:
    reading = read_transcripts(DATA / name)[0]
    assert said(reading.transcript) == SAID
    assert reading.layout == "labels before a colon"
    assert reading.interviewer == ("INT",)
    assert not reading.guessed
    assert reading.transcript.name == "circle"
    assert reading.transcript.source == name
    assert reading.transcript.text.startswith("Thursday circle\nDate: 3 May 2024")
    assert "secret" not in reading.transcript.text
    assert "footnote" not in reading.transcript.text


def test_the_fixtures_hold_what_the_readers_must_leave_out_or_keep() -> None:
    with zipfile.ZipFile(DATA / "circle.docx") as package:
        xml = package.read("word/document.xml").decode()
    assert all(part in xml for part in ("<w:del ", "<w:ins ", "<w:sdt>", "secret", "w:footnoteReference"))
    with zipfile.ZipFile(DATA / "circle.odt") as package:
        assert "secret" in package.read("content.xml").decode()
    assert b"\\deleted" in (DATA / "circle.rtf").read_bytes()


def test_what_was_left_out_of_a_word_document_is_noted() -> None:
    notes = read_transcripts(DATA / "circle.docx")[0].notes
    assert "left out: footnotes (1), comments (1)" in notes
    assert "the page header or footer was left out" in notes


def test_plain_text_with_mark_and_crlf_becomes_lf_with_combining_mark_kept() -> None:
    text = read_transcripts(DATA / "circle.txt")[0].transcript.text
    assert text.startswith("Thursday")
    assert "\r" not in text
    assert "cafe\u0301" in text


def test_a_cp1252_text_keeps_its_quotation_marks() -> None:
    assert "“Just come once,”" in read_transcripts(DATA / "circle_cp1252.txt")[0].transcript.text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "INT: Why?\nP1: At the café.\n"),
        ("a.csv", "speaker,text\nP1,At the café.\n"),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nAt the café.\n"),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nAt the café.\n"),
    ],
)
def test_an_encoding_that_was_guessed_is_noted(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    for encoding, note in (("cp1252", "read as cp1252; "), ("utf-16-le", "read as utf-16-le; ")):
        path.write_bytes(text.encode(encoding))
        notes = read_transcripts(path)[0].notes
        assert any(found.startswith(note) and "--encoding" in found for found in notes)
        assert "read as" not in str(read_transcripts(path, ReadingOptions(encoding=encoding))[0].notes)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        path.write_bytes(text.encode(encoding))
        assert "read as" not in str(read_transcripts(path)[0].notes)
    path.write_bytes(text.replace("é", "e").encode("ascii"))
    assert "read as" not in str(read_transcripts(path)[0].notes)


def test_the_wrong_encoding_is_an_error_that_names_the_option() -> None:
    with pytest.raises(FileError, match="--encoding"):
        read_transcripts(DATA / "circle_cp1252.txt", ReadingOptions(encoding="utf-8"))


def test_a_pdf_is_read_without_its_header_and_page_numbers() -> None:
    reading = read_transcripts(DATA / "circle.pdf")[0]
    assert "transcript 3" not in reading.transcript.text
    assert "Page" not in reading.transcript.text
    assert [turn.speaker for turn in reading.transcript.turns] == [speaker for speaker, _ in SAID]
    assert any("repeat on every page" in note for note in reading.notes)


def test_f4_stamps_behind_a_turn_are_the_next_turns_time_and_no_speech() -> None:
    transcript = read_transcripts(DATA / "f4.rtf")[0].transcript
    assert said(transcript)[1] == ("B", "My neighbour took me along, café and all \U0001f9f6.")
    assert [turn.seconds for turn in transcript.turns] == [None, 4.2, 11.9, 13.0]


def test_a_deleted_paragraph_mark_joins_two_paragraphs(tmp_path: Path) -> None:
    deleted = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>One </w:t></w:r>"
    deleted += "<w:del><w:r><w:tab/></w:r></w:del></w:p>"
    path = word(tmp_path, deleted + paragraph("two.") + paragraph("Three."))
    assert read_transcripts(path)[0].transcript.text == "One two.\nThree."


def test_deleted_table_rows_and_unfilled_controls_are_left_out(tmp_path: Path) -> None:
    row = "<w:tr>{}<w:tc>{}</w:tc></w:tr>"
    table = (
        "<w:tbl>"
        + row.format("", paragraph("kept"))
        + row.format("<w:trPr><w:del/></w:trPr>", paragraph("gone"))
        + "</w:tbl>"
    )
    unfilled = (
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
        + paragraph("Click here")
        + "</w:sdtContent></w:sdt>"
    )
    assert read_transcripts(word(tmp_path, table + unfilled))[0].transcript.text == "kept"


def test_a_column_of_paragraph_numbers_makes_one_turn_per_paragraph(tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_text("Title\n1\tSo we begin.\n2\tOkay.\n3\tMore of it\nand more.\n", encoding="utf-8")
    transcript = read_transcripts(path)[0].transcript
    assert said(transcript) == [(None, "So we begin."), (None, "Okay."), (None, "More of it\nand more.")]


@pytest.mark.parametrize("name", ["locked.odt", "locked.pdf"])
def test_a_password_is_told(name: str) -> None:
    with pytest.raises(FileError, match="password"):
        read_transcripts(DATA / name)


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
def test_an_encrypted_office_file_is_told_by_its_container(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"locked{suffix}"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    with pytest.raises(FileError, match="password"):
        read_transcripts(path)


def test_a_damaged_pdf_says_nothing_but_the_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder
) -> None:
    path = tmp_path / "a.pdf"
    data = (DATA / "circle.pdf").read_bytes()
    path.write_bytes(data.replace(b"startxref", b"startxxxx"))
    with suppress(FileError):
        read_transcripts(path)
    path.write_bytes(data[:900])
    with pytest.raises(FileError):
        read_transcripts(path)
    assert not caplog.records
    assert not recwarn.list


def test_a_pdf_without_text_asks_for_ocr() -> None:
    with pytest.raises(EmptyText, match=r"holds no text.*perhaps scanned images.*OCR"):
        read_transcripts(DATA / "image_only.pdf")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.docx", (DATA / "circle.odt").read_bytes(), "OpenDocument"),
        ("a.odt", (DATA / "circle.docx").read_bytes(), "no OpenDocument text"),
        ("a.docx", (DATA / "circle.rtf").read_bytes(), "rich text"),
        ("a.docx", (DATA / "circle.docx").read_bytes()[:4000], "damaged"),
        ("a.docx", b"<html><body>no</body></html>", "web page"),
        ("a.rtf", b"plain words", "no rich text"),
        ("a.rtf", b"{\\rtf1 " + bytes(range(256)) * 20 + b"}", "control characters"),
        ("a.rtf", b"{\\rtf1 " + b"some words here\0 and there " * 20 + b"}", "control characters"),
        ("a.rtf", b"{\\rtf1 some words \\u0?here}", "control characters"),
        ("a.pdf", b"plain words", "no PDF"),
        ("a.pdf", (DATA / "circle.pdf").read_bytes()[:900], "PDF"),
        ("a.txt", bytes(range(1, 256)) * 20, "not a text file"),
        ("a.txt", b"\x89PNG" + bytes(range(14, 27)) * 20, "an image"),
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\t\n", "no text"),
        ("a.vtt", b"no captions here", "WebVTT"),
        ("a.srt", b"no captions here", "SubRip"),
        ("a.xlsx", b"no table", "no .xlsx"),
        ("a.csv", b"", "empty"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_an_error_naming_it(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileError, match=expected) as caught:
        read_transcripts(path)
    assert caught.value.file == path
    assert caught.value.remedy


@pytest.mark.parametrize("char", ["0", "1", "7F"])
def test_a_symbol_that_is_a_control_character_is_refused(tmp_path: Path, char: str) -> None:
    path = word(tmp_path, f"<w:p><w:r><w:t>Some words</w:t><w:sym w:char='{char}'/></w:r></w:p>")
    with pytest.raises(FileError, match="control characters"):
        read_transcripts(path)


def test_a_symbol_that_is_no_character_is_shown_as_such(tmp_path: Path) -> None:
    path = word(tmp_path, "<w:p><w:r><w:t>Some words</w:t><w:sym w:char='D800'/></w:r></w:p>")
    assert read_transcripts(path)[0].transcript.text == "Some words\ufffd"


def test_rich_text_that_ends_with_a_nought_as_word_writes_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    path.write_bytes(b"{\\rtf1 some words}\r\n\0")
    assert read_transcripts(path)[0].transcript.text.strip() == "some words"


@pytest.mark.parametrize("ending", [b".txt", b".csv", b".json", b"", b".doc"])
def test_a_name_that_is_not_utf8_asks_to_rename_the_file(tmp_path: Path, ending: bytes) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9" + ending))
    for reader in (read_transcripts, read_table, read_codebook):
        with pytest.raises(FileError, match=r"caf\ufffd.*not UTF-8 text.*Rename the file") as caught:
            reader(path)
        str(caught.value).encode()


def test_a_missing_file_a_folder_and_an_unknown_ending_are_errors(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file"):
        read_transcripts(tmp_path / "missing.docx")
    with pytest.raises(FileError, match="folder"):
        read_transcripts(tmp_path)
    old = tmp_path / "old.doc"
    old.write_bytes(b"x")
    with pytest.raises(UnknownFormat, match=r"save it as \.docx"):
        read_transcripts(old)
    other = tmp_path / "other.xyz"
    other.write_bytes(b"x")
    with pytest.raises(UnknownFormat, match=r"\.odt"):
        read_transcripts(other)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * (30 * 1024**2))
    with pytest.raises(FileError, match="unpacks to"):
        read_transcripts(path)


def test_an_external_entity_is_refused_and_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("never to be seen")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(
            "word/document.xml",
            f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]><w:document xmlns:w="{W}"><w:body><w:p>'
            "<w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>",
        )
    path = tmp_path / "entity.docx"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(FileError, match="document type"):
        read_transcripts(path)


def test_errors_never_quote_what_was_said(tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    path.write_text("INT: A question?\nP1: A confidence.\n" * 3, encoding="utf-8")
    with pytest.raises(TranscriptError) as caught:
        read_transcripts(path, ReadingOptions(interviewer=("Nobody",)))
    assert "confidence" not in str(caught.value)


def test_the_interviewer_takes_part_in_every_document_turn() -> None:
    turns = read_transcripts(DATA / "circle.odt")[0].transcript.turns
    assert {turn.speaker for turn in turns if turn.role is Role.INTERVIEWER} == {"INT"}
