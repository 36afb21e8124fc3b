"""Word documents (.docx): paragraphs and tables in order, insertions kept, deletions left out."""

from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

from suggester.corpus.readers.package import attribute, local_name, opened, parse_part, refuse_binary
from suggester.corpus.reading import PlainDocument
from suggester.errors import FileError

if TYPE_CHECKING:
    from lxml.etree import _Element

_SIGNS = {"tab": "\t", "cr": "\n", "br": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_DELETED = {"del", "moveFrom", "delText", "delInstrText"}
_PROPERTIES = {"rPr", "pPr", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr"}
# Field codes; what a pronunciation guide adds; the second copy of a text box for older programs.
_SKIPPED = _DELETED | _PROPERTIES | {"instrText", "rt", "Fallback"}
_COUNTED = {"footnoteReference": "footnotes", "endnoteReference": "endnotes", "commentReference": "comments"}


def read_docx(path: Path) -> PlainDocument:
    """The text of a Word document as its reader sees it.

    One line per paragraph; the cells of a table's row are separated by tabs; text boxes follow
    the paragraph they are anchored in. Tracked insertions are kept, deletions left out.

    Raises
    ------
    FileError
        See `suggester.corpus.readers.package.opened`; also for a zipped file of another kind,
        or a text with control characters.
    """
    with opened(path) as package:
        body = parse_part(package, _main_part(package, path), path)
        walk = _Walk()
        blocks = next((child for child in body if local_name(child) == "body"), body)
        text = "\n".join(walk.blocks(blocks))
        refuse_binary(text, path, "Open it in Word or LibreOffice, replace its odd symbols and save it anew.")
        aside = _headers(package, path)
    return PlainDocument(text, (*walk.notes(), *aside))


def _main_part(package: ZipFile, path: Path) -> str:
    names = package.namelist()
    if "_rels/.rels" in names:
        for relation in parse_part(package, "_rels/.rels", path):
            target = (attribute(relation, "Target") or "").lstrip("/")
            is_main = (attribute(relation, "Type") or "").endswith("/officeDocument")
            if is_main and target in names and target.startswith("word/"):
                return target
    if "word/document.xml" in names:
        return "word/document.xml"
    kinds = {"content.xml": "OpenDocument (.odt)", "xl/workbook.xml": "Excel (.xlsx)"}
    kind = next((words for name, words in kinds.items() if name in names), "another zipped file")
    raise FileError(
        f"is no Word document but {kind}",
        file=path,
        remedy="Give it the ending that belongs to it, or save it as .docx.",
    )


def _headers(package: ZipFile, path: Path) -> tuple[str, ...]:
    parts = [name for name in package.namelist() if name.startswith(("word/header", "word/footer"))]
    filled = [name for name in parts if name.endswith(".xml") and _has_text(parse_part(package, name, path))]
    return ("the page header or footer was left out",) if filled else ()


def _has_text(root: "_Element") -> bool:
    return any(local_name(element) == "t" and (element.text or "").strip() for element in root.iter())


class _Walk:
    """Walks the XML, collecting text and counting what is left out."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._boxes: list[_Element] = []

    def notes(self) -> tuple[str, ...]:
        left_out = [
            f"{what} ({count})" for what, count in self._counts.items() if what != "numbered paragraphs"
        ]
        notes = [f"left out: {', '.join(left_out)}"] if left_out else []
        numbered = self._counts.get("numbered paragraphs")
        if numbered:
            notes.append(
                f"{numbered} paragraphs are numbered or bulleted by Word; the numbers are not in the text"
            )
        return tuple(notes)

    def blocks(self, parent: "_Element") -> list[str]:
        """The paragraphs below ``parent`` in order, one string each."""
        lines: list[str] = []
        joining = False
        for child in parent:
            name = local_name(child)
            if name == "p":
                line = self._paragraph(child)
                # A deleted paragraph mark joins the paragraph with the next.
                lines[-1:] = [lines[-1] + line] if joining else [*lines[-1:], line]
                joining = _mark_is_deleted(child)
                boxes, self._boxes = self._boxes, []
                for box in boxes:
                    lines.extend(self.blocks(box))
            elif name == "tbl":
                lines.extend(self._table(child))
            elif name == "altChunk":
                self._count("embedded documents")
            elif name == "sdt" and _shows_placeholder(child):
                continue
            elif name and name not in _SKIPPED:
                lines.extend(self.blocks(child))
        return lines

    def _paragraph(self, paragraph: "_Element") -> str:
        if any(local_name(part) == "numPr" for child in paragraph[:1] for part in child):
            self._count("numbered paragraphs")
        return "".join(self._inline(paragraph))

    def _inline(self, parent: "_Element") -> list[str]:
        parts: list[str] = []
        for child in parent:
            name = local_name(child)
            if name == "t":
                parts.append(child.text or "")
            elif name in _SIGNS:
                parts.append(_SIGNS[name])
            elif name == "sym":
                parts.append(_symbol(child))
            elif name == "txbxContent":
                self._boxes.append(child)
            elif name in _COUNTED:
                self._count(_COUNTED[name])
            elif name in {"pic", "imagedata"}:
                self._count("images")
            elif name in _SKIPPED or (name == "sdt" and _shows_placeholder(child)):
                continue
            elif name:
                parts.extend(self._inline(child))
        return parts

    def _table(self, table: "_Element") -> list[str]:
        lines = []
        for row in _below(table, "tr"):
            if any(
                local_name(part) == "del" for child in row if local_name(child) == "trPr" for part in child
            ):
                continue
            cells = ["\n".join(self.blocks(cell)) for cell in _below(row, "tc")]
            lines.append("\t".join(cells))
        return lines

    def _count(self, what: str) -> None:
        self._counts[what] = self._counts.get(what, 0) + 1


def _below(parent: "_Element", name: str) -> list["_Element"]:
    """The nearest descendants called ``name``, also inside content controls and insertions."""
    found: list[_Element] = []
    for child in parent:
        if local_name(child) == name:
            found.append(child)
        elif local_name(child) in {"sdt", "sdtContent", "ins", "moveTo", "customXml"}:
            found.extend(_below(child, name))
    return found


def _mark_is_deleted(paragraph: "_Element") -> bool:
    return any(
        local_name(sign) == "del"
        for properties in paragraph
        if local_name(properties) == "pPr"
        for run in properties
        if local_name(run) == "rPr"
        for sign in run
    )


def _shows_placeholder(control: "_Element") -> bool:
    """Whether a content control was never filled in ("Click here to enter text")."""
    return any(
        local_name(part) == "showingPlcHdr" and attribute(part, "val") not in {"0", "false", "off"}
        for properties in control
        if local_name(properties) == "sdtPr"
        for part in properties
    )


def _symbol(element: "_Element") -> str:
    try:
        sign = chr(int(attribute(element, "char") or "", 16))
    except (ValueError, OverflowError):
        return "\ufffd"
    # Half of a surrogate pair is no character, and cannot be stored.
    return "\ufffd" if "\ud800" <= sign <= "\udfff" else sign
