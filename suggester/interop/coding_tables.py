"""Codings written as a table, and the table of finished transcripts read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from suggester.domain import Coding, Transcript
from suggester.errors import CodingError, TableError
from suggester.files.tables import read_table, write_table
from suggester.interop.coding_rows import CODER_COLUMNS, TRANSCRIPT_COLUMNS

_COLUMNS = ("transcript", "start", "end", "text", "code", "coder", "mode", "memo")
_YES = frozenset({"yes", "y", "true", "1", "x", "finished", "done"})
_NO = frozenset({"no", "n", "false", "0", "", "unfinished"})


@dataclass(frozen=True, slots=True)
class FinishedRow:
    """A coder has finished a transcript; ``row`` is the row's number in the file."""

    transcript: str
    coder: str
    row: int


def write_codings(
    path: Path,
    codings: Iterable[Coding],
    transcripts: Mapping[str, Transcript] | Iterable[Transcript],
) -> int:
    """Write codings as .csv, .xlsx, .json or .jsonl, one a row, and return how many.

    The columns are transcript, start, end (code points, end exclusive), text, code, coder, mode, memo;
    `read_codings` reads them back.

    Raises
    ------
    CodingError
        A coding names a transcript that is not there, or a span outside its text.
    FileError, UnknownFormat, TableError
        The file cannot be written; a cell is longer than Excel can hold.
    """
    given = transcripts.values() if isinstance(transcripts, Mapping) else transcripts
    texts = {transcript.name: transcript.text for transcript in given}
    rows = [_row(coding, texts) for coding in codings]
    write_table(path, _COLUMNS, rows, sheet="Codings")
    return len(rows)


def read_finished(path: Path) -> tuple[FinishedRow, ...]:
    """Read which transcripts each coder has finished: columns transcript and coder.

    With a column ``finished``, rows that say no there, or nothing, are left out.

    Raises
    ------
    FileError
        The file cannot be read.
    TableError
        A column is missing, or a row lacks its transcript or coder or has an unclear ``finished``.
    """
    table = read_table(path)
    transcript_column = table.require("the transcript", *TRANSCRIPT_COLUMNS)
    coder_column = table.require("the coder", *CODER_COLUMNS)
    finished_column = table.column("finished", "done", "complete", "completed")
    rows = []
    for row in table.rows:
        place = f"row {row.number}"
        if finished_column is not None:
            answer = row.cells[finished_column].strip().casefold()
            if answer in _NO:
                continue
            if answer not in _YES:
                raise TableError(
                    f"'{finished_column}' says neither yes nor no",
                    file=table.path,
                    place=place,
                    remedy="Write 'yes' or 'no'.",
                )
        transcript = row.cells[transcript_column].strip()
        coder = " ".join(row.cells[coder_column].split())
        if not transcript or not coder:
            raise TableError(
                f"no {'coder' if transcript else 'transcript'}",
                file=table.path,
                place=place,
                remedy="Fill in the cell, or remove the row.",
            )
        rows.append(FinishedRow(transcript, coder, row.number))
    return tuple(rows)


def _row(coding: Coding, texts: Mapping[str, str]) -> tuple[object, ...]:
    text = texts.get(coding.transcript)
    place = f"characters {coding.start} to {coding.end}"
    if text is None:
        raise CodingError(
            f"the transcript '{coding.transcript}' of a coding is not there",
            place=place,
            remedy="Export with all transcripts that were coded.",
        )
    if not 0 <= coding.start < coding.end <= len(text):
        raise CodingError(
            f"a coding is outside the text of '{coding.transcript}'",
            place=place,
            remedy="Import the codings again for the text that is in the study.",
        )
    return (
        coding.transcript,
        coding.start,
        coding.end,
        text[coding.start : coding.end],
        coding.code,
        coding.coder,
        str(coding.mode),
        coding.memo,
    )
