"""Bytes to text, whatever program wrote them."""

import os
from dataclasses import dataclass
from pathlib import Path

from suggester.errors import FileError

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_BOMS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_OTHER_CODE_PAGES = ["cp1252", "cp1250", "cp1251", "cp1253", "cp932", "gb18030", "mac_roman"]
_WESTERN_SIGNS = frozenset("’‘“”–—…£€•°½¼¾²«»¿¡©®™·\xa0")
_WESTERN_LETTERS = frozenset("àáâãäåæçèéêëìíîïñòóôõöøœùúûüßÿÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜ")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and a note for the researcher where its encoding is a guess."""

    text: str
    notes: tuple[str, ...] = ()


def refuse_name(path: Path) -> None:
    """Refuse a file whose name could be neither shown nor stored.

    Raises
    ------
    FileError
        The name, or that of a folder above it, is not UTF-8.
    """
    shown = os.fsencode(path).decode("utf-8", "replace")
    if shown != str(path):
        raise FileError("its name is not UTF-8 text", file=shown, remedy="Rename the file, then try again.")


def read_bytes(path: Path) -> bytes:
    """The file's bytes.

    Raises
    ------
    FileError
        There is no such file, it may not be read, or its name is not UTF-8.
    """
    refuse_name(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(
            f"cannot be read: {error.strerror or error}",
            file=path,
            remedy="Check the name and the permissions of the file.",
        ) from error


def read_text(path: Path, encoding: str | None = None) -> str:
    """The file's text with LF line ends and without a byte-order mark.

    Without ``encoding``: a byte-order mark decides, else UTF-16 if every other byte is nought, else
    UTF-8 if the bytes are (but for a few) valid UTF-8, else cp1252 or Mac Roman if that reads as Western
    European text, else the best guess of charset-normalizer.

    Raises
    ------
    FileError
        The bytes are not text in that encoding, or in any.
    """
    return decode(read_bytes(path), path, encoding)


def decode(data: bytes, path: Path, encoding: str | None = None) -> str:
    """As `read_text`, for bytes at hand; ``path`` is named in errors."""
    return decoded(data, path, encoding).text


def decoded(data: bytes, path: Path, encoding: str | None = None) -> Decoded:
    """As `decode`, with a note where the encoding is a guess."""
    chosen = encoding or _guess(data)
    try:
        text = data.decode(chosen)
    except LookupError as error:
        raise FileError(
            f"'{chosen}' is no known encoding", file=path, remedy="Try utf-8, utf-16 or cp1252."
        ) from error
    except UnicodeError as error:
        start = getattr(error, "start", None)
        raise FileError(
            f"is not {chosen} text",
            file=path,
            place=None if start is None else f"byte {start}",
            remedy="Name its encoding with --encoding (often cp1252 or utf-16), or save it as UTF-8.",
        ) from error
    if "\0" in text:
        raise FileError(
            "is not a text file, or in another encoding",
            file=path,
            remedy="Name its encoding with --encoding (often utf-16), or save it as UTF-8.",
        )
    certain = encoding is not None or chosen == "utf-8" or chosen in _BOMS.values()
    note = f"read as {chosen}; if letters look wrong, name another encoding with --encoding"
    return Decoded(normalised(text), () if certain else (note,))


def normalised(text: str) -> str:
    """``text`` with LF line ends and no byte-order mark in front; nothing else is changed."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _guess(data: bytes) -> str:
    for mark, name in _BOMS.items():
        if data.startswith(mark):
            return name
    wide = _wide(data)
    if wide:
        return wide
    if _mostly_utf8(data):
        return "utf-8"
    for western in ("cp1252", "mac_roman"):
        if _plainly_western(data, western):
            return western
    from charset_normalizer import from_bytes

    match = from_bytes(data, cp_isolation=_OTHER_CODE_PAGES).best()
    return match.encoding if match else "cp1252"


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: the high bytes are nought and the low bytes are not."""
    head = data[:4000]
    if len(head) < 4:
        return None
    first, second = head[0::2].count(0) / len(head), head[1::2].count(0) / len(head)
    if max(first, second) < 0.2 or min(first, second) > 0.02:
        return None
    return "utf-16-le" if second > first else "utf-16-be"


def _mostly_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8, or UTF-8 with a few broken places.

    Other encodings hardly ever make a valid sequence of several bytes. Reading a damaged UTF-8 file
    as cp1252 would garble it in silence; read as UTF-8, it is an error that names the byte.
    """
    try:
        data.decode("utf-8")
        return True
    except UnicodeDecodeError:
        lenient = data.decode("utf-8", "replace")
    broken = lenient.count("\ufffd")
    sequences = sum(1 for character in lenient if character > "\x7f") - broken
    return sequences > 3 * broken


def _plainly_western(data: bytes, encoding: str) -> bool:
    """Whether the bytes read as English, French, German, Spanish ... in this encoding.

    Guessers by statistics take a pound sign or a dash in a short text for Central European letters.
    """
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    high = [place for place, character in enumerate(text) if character > "\x7f"]
    if len(high) > 0.3 * len(text):
        return False
    for place in high:
        character = text[place]
        if character in _WESTERN_SIGNS:
            continue
        # A capital after a small letter is how Mac Roman's quotation marks look in cp1252.
        capital_inside = character.isupper() and text[place - 1 : place].islower()
        if character not in _WESTERN_LETTERS or capital_inside:
            return False
    return True
