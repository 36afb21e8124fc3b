"""Plain text (.txt) and rich text (.rtf)."""

import re
from pathlib import Path

from suggester.corpus.readers.package import kind_of, refuse_binary
from suggester.corpus.reading import PlainDocument
from suggester.errors import FileError
from suggester.files.text import decoded, normalised, read_bytes

_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x7f]")
_DELETED = re.compile(r"\\deleted(?![a-z0-9])")
# striprtf would write "|" between cells, which may also be said or typed.
_CELL_END = re.compile(r"(?<!\\)((?:\\\\)*)\\(?:nest)?cell(?![a-z])")
_SURROGATES = re.compile("[\ud800-\udfff]+")


def read_plain(path: Path, encoding: str | None = None) -> PlainDocument:
    """The text of a .txt file.

    Raises
    ------
    FileError
        The file is in another encoding, or is no text at all.
    """
    data = read_bytes(path)
    # Bytes of UTF-16 look like control signs; it has a mark in front or noughts in between.
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data
    if encoding is None and not is_wide:
        _refuse_binary(data, data.decode("latin-1"), path)
    found = decoded(data, path, encoding)
    _refuse_binary(data, found.text, path)
    return PlainDocument(found.text, found.notes)


def _refuse_binary(data: bytes, text: str, path: Path) -> None:
    if len(_CONTROL.findall(text)) > len(text) / 200:
        raise FileError(
            f"is not a text file but {kind_of(data)}",
            file=path,
            remedy="Export the transcript as text, or name its encoding with --encoding.",
        )


def read_rtf(path: Path) -> PlainDocument:
    """The text of a rich text file, tracked deletions left out.

    Raises
    ------
    FileError
        The file is no rich text, or is damaged.
    """
    from striprtf.striprtf import rtf_to_text

    data = read_bytes(path)
    if not data.lstrip().startswith(b"{\\rtf"):
        raise FileError(
            f"is no rich text but {kind_of(data)}",
            file=path,
            remedy="Open it in its program and save it as .rtf or .docx.",
        )
    remedy = "Open it in its program and save it anew as .rtf or .docx."
    # Word ends its files with a nought; \\bin announces an image as bytes, not as digits.
    if b"\\bin" not in data:
        refuse_binary(data.rstrip(b"\0\r\n ").decode("latin-1"), path, remedy)
    # Rich text is ASCII; single bytes above it are in the encoding that the file names.
    source = _without_deletions(data.decode("latin-1"))
    source = _CELL_END.sub(r"\1\\tab", source)
    try:
        text = rtf_to_text(source, encoding="cp1252", errors="replace")
    except (ValueError, LookupError, IndexError) as error:
        raise FileError(
            "is damaged rich text", file=path, remedy="Open it in its program and save it anew."
        ) from error
    refuse_binary(text, path, remedy)
    return PlainDocument(normalised(_SURROGATES.sub(_repaired, text)))


def _repaired(found: re.Match[str]) -> str:
    """Emoji are written as two halves; a half alone stands for nothing."""
    return found.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _without_deletions(source: str) -> str:
    """Cut out every group in which text is marked as deleted."""
    while (found := _DELETED.search(source)) is not None:
        start = _group_start(source, found.start())
        end = _group_end(source, found.end())
        source = source[:start] + source[end:]
    return source


def _group_start(source: str, place: int) -> int:
    depth = 0
    for i in range(place - 1, -1, -1):
        if source[i] in "{}" and not _escaped(source, i):
            if source[i] == "{" and depth == 0:
                return i
            depth += 1 if source[i] == "}" else -1
    return place


def _group_end(source: str, place: int) -> int:
    depth = 0
    for i in range(place, len(source)):
        if source[i] in "{}" and not _escaped(source, i):
            if source[i] == "}" and depth == 0:
                return i + 1
            depth += 1 if source[i] == "{" else -1
    return len(source)


def _escaped(source: str, place: int) -> bool:
    backslashes = 0
    while place - backslashes > 0 and source[place - backslashes - 1] == "\\":
        backslashes += 1
    return backslashes % 2 == 1
