"""Lines of cells from Excel files, and rows written as Excel files."""

import io
import re
import warnings
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import iterparse
from zipfile import BadZipFile, ZipFile

from suggester.errors import FileError, TableError
from suggester.files.archives import refuse_bomb
from suggester.files.text import read_bytes

_ZIP = b"PK\x03\x04"
_MOST_COLUMNS = 1_000
_MOST_CELLS = 5_000_000
_TOO_LARGE = "Delete what is beside and below the table, or save the sheet with the table as .csv."
_LONGEST_CELL = 32_767
_MOST_ROWS = 1_048_576
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# What XML cannot hold, or would change: Excel writes it as _xHHHH_, and so what looks like that.
_TO_ESCAPE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

# All that openpyxl and the modules under it have been seen to raise for damaged files; an XML
# error is a SyntaxError, a locked archive a RuntimeError.
_DAMAGED = (
    BadZipFile,
    zlib.error,
    SyntaxError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RuntimeError,
    ArithmeticError,
    OSError,
)


def excel_lines(path: Path) -> list[tuple[int, list[str]]]:
    """The lines of the first sheet with their numbers, from 1; cells as text.

    Numbers are given in full and without ``.0``, dates as ISO 8601, formulas as the value that the
    spreadsheet program stored.

    Raises
    ------
    FileError
        It is no .xlsx file, is protected by a password, damaged, unpacks to over 200 MB, or has
        more than 1,000 columns or 5 million cells.
    """
    data = read_bytes(path)
    if not data.startswith(_ZIP):
        raise FileError(
            "is no .xlsx file, or is protected by a password",
            file=path,
            remedy="Open it in a spreadsheet program, remove the password and save it as .xlsx.",
        )
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            refuse_bomb(archive, path, _TOO_LARGE)
        return _lines(data, path)
    except _DAMAGED as error:
        raise FileError(
            f"cannot be read as .xlsx ({type(error).__name__})", file=path, remedy="Save it anew as .xlsx."
        ) from error


def write_excel(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]], sheet_name: str = "suggester"
) -> None:
    """Write one sheet; text stays text, also when it begins with ``=``.

    The header is bold, text is wrapped, and numbers with a fraction show two decimals (the cell holds
    them in full).

    Raises
    ------
    TableError
        A cell or the table is larger than Excel can hold: it would be cut.
    """
    from lxml.etree import LxmlError
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    # Checked before openpyxl opens its own temporary file, which would hold text of the interviews.
    lines = [columns, *rows]
    for number, row in enumerate(lines, start=1):
        _refuse_too_large(number, columns, row)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(sheet_name)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(columns), 1))}{len(lines)}"
    for place in range(1, len(columns) + 1):
        longest = max((_shown_width(line[place - 1]) for line in lines), default=0)
        sheet.column_dimensions[get_column_letter(place)].width = min(max(longest + 2, 10), 60)
    styles = _Styles(Font(bold=True), Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True))
    packed = io.BytesIO()
    try:
        for number, row in enumerate(lines):
            sheet.append([_cell_to_write(sheet, value, styles, header=number == 0) for value in row])
        # Not to the path: on a full disk the archive would try again, and complain, when it is freed.
        book.save(packed)
    except LxmlError as error:
        raise OSError(f"the folder for temporary files is full or locked ({error})") from error
    finally:
        _abandon(sheet)
    path.write_bytes(packed.getvalue())


@dataclass(frozen=True, slots=True)
class _Styles:
    """The looks that cells share, made once for all of them."""

    bold: Any
    at_the_top: Any
    wrapped: Any


def _cell_to_write(sheet: Any, value: object, styles: _Styles, *, header: bool) -> object:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet)
    if isinstance(value, str):
        # Not through `value`, which makes a formula of "=1+1" and cuts long text.
        cell._value = _TO_ESCAPE.sub(_escape, value)
        cell.data_type = "s"
    else:
        cell.value = value
    cell.alignment = styles.wrapped if isinstance(value, str) else styles.at_the_top
    if isinstance(value, float):
        cell.number_format = "0.00"
    if header:
        cell.font = styles.bold
    return cell


def _shown_width(value: object) -> int:
    """How many characters wide a cell is shown: of a text its longest line."""
    if isinstance(value, float):
        return len(f"{value:.2f}")
    return max((len(line) for line in str("" if value is None else value).split("\n")), default=0)


def _abandon(sheet: Any) -> None:
    """Close and delete openpyxl's own temporary file where an error left it open with interviews in it."""
    writer = sheet._writer
    if writer is None:
        return
    for stream in (sheet._rows, writer.xf):
        # On a full disk closing fails as well; unclosed, the streams would print that when freed.
        with suppress(Exception):
            stream.close()
    Path(writer.out).unlink(missing_ok=True)


