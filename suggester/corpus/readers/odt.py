"""OpenDocument texts (.odt): paragraphs, headings, lists and tables in order, deletions left out."""

from pathlib import Path
from typing import TYPE_CHECKING

from suggester.corpus.readers.package import attribute, local_name, opened, parse_part
from suggester.corpus.reading import PlainDocument
from suggester.errors import FileError

if TYPE_CHECKING:
    from lxml.etree import _Element

_COUNTED = {"note": "footnotes or endnotes", "annotation": "comments", "image": "images"}
_DECLARATIONS = {"sequence-decls", "variable-decls", "user-field-decls", "forms"}
_COLUMNS = {"table-column", "table-columns", "table-header-columns"}
_SKIPPED = _DECLARATIONS | _COLUMNS | {"tracked-changes", "annotation-end", "ruby-text", "title", "desc"}
_SPACE = " \t\r\n"


def read_odt(path: Path) -> PlainDocument:
    """The text of an OpenDocument text, one line per paragraph, cells of a row separated by tabs.

    White space follows OpenDocument 1.2, section 6.1.2: runs of it in the XML are one space, and
    the elements for spaces, tabs and line breaks stand for themselves.

    Raises
    ------
    FileError
        See `suggester.corpus.readers.package.opened`; also for encrypted and other documents.
    """
    with opened(path) as package:
        names = package.namelist()
        if "content.xml" not in names:
            raise FileError(
                "is no OpenDocument text but another zipped file",
                file=path,
                remedy="Give it the ending that belongs to it, or save it as .odt.",
            )
        if "META-INF/manifest.xml" in names and any(
            local_name(part) == "encryption-data"
            for part in parse_part(package, "META-INF/manifest.xml", path).iter()
        ):
            raise FileError(
                "is protected by a password",
                file=path,
                remedy="Open it, remove the password and save it anew.",
            )
        root = parse_part(package, "content.xml", path)
    body = next((part for part in root.iter() if local_name(part) == "body"), root)
    text = next((part for part in body if local_name(part) == "text"), None)
    if text is None:
        raise FileError(
            "is an OpenDocument file, but no text document",
            file=path,
            remedy="Save a spreadsheet as .xlsx or .csv.",
        )
    walk = _Walk()
    lines = walk.blocks(text)
    return PlainDocument("\n".join(lines), walk.notes())


class _Walk:
    """Walks the XML, collecting text and counting what is left out."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._boxes: list[_Element] = []

    def notes(self) -> tuple[str, ...]:
        left_out = [f"{what} ({count})" for what, count in self._counts.items()]
        return (f"left out: {', '.join(left_out)}",) if left_out else ()

    def blocks(self, parent: "_Element") -> list[str]:
        lines: list[str] = []
        for child in parent:
            name = local_name(child)
            if name in {"p", "h"}:
                lines.append(self._paragraph(child))
                boxes, self._boxes = self._boxes, []
                for box in boxes:
                    lines.extend(self.blocks(box))
            elif name == "table-row":
                lines.append("\t".join("\n".join(self.blocks(cell)) for cell in _cells(child)))
            elif name in _COUNTED:
                self._count(_COUNTED[name])
            elif name and name not in _SKIPPED:
                lines.extend(self.blocks(child))
        return lines

    def _paragraph(self, paragraph: "_Element") -> str:
        parts: list[str] = []
        self._inline(paragraph, parts)
        return "".join(parts)

    def _inline(self, parent: "_Element", parts: list[str]) -> None:
        _append(parts, parent.text)
        for child in parent:
            name = local_name(child)
            if name == "s":
                parts.append(" " * _small_number(attribute(child, "c")))
            elif name == "tab":
                parts.append("\t")
            elif name == "line-break":
                parts.append("\n")
            elif name == "text-box":
                self._boxes.append(child)
            elif name in _COUNTED:
                self._count(_COUNTED[name])
            elif name and name not in _SKIPPED:
                self._inline(child, parts)
            _append(parts, child.tail)

    def _count(self, what: str) -> None:
        self._counts[what] = self._counts.get(what, 0) + 1


def _cells(row: "_Element") -> list["_Element"]:
    return [cell for cell in row if local_name(cell) in {"table-cell", "covered-table-cell"}]


def _append(parts: list[str], text: str | None) -> None:
    """Add text with runs of white space as one space, counting a space that is there already."""
    for sign in text or "":
        if sign not in _SPACE:
            parts.append(sign)
        elif parts and parts[-1] not in (" ", "\n"):
            parts.append(" ")


def _small_number(count: str | None) -> int:
    # A damaged or hostile file may ask for a billion spaces.
    return min(int(count), 1000) if count and count.isdigit() else 1
