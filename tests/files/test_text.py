"""Decoding: every encoding that a transcript or table comes in, and the refusals."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suggester.errors import FileError
from suggester.files.text import decode, read_bytes, read_text

PATH = Path("interview.txt")
ENGLISH = "It’s the café – “really” £5 a week, naïve…\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"]
)
def test_english_text_is_read_in_each_encoding_without_naming_it(encoding: str) -> None:
    assert decode(ENGLISH.encode(encoding), PATH) == ENGLISH


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "It cost £5."),
        ("cp1252", "the café"),
        ("cp1252", "El niño comió. ¿Qué?"),
        ("cp1252", "Straße für Gemütlichkeit"),
        ("cp1252", "I don’t know"),
        ("mac_roman", "I don’t know"),
        ("mac_roman", "the café was a lovely place to go"),
        ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy"),
        ("cp1251", "Привет, как дела? Я думаю, что это хорошо."),
        ("cp932", "これは日本語のテキストです。インタビュー"),
        ("gb18030", "我觉得这个小组很重要"),
    ],
)
def test_short_texts_in_old_code_pages_are_not_garbled(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), PATH) == text


def test_a_big_endian_mark_is_obeyed() -> None:
    assert decode(b"\xfe\xff" + ENGLISH.encode("utf-16-be"), PATH) == ENGLISH


def test_utf16_without_a_mark_is_told_by_more_than_its_first_character() -> None:
    # A curly quotation mark has no nought byte; the rest of the line decides.
    assert decode("“Well, yes,” she said".encode("utf-16-le"), PATH) == "“Well, yes,” she said"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_byte_order_mark_goes_and_line_ends_become_lf(encoding: str) -> None:
    data = "\ufeffa\r\nb\rc\n".encode(encoding)
    assert decode(data, PATH, encoding) == "a\nb\nc\n"


def test_nothing_but_line_ends_is_changed() -> None:
    text = "e\u0301 \u00e9\u00a0x\u2028y\x0bz\x85"
    assert decode(text.encode(), PATH) == text


def test_a_replacement_sign_that_was_written_is_no_damage() -> None:
    assert decode("a \ufffd b\n".encode(), PATH) == "a \ufffd b\n"


def test_a_damaged_utf8_file_is_an_error_and_not_mojibake() -> None:
    data = "café naïve über £5 – yes".encode() + b" \xe9 " + "’’’".encode()
    with pytest.raises(FileError, match=r"is not utf-8 text") as caught:
        decode(data, PATH)
    assert caught.value.place == "byte 31"


@pytest.mark.parametrize("data", [b"text\0more text here", b"SQLite format 3\0" + b"\0" * 400])
def test_nul_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(FileError, match="not a text file"):
        decode(data, PATH)


def test_a_named_encoding_that_does_not_fit_is_an_error_with_the_byte() -> None:
    with pytest.raises(FileError, match="byte 3"):
        decode("caf\xe9".encode("cp1252"), PATH, "utf-8")


@pytest.mark.parametrize("encoding", ["klingon", "hex"])
def test_an_unknown_encoding_is_an_error_with_a_remedy(encoding: str) -> None:
    with pytest.raises(FileError, match="no known encoding"):
        decode(b"abc", PATH, encoding)


def test_a_codec_that_raises_without_a_place_is_still_a_file_error() -> None:
    with pytest.raises(FileError, match="is not punycode text"):
        decode(b"\xff-\xff", PATH, "punycode")


def test_errors_never_quote_the_text() -> None:
    with pytest.raises(FileError) as caught:
        decode(b"my secret \x81 words", PATH, "utf-8")
    assert "secret" not in str(caught.value)


def test_a_missing_file_is_a_file_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"none\.txt: cannot be read"):
        read_bytes(tmp_path / "none.txt")


def test_an_empty_file_is_an_empty_text(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    assert read_text(tmp_path / "empty.txt") == ""


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff")))
def test_any_utf8_text_without_a_mark_survives(text: str) -> None:
    # Noughts are excluded: a mark-less UTF-16 guess rests on them.
    assert decode(text.encode(), PATH) == text


@given(st.binary(max_size=300))
def test_any_bytes_give_text_or_a_file_error(data: bytes) -> None:
    try:
        text = decode(data, PATH)
    except FileError:
        return
    assert "\0" not in text
    assert "\r" not in text
