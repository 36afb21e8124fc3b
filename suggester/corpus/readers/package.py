"""Zipped documents (.docx, .odt, .xlsx): opened with care, for files come from anywhere."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from suggester.errors import FileError
from suggester.files.archives import refuse_bomb
from suggester.files.text import read_bytes

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x7f]")
_OLE = b"\xd0\xcf\x11\xe0"


def local_name(element: "_Element") -> str:
    """An element's name without its namespace; empty for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: "_Element", name: str) -> str | None:
    """The value of an attribute whatever its namespace, or None."""
    return next(
        (str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), None
    )


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zipped document after checking that it is one and not too large.

    Raises
    ------
    FileError
        The file is no such document, is protected by a password, is damaged or unpacks to more
        than 200 MB.
    """
    data = read_bytes(path)
    if data.startswith(_OLE):
        raise FileError(
            "is protected by a password, or is in an old binary format",
            file=path,
            remedy=f"Open it in its program, remove the password and save it as {path.suffix.lower()}.",
        )
    if not data.startswith(b"PK"):
        raise FileError(
            f"is no {path.suffix.lower()} file but {kind_of(data)}",
            file=path,
            remedy=f"Open it in its program and save it as {path.suffix.lower()}.",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            refuse_bomb(package, path, "Remove large images from it, or save its text as .txt.")
            yield package
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileError(
            "is damaged: parts of it are missing or unreadable",
            file=path,
            remedy="Get a new copy of the file, or open it in its program and save it anew.",
        ) from error


def parse_part(package: zipfile.ZipFile, name: str, path: Path) -> "_Element":
    """The XML of one member, without ever following an entity or fetching anything.

    Raises
    ------
    FileError
        The member is missing, is not well-formed or declares a document type.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(package.read(name), parser)
    except KeyError as error:
        raise FileError(
            f"has no part '{name}'", file=path, remedy="Open it in its program and save it anew."
        ) from error
    except etree.XMLSyntaxError as error:
        raise FileError(
            f"holds XML that is not well-formed ('{name}', line {error.lineno})",
            file=path,
            remedy="Open it in its program and save it anew.",
        ) from error
    if root.getroottree().docinfo.doctype:
        raise FileError(
            f"declares a document type in '{name}', which no word processor writes",
            file=path,
            remedy="Do not trust this file; ask where it comes from.",
        )
    return root


def refuse_binary(text: str, path: Path, remedy: str) -> None:
    """Refuse what was read from a damaged or wrongly named file.

    Raises
    ------
    FileError
        The text holds a nought, or so many control characters that it is none.
    """
    if "\0" in text or len(_CONTROL.findall(text)) > len(text) / 200:
        raise FileError("holds control characters, which no text has", file=path, remedy=remedy)


def kind_of(data: bytes) -> str:
    """In words, what a file's first bytes say that it is."""
    for start, kind in (
        (b"%PDF", "a PDF"),
        (b"{\\rtf", "rich text (.rtf)"),
        (b"PK", "a zipped file"),
        (_OLE, "an old Office file, or one with a password"),
        (b"\x89PNG", "an image"),
        (b"\xff\xd8\xff", "an image"),
    ):
        if data.startswith(start):
            return kind
    if data[:200].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return "a web page"
    return "plain text or something unknown"
