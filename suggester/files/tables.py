"""Tables of rows: CSV and Excel in; CSV, Excel, JSON and JSON lines out."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from suggester.errors import FileError, TableError, UnknownFormat
from suggester.files.atomic import replacing
from suggester.files.text import read_bytes, read_text

_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``number`` as a spreadsheet shows it (the header is row 1), ``cells`` by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text cells. ``path`` is where it came from, for messages."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def column(self, *names: str) -> str | None:
        """The first column called one of ``names`` (case and outer spaces aside), or None."""
        found = {_key(column): column for column in self.columns}
        return next((found[key] for key in map(_key, names) if key in found), None)

    def require(self, what: str, *names: str) -> str:
        """As `column`, but a missing column is a `TableError` that lists the columns there are."""
        column = self.column(*names)
        if column is None:
            there = ", ".join(f"'{name}'" for name in self.columns) or "none"
            raise TableError(
                f"no column for {what}; the columns are {there}",
                file=self.path,
                place="row 1",
                remedy=f"Name it '{names[0]}' in the file's first row.",
            )
        return column


def read_table(path: Path, encoding: str | None = None) -> Table:
    """Read a CSV (comma, semicolon or tab) or the first sheet of an Excel file.

    Cells keep their text exactly, inner line breaks as LF; wholly empty rows are left out.

    Raises
    ------
    FileError
        The file cannot be read, or has no header.
    TableError
        A column name occurs twice, or a row has more cells than the header.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix in {".xlsx", ".xlsm"}:
        lines = _excel_lines(path)
    elif suffix in {".csv", ".tsv", ".txt"}:
        lines = _csv_lines(path, encoding)
    else:
        raise UnknownFormat(
            f"'{suffix}' is no table format", file=path, remedy="Save the table as .csv or .xlsx."
        )
    numbered = [(number, line) for number, line in lines if any(cell.strip() for cell in line)]
    if not numbered:
        raise FileError("holds no rows", file=path, remedy="The first row must name the columns.")
    columns = tuple(name.strip() for name in numbered[0][1])
    while columns and not columns[-1]:
        columns = columns[:-1]
    _refuse_repeated(columns, path)
    rows = []
    for number, line in numbered[1:]:
        if any(cell.strip() for cell in line[len(columns) :]):
            raise TableError(
                f"has {len(line)} cells where the header has {len(columns)}",
                file=path,
                place=f"row {number}",
                remedy="Put quotation marks around a cell that contains the separator.",
            )
        padded = [*line, *([""] * len(columns))][: len(columns)]
        rows.append(Row(number, dict(zip(columns, padded, strict=True))))
    return Table(path, columns, tuple(rows))


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows as .csv, .xlsx, .json or .jsonl by the ending of ``path``, replacing it at once.

    None becomes an empty cell (``null`` in JSON). Cells of Excel files are text or numbers, never
    formulas. Numbers are written in full.

    Raises
    ------
    UnknownFormat
        Another ending.
    FileError
        The file cannot be written.
    """
    path = Path(path)
    writers = {".csv": _write_csv, ".xlsx": _write_excel, ".json": _write_json, ".jsonl": _write_lines}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise UnknownFormat(
            f"'{path.suffix}' is no table format", file=path, remedy=f"Use one of {', '.join(writers)}."
        )
    with replacing(path) as temporary:
        writer(temporary, columns, rows)


def _key(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").split()).casefold()


def _refuse_repeated(columns: Sequence[str], path: Path) -> None:
    seen: set[str] = set()
    for name in columns:
        if name and _key(name) in seen:
            raise TableError(
                f"the column '{name}' is there twice", file=path, place="row 1", remedy="Rename one."
            )
        seen.add(_key(name))


def _csv_lines(path: Path, encoding: str | None) -> list[tuple[int, list[str]]]:
    text = read_text(path, encoding)
    header = text.split("\n", 1)[0]
    separator = max(",;\t", key=header.count)
    # Cells of hand-coded passages are long; the default limit of 128 kB is not.
    csv.field_size_limit(2**31 - 1)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        return list(enumerate(reader, start=1))
    except csv.Error as error:
        raise FileError(
            f"is not well-formed CSV: {error}",
            file=path,
            remedy="Look for a quotation mark that is opened and never closed, or save it as .xlsx.",
        ) from error


def _excel_lines(path: Path) -> list[tuple[int, list[str]]]:
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if not read_bytes(path).startswith(_ZIP):
        raise FileError(
            "is no .xlsx file, or is protected by a password",
            file=path,
            remedy="Open it in a spreadsheet program, remove the password and save it as .xlsx.",
        )
    try:
        sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
        values = list(sheet.iter_rows(values_only=True))
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise FileError(
            f"cannot be read as .xlsx ({type(error).__name__})", file=path, remedy="Save it anew as .xlsx."
        ) from error
    return [(number, [_cell_text(value) for value in line]) for number, line in enumerate(values, start=1)]


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "")


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    # The mark in front makes Excel read UTF-8; `read_table` drops it again.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def _write_excel(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("suggester")
    sheet.freeze_panes = "A2"
    sheet.append(list(columns))
    for row in rows:
        line: list[object] = []
        for value in row:
            if isinstance(value, str):
                cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value)[:32767])
                cell.data_type = "s"
                line.append(cell)
            else:
                line.append(value)
        sheet.append(line)
    book.save(path)


def _write_json(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    path.write_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_lines(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n")
