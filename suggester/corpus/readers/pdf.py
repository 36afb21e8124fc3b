"""PDF: the text of the pages, line by line, without what repeats on every page."""

import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from suggester.corpus.readers.package import kind_of
from suggester.corpus.reading import PlainDocument
from suggester.errors import EmptyText, FileError
from suggester.files.text import normalised, read_bytes

_PAGE_NUMBER = re.compile(
    r"\s*(?:page|seite|p\.)?\s*[-–]?\s*\d{1,4}\s*[-–]?\s*(?:(?:/|of|von)\s*\d{1,4})?\s*", re.I
)
_MOST_EDGE_LINES = 3


def read_pdf(path: Path) -> PlainDocument:
    """The text of a PDF with the line ends of its pages.

    Lines are not joined to paragraphs: a PDF does not say where those end. Headers, footers and
    page numbers are left out, for else they would stand in the middle of turns.

    Raises
    ------
    EmptyText
        The pages hold no text.
    FileError
        The file is no PDF, is damaged or protected by a password.
    """
    pages = _pages(path)
    if not any(page.strip() for page in pages):
        raise EmptyText(
            f"holds no text on its {len(pages)} page(s) (perhaps scanned images)",
            file=path,
            remedy="Recognise its text with an OCR program, then import the result.",
        )
    lines = [normalised(page).split("\n") for page in pages]
    removed = _strip_edge(lines, first=True) + _strip_edge(lines, first=False)
    notes = ["a PDF keeps the line ends of its pages; a .docx or .txt shows paragraphs better"]
    if removed:
        notes.append(f"left out: {removed} lines that repeat on every page (header, footer, page number)")
    empty = sum(not page.strip() for page in pages)
    if empty:
        notes.append(f"{empty} of {len(pages)} pages hold no text")
    return PlainDocument("\n".join("\n".join(page) for page in lines), tuple(notes))


def _pages(path: Path) -> list[str]:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    data = read_bytes(path)
    if b"%PDF" not in data[:1024]:
        raise FileError(
            f"is no PDF but {kind_of(data)}", file=path, remedy="Check how it was made, or save it anew."
        )
    try:
        with _silenced():
            reader = PdfReader(path)
            # Many PDFs are encrypted with an empty password, only to forbid printing.
            if reader.is_encrypted and not reader.decrypt(""):
                raise _protected(path)
            return [page.extract_text() for page in reader.pages]
    except DependencyError as error:
        raise _protected(path) from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise FileError(
            f"cannot be read as PDF ({type(error).__name__})",
            file=path,
            remedy="Open it in a PDF program and print it to a new PDF, or copy its text to a .txt.",
        ) from error


@contextmanager
def _silenced() -> Iterator[None]:
    """Keep pypdf's own lines on a file's faults off the terminal: they say nothing to a researcher."""
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _protected(path: Path) -> FileError:
    return FileError(
        "is protected by a password", file=path, remedy="Save a copy without the password and import that."
    )


def _strip_edge(pages: Sequence[list[str]], *, first: bool) -> int:
    """Take away up to three lines that all pages share at one edge; return how many lines went."""
    removed = 0
    filled = [page for page in pages if any(line.strip() for line in page)]
    for _ in range(_MOST_EDGE_LINES):
        for page in filled:
            while page and not page[0 if first else -1].strip():
                page.pop(0 if first else -1)
        if len(filled) < 2 or not all(filled):
            break
        edge = [page[0 if first else -1].strip() for page in filled]
        same = len({re.sub(r"\d+", "#", line) for line in edge}) == 1
        # Two pages may share a line by chance, so there only a page number counts.
        if not (same and (len(filled) > 2 or _PAGE_NUMBER.fullmatch(edge[0]))):
            break
        for page in filled:
            page.pop(0 if first else -1)
        removed += len(filled)
    return removed
