"""Bytes to text, whatever program wrote them."""

from pathlib import Path

from suggester.errors import FileError

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_bytes(path: Path) -> bytes:
    """The file's bytes.

    Raises
    ------
    FileError
        There is no such file, or it may not be read.
    """
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

    Without ``encoding``: a byte-order mark decides, else UTF-8 if the bytes are valid UTF-8, else
    UTF-16 if every other byte is nought, else the best guess of charset-normalizer.

    Raises
    ------
    FileError
        The bytes are not text in that encoding, or in any.
    """
    return decode(read_bytes(path), path, encoding)


def decode(data: bytes, path: Path, encoding: str | None = None) -> str:
    """As `read_text`, for bytes at hand; ``path`` is named in errors."""
    chosen = encoding or _guess(data)
    try:
        text = data.decode(chosen)
    except LookupError as error:
        raise FileError(
            f"'{chosen}' is no known encoding", file=path, remedy="Try utf-8, utf-16 or cp1252."
        ) from error
    except UnicodeDecodeError as error:
        raise FileError(
            f"is not {chosen} text",
            file=path,
            place=f"byte {error.start}",
            remedy="Name its encoding with --encoding (often cp1252 or utf-16), or save it as UTF-8.",
        ) from error
    if "\0" in text:
        raise FileError(
            "is not a text file, or in another encoding",
            file=path,
            remedy="Name its encoding with --encoding (often utf-16), or save it as UTF-8.",
        )
    return normalised(text)


def normalised(text: str) -> str:
    """``text`` with LF line ends and no byte-order mark in front; nothing else is changed."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _guess(data: bytes) -> str:
    for mark, name in _BOMS.items():
        if data.startswith(mark):
            return name
    if _every_other_byte_is_nought(data):
        return "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(data, cp_isolation=["cp1252", "cp1250", "cp1251", "cp932", "gb18030", "mac_roman"])
        match = best.best()
        return match.encoding if match else "cp1252"
    return "utf-8"


def _every_other_byte_is_nought(data: bytes) -> bool:
    head = data[:2000]
    return len(head) >= 4 and max(head[0::2].count(0), head[1::2].count(0)) > 0.2 * len(head)
