"""Tables of rows as text cells: CSV, Excel, JSON and JSON lines, in and out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from suggester.errors import FileError, TableError, UnknownFormat
from suggester.files.atomic import replacing, require_free
from suggester.files.delimited import csv_lines, write_csv
from suggester.files.excel import excel_lines, write_excel
from suggester.files.records import record_lines, write_json, write_json_lines
from suggester.files.text import decoded, read_bytes, refuse_name

_WRITERS = {".csv": write_csv, ".json": write_json, ".jsonl": write_json_lines}
_FORMATS = (".csv", ".xlsx", ".json", ".jsonl")
_TEXTS = {
    ".csv": csv_lines,
    ".tsv": csv_lines,
    ".txt": csv_lines,
    ".json": record_lines,
    ".jsonl": record_lines,
}
_EXCEL = frozenset({".xlsx", ".xlsm"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``number`` as a spreadsheet shows it (the header is row 1), ``cells`` by column.

    In a JSON file, where nothing is above the records, ``number`` is the record's, from 1.
    """

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text cells. ``path`` is where it came from; ``notes`` say how its encoding was guessed."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def column(self, *names: str) -> str | None:
        """The first column called one of ``names`` (case and outer spaces aside), or None."""
        found = {_key(column): column for column in self.columns}
        return next((found[key] for key in map(_key, names) if key in found), None)

    def require(self, what: str, *names: str) -> str:
        """As `column`, but a missing column is a `TableError` that lists the columns there are."""
        column = self.column(*names)
        if column is None:
            raise TableError(
                f"no column for {what}; the columns are {self.shown_columns}",
                file=self.path,
                place="row 1",
                remedy=f"Name it '{names[0]}' in the file's first row.",
            )
        return column

    @property
    def shown_columns(self) -> str:
        """The columns' names for a message, cut short: in a file without a header they are data."""
        shown = [f"'{_shown(name)}'" for name in self.columns[:12]]
        return ", ".join([*shown, "..."] if len(self.columns) > 12 else shown) or "none"


def read_table(path: Path, encoding: str | None = None) -> Table:
    """Read a CSV (comma, semicolon or tab), the first sheet of an Excel file, or JSON records.

    Cells keep their text exactly, inner line breaks as LF; wholly empty rows are left out.

    Raises
    ------
    FileError
        The file cannot be read, or has no header.
    TableError
        A column name occurs twice, or a row has more cells than the header.
    """
    path = Path(path)
    refuse_name(path)
    suffix = path.suffix.lower()
    notes: tuple[str, ...] = ()
    if suffix in _EXCEL:
        lines = excel_lines(path)
    elif suffix in _TEXTS:
        found = decoded(read_bytes(path), path, encoding)
        lines, notes = _TEXTS[suffix](found.text, path), found.notes
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
                remedy=(
                    "The first filled row must hold the column names: delete a title above them."
                    if suffix in _EXCEL
                    else "Put quotation marks around a cell that contains the separator; a title above "
                    "the column names must go."
                ),
            )
        padded = [*line, *([""] * len(columns))][: len(columns)]
        rows.append(Row(number, dict(zip(columns, padded, strict=True))))
    return Table(path, columns, tuple(rows), notes)


def write_table(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]], *, sheet: str = "suggester"
) -> None:
    """Write rows as .csv, .xlsx, .json or .jsonl by the ending of ``path``, replacing it at once.

    None becomes an empty cell (``null`` in JSON). Cells of Excel files are text or numbers, never
    formulas. Numbers are written in full. ``sheet`` is what an Excel file's sheet is called.

    Raises
    ------
    UnknownFormat
        Another ending.
    FileError
        The file cannot be written.
    TableError
        The table, or a cell of it, is larger than Excel can hold.
    """
    path = Path(path)
    _require_format(path)
    suffix = path.suffix.lower()
    with replacing(path) as temporary:
        try:
            if suffix in _EXCEL:
                write_excel(temporary, columns, rows, sheet)
            else:
                _WRITERS[suffix](temporary, columns, rows)
        except TableError as error:
            # The writer knows the temporary file only.
            raise TableError(error.problem, file=path, place=error.place, remedy=error.remedy) from error
        except UnicodeEncodeError as error:
            raise FileError(
                "cannot be written: a cell holds half of a surrogate pair, which is no character",
                file=path,
                remedy="Look for damaged emoji in the file the text came from.",
            ) from error


def require_output(path: Path, *, overwrite: bool) -> None:
    """Ask before long work whether `write_table` may write to ``path``.

    Raises
    ------
    UnknownFormat
        It does not know the ending.
    FileError
        There is a file of this name and ``overwrite`` is False, or its folder is not there.
    """
    _require_format(path)
    require_free(path, overwrite)


def _require_format(path: Path) -> None:
    if path.suffix.lower() not in _FORMATS:
        raise UnknownFormat(
            f"'{path.suffix}' is no table format", file=path, remedy=f"Use one of {', '.join(_FORMATS)}."
        )


def _key(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").split()).casefold()


def _shown(name: str) -> str:
    return name if len(name) <= 30 else f"{name[:30]}..."


def _refuse_repeated(columns: Sequence[str], path: Path) -> None:
    seen: set[str] = set()
    for name in columns:
        if name and _key(name) in seen:
            raise TableError(
                f"the column '{_shown(name)}' is there twice", file=path, place="row 1", remedy="Rename one."
            )
        seen.add(_key(name))
