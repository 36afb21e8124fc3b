"""Lines of cells from Excel files, and rows written as Excel files."""

import io
import re
import warnings
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from suggester.errors import FileError, TableError
from suggester.files.text import read_bytes

_ZIP = b"PK\x03\x04"
_LARGEST_UNPACKED = 300_000_000
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
        It is no .xlsx file, is protected by a password, damaged, or unpacks to over 300 MB.
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
            unpacked = sum(member.file_size for member in archive.infolist())
        too_large = unpacked > _LARGEST_UNPACKED
        lines = [] if too_large else _lines(data)
    except _DAMAGED as error:
        raise FileError(
            f"cannot be read as .xlsx ({type(error).__name__})", file=path, remedy="Save it anew as .xlsx."
        ) from error
    if too_large:
        raise FileError(
            f"unpacks to {unpacked // 1_000_000} MB",
            file=path,
            remedy="Save the sheet with the table as .csv.",
        )
    return lines


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
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
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
    bold, at_the_top = Font(bold=True), Alignment(vertical="top")
    wrapped = Alignment(vertical="top", wrap_text=True)
    for number, row in enumerate(lines):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet)
            if isinstance(value, str):
                # Not through `value`, which makes a formula of "=1+1" and cuts long text.
                cell._value = _TO_ESCAPE.sub(_escape, value)
                cell.data_type = "s"
            else:
                cell.value = value
            cell.alignment = wrapped if isinstance(value, str) else at_the_top
            if isinstance(value, float):
                cell.number_format = "0.00"
            if number == 0:
                cell.font = bold
            cells.append(cell)
        sheet.append(cells)
    book.save(path)


def _shown_width(value: object) -> int:
    """How many characters wide a cell is shown: of a text its longest line."""
    if isinstance(value, float):
        return len(f"{value:.2f}")
    return max((len(line) for line in str("" if value is None else value).split("\n")), default=0)


def _lines(data: bytes) -> list[tuple[int, list[str]]]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        # openpyxl warns of styles and validations it leaves out; none of them are cells.
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # Some programs write a wrong size into the sheet, and openpyxl would stop there.
        sheet.reset_dimensions()
        lines = [
            (number, [_cell_text(value) for value in line])
            for number, line in enumerate(sheet.iter_rows(values_only=True), start=1)
        ]
        book.close()
    return lines


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
