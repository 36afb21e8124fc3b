"""Transcripts in tables (.csv, .tsv, .xlsx): one row per turn, any number of transcripts."""

from collections.abc import Mapping
from pathlib import Path

from suggester.corpus.readers.package import opened
from suggester.corpus.reading import Conversation, Utterance
from suggester.corpus.stamps import seconds_of
from suggester.errors import TableError
from suggester.files.tables import Row, Table, read_table

USUAL = {
    "text": ("text", "utterance", "content", "transcription", "said", "sentence"),
    "speaker": ("speaker", "name", "who", "speaker name"),
    "transcript": ("transcript", "interview", "document", "document name", "session"),
    "case": ("case",),
    "time": ("time", "start", "timestamp", "start time", "seconds"),
}
"""Names under which each column is looked for, by what it holds."""


def read_sheet(
    path: Path, columns: Mapping[str, str], encoding: str | None = None
) -> tuple[Conversation, ...]:
    """The transcripts of a table, in order of their first row.

    Parameters
    ----------
    path : path
        A .csv, .tsv or .xlsx file; of the last, the first sheet.
    columns : mapping of str to str
        Names of columns where they are not the usual ones (see `USUAL`).
    encoding : str, optional
        Of a .csv or .tsv file.

    Raises
    ------
    TableError
        A column is missing, a mapping has an unknown key, or a row names no transcript.
    """
    unknown = sorted(set(columns) - set(USUAL))
    if unknown:
        raise TableError(
            f"no such column to map: '{unknown[0]}'",
            file=path,
            remedy=f"With --column map any of {', '.join(USUAL)}.",
        )
    if path.suffix.lower() == ".xlsx":
        with opened(path):
            pass
    table = read_table(path, encoding)
    text_column = table.require("what was said", *_names("text", columns))
    if table.column("code", "codes", "code name", "tag") and not _find(table, "speaker", columns):
        raise TableError(
            "looks like a table of codings, not of what was said",
            file=path,
            remedy="Use 'suggester codings import', or give the transcripts a speaker column.",
        )
    found = {what: _find(table, what, columns) for what in ("speaker", "transcript", "case", "time")}
    by_name: dict[str, list[Row]] = {}
    for row in table.rows:
        if not row.cells[text_column].strip():
            continue
        by_name.setdefault(_transcript_of(row, found["transcript"], path), []).append(row)
    return tuple(
        Conversation(
            name,
            "a table with a column for the speaker" if found["speaker"] else "a table without speakers",
            tuple(_utterance(row, text_column, found["speaker"], found["time"]) for row in rows),
            _case_of(name, rows, found["case"], path),
            table.notes,
        )
        for name, rows in by_name.items()
    )


def _names(what: str, columns: Mapping[str, str]) -> tuple[str, ...]:
    return (columns[what],) if what in columns else USUAL[what]


def _find(table: Table, what: str, columns: Mapping[str, str]) -> str | None:
    names = _names(what, columns)
    return table.require(f"the {what}", *names) if what in columns else table.column(*names)


def _transcript_of(row: Row, column: str | None, path: Path) -> str:
    if column is None:
        return path.stem
    name = row.cells[column].strip()
    if not name:
        raise TableError(
            "names no transcript",
            file=path,
            place=f"row {row.number}",
            remedy=f"Fill in the column '{column}'.",
        )
    return name


def _case_of(name: str, rows: list[Row], column: str | None, path: Path) -> str | None:
    if column is None:
        return None
    cases = {case for row in rows if (case := row.cells[column].strip())}
    if len(cases) > 1:
        raise TableError(
            f"the transcript '{name}' has {len(cases)} cases",
            file=path,
            place=f"rows {rows[0].number} to {rows[-1].number}",
            remedy="Give all rows of a transcript the same case.",
        )
    return next(iter(cases), None)


def _utterance(row: Row, text: str, speaker: str | None, time: str | None) -> Utterance:
    who = " ".join(row.cells[speaker].split()) if speaker else ""
    return Utterance(row.cells[text].strip(), who or None, _seconds(row.cells[time]) if time else None)


def _seconds(cell: str) -> float | None:
    try:
        seconds = float(cell.replace(",", "."))
    except ValueError:
        return seconds_of(cell)
    return seconds if 0 <= seconds < float("inf") else None