def _lines(data: bytes, path: Path) -> list[tuple[int, list[str]]]:
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.stylesheet import apply_stylesheet
    from openpyxl.worksheet._reader import WorkSheetParser

    with warnings.catch_warnings():
        # openpyxl warns of styles and validations it leaves out; none of them are cells.
        warnings.simplefilter("ignore")
        # Not load_workbook: it makes cells of all that lies between one far out and the table, and
        # holds a whole row at once, or a whole sheet that does not say its size.
        reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        reader.read_manifest()
        reader.read_strings()
        reader.read_workbook()
        apply_stylesheet(reader.archive, reader.wb)
        with reader.archive.open(_first_sheet(reader)) as source:
            parser = WorkSheetParser(
                source,
                reader.shared_strings,
                data_only=True,
                epoch=reader.wb.epoch,
                date_formats=reader.wb._date_formats,
                timedelta_formats=reader.wb._timedelta_formats,
            )
            return _filled_lines(parser, source, path)


def _first_sheet(reader: Any) -> str:
    for _, relation in reader.parser.find_sheets():
        if relation.target in reader.valid_files and "chartsheet" not in relation.Type:
            return str(relation.target)
    raise LookupError("no sheet")


def _filled_lines(parser: Any, source: IO[bytes], path: Path) -> list[tuple[int, list[str]]]:
    """The lines that hold anything, each up to its last filled cell, read cell by cell."""
    lines: list[tuple[int, list[str]]] = []
    line: list[str] = []
    budget = _Budget(path)
    opened: list[Any] = []
    in_cell = False
    for event, element in iterparse(source, events=("start", "end")):
        name = element.tag.rpartition("}")[2]
        if event == "start":
            if name == "row":
                number = element.get("r")
                parser.row_counter = int(float(number)) if number else parser.row_counter + 1
                parser.col_counter = 0
            in_cell = in_cell or name == "c"
            opened.append(element)
            continue
        opened.pop()
        if name == "c":
            in_cell = False
            budget.read_one()
            cell = parser.parse_cell(element)
            text = _cell_text(cell["value"])
            if text:
                _put(line, cell["column"], text, path, parser.row_counter)
        elif name == "row":
            budget.read_one()
            if line:
                budget.keep(len(line))
                lines.append((parser.row_counter, line))
                line = []
        elif name == "sheetData":
            break
        if opened and not in_cell:
            # Else a sheet would be held whole: what is read hangs below the elements still open.
            opened[-1].clear()
    return lines


def _put(line: list[str], column: int, text: str, path: Path, row: int) -> None:
    if column > _MOST_COLUMNS:
        raise FileError(
            f"has content in column {column}, and a table may have {_MOST_COLUMNS}",
            file=path,
            place=f"row {row}",
            remedy=_TOO_LARGE,
        )
    line.extend([""] * (column - len(line)))
    line[column - 1] = text


class _Budget:
    """Counts the cells that were read and those that the table will have, empty ones as well."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._held = 0
        self._width = 0

    def read_one(self) -> None:
        self._read += 1
        self._refuse(self._read)

    def keep(self, width: int) -> None:
        # A table's rows are all as wide as its widest one.
        self._width = max(self._width, width)
        self._held += self._width
        self._refuse(self._held)

    def _refuse(self, cells: int) -> None:
        if cells > _MOST_CELLS:
            raise FileError(
                f"has more than {_MOST_CELLS:,} cells, filled or empty", file=self._path, remedy=_TOO_LARGE
            )


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return str(value.date() if value.time() == time() else value)
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(value))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _escape(match: re.Match[str]) -> str:
    return f"_x{ord(match[0]):04X}_"


def _refuse_too_large(number: int, columns: Sequence[str], row: Sequence[object]) -> None:
    remedy = "Write it as .csv, .json or .jsonl instead."
    if number > _MOST_ROWS:
        raise TableError(f"an Excel sheet ends at row {_MOST_ROWS}", place=f"row {number}", remedy=remedy)
    for column, value in zip(columns, row, strict=True):
        # Excel counts UTF-16 units: an emoji is two characters.
        if isinstance(value, str) and len(value) > _LONGEST_CELL // 2:
            length = len(value.encode("utf-16-le", "surrogatepass")) // 2
            if length > _LONGEST_CELL:
                raise TableError(
                    f"the cell '{column}' has {length} characters, and Excel cuts at {_LONGEST_CELL}",
                    place=f"row {number}",
                    remedy=remedy,
                )
