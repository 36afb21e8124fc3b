"""The table that says which case each transcript belongs to, and the cases' variables."""

from dataclasses import dataclass
from pathlib import Path

from suggester.corpus.importing import READABLE
from suggester.domain import Case
from suggester.errors import TableError
from suggester.files.tables import Row, Table, read_table


@dataclass(frozen=True, slots=True)
class TranscriptCase:
    """One row: the transcript's name, its case with all variables, the row's number in the file."""

    transcript: str
    case: Case
    row: int


def read_cases(path: Path) -> tuple[TranscriptCase, ...]:
    """Read a table with the columns transcript, case, and one for each variable.

    A variable needs to be filled in once per case; the ending of a transcript's file name is
    dropped.

    Raises
    ------
    TableError
        A column is missing, a cell is empty, a transcript occurs twice, or two rows of a case
        disagree about a variable.
    FileError
        The file cannot be read.
    """
    table = read_table(Path(path))
    transcript = table.require(
        "the transcript", "transcript", "document", "document name", "interview", "file"
    )
    case = table.require("the case", "case", "group", "participant")
    variables = [column for column in table.columns if column and column not in {transcript, case}]
    rows_of: dict[str, int] = {}
    values: dict[str, dict[str, str]] = {}
    for row in table.rows:
        name = _without_suffix(_filled(row, transcript, table))
        if name in rows_of:
            raise TableError(
                f"the transcript '{name}' is in row {rows_of[name]} already",
                file=table.path,
                place=f"row {row.number}",
                remedy="Give each transcript one row.",
            )
        rows_of[name] = row.number
        _merge(values.setdefault(_filled(row, case, table), {}), row, variables, table)
    return tuple(
        TranscriptCase(
            _without_suffix(_filled(row, transcript, table)),
            Case(_filled(row, case, table), dict(values[_filled(row, case, table)])),
            row.number,
        )
        for row in table.rows
    )


def _filled(row: Row, column: str, table: Table) -> str:
    cell = row.cells[column].strip()
    if not cell:
        raise TableError(
            f"the column '{column}' is empty",
            file=table.path,
            place=f"row {row.number}",
            remedy="Fill it in, or remove the row.",
        )
    return cell


def _without_suffix(name: str) -> str:
    suffix = Path(name).suffix
    return name.removesuffix(suffix) if suffix.lower() in READABLE else name


def _merge(known: dict[str, str], row: Row, variables: list[str], table: Table) -> None:
    for variable in variables:
        value = row.cells[variable].strip()
        if not value:
            continue
        if known.setdefault(variable, value) != value:
            raise TableError(
                f"gives '{variable}' another value than an earlier row of the same case",
                file=table.path,
                place=f"row {row.number}",
                remedy="A variable has one value per case.",
            )
