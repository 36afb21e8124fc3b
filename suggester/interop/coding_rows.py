"""Codings from a table, each row by its offsets or by its quote; rows that do not fit are listed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from suggester.domain import Codebook, Coding, Mode, Obstacle, Span, Transcript, Unplaced
from suggester.errors import TableError
from suggester.files.tables import Row, Table, read_table
from suggester.interop.accepting import accepted_rows, holds_suggestions
from suggester.interop.anchors import Anchors
from suggester.interop.lookups import CodeNames, TranscriptCells, shown

TRANSCRIPT_COLUMNS = (
    "transcript", "document", "document name", "file", "file name", "filename", "interview", "source",
)  # fmt: skip
CODER_COLUMNS = ("coder", "user", "author", "coded by", "coder name", "owner", "created by")
_COLUMNS = {
    "transcript": TRANSCRIPT_COLUMNS,
    "start": ("start", "start offset", "start position", "pos0"),
    "end": ("end", "end offset", "end position", "pos1"),
    "text": (
        "text", "quote", "quotation", "quotation content", "segment", "coded segment", "coded text",
        "content", "highlight", "passage", "excerpt",
    ),
    "code": ("code", "codes", "code name", "codename", "tag", "tags", "sub-category", "subcategory"),
    "coder": CODER_COLUMNS,
    "mode": ("mode",),
    "memo": ("memo", "comment", "comments", "note", "notes"),
}  # fmt: skip
_WHOLE_NUMBER = re.compile(r"\+?([0-9]{1,12})(?:\.0*)?")


@dataclass(frozen=True, slots=True)
class PlacedBy:
    """How many rows were placed by their offsets, and by their quote."""

    offsets: int
    quote: int


@dataclass(frozen=True, slots=True)
class ReadCodings:
    """What a table of codings gave.

    ``boundary_share`` is the share of spans placed by offsets that start and end at a word's edge, None
    without any: a low share means that the offsets are of another text. ``coders`` are those of the
    codings, in order of first use. ``accepted`` counts the rows of a table of suggestions that were
    accepted, and is None for a table of hand codings. ``unused_coder`` is the coder given for the rows
    that name none, if there are no such rows.
    """

    codings: tuple[Coding, ...]
    unplaced: tuple[Unplaced, ...]
    placed_by: PlacedBy
    boundary_share: float | None
    coders: tuple[str, ...]
    accepted: int | None = None
    unused_coder: str = ""


@dataclass(frozen=True, slots=True)
class _Placed:
    span: Span
    by_offsets: bool


class _NotPlaced(Exception):
    """A row has no place; the message is the reason. Never leaves this module."""

    def __init__(self, obstacle: Obstacle, reason: str) -> None:
        super().__init__(reason)
        self.obstacle = obstacle


def read_codings(
    path: Path,
    transcripts: Mapping[str, Transcript] | Iterable[Transcript],
    codebook: Codebook,
    *,
    coder: str | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> ReadCodings:
    """Read codings from a .csv, .tsv, .xlsx, .json or .jsonl table.

    A row with start and end is placed by these offsets (code points, end exclusive) and checked against
    its quote, if it has one; a row without, or whose offsets do not fit, by its quote, and only if that
    is there exactly once. Every other row is listed in ``unplaced`` with the reason. A cell with several
    codes (``;``, ``|`` or line breaks between them) gives as many codings.

    Of a table of suggestions (columns verdict and probability) only the rows are read whose cell
    ``accept`` is filled in; their mode is "assisted".

    Parameters
    ----------
    coder : str, optional
        Who coded the rows that name no coder.
    columns : mapping, optional
        The file's columns where the usual names are not used, for instance ``{"text": "Segment"}``; the
        keys are transcript, start, end, text, code, coder, mode and memo.

    Raises
    ------
    FileError
        The file cannot be read.
    TableError
        There is no column for the transcript or the code, none for offsets or quote, or no coder at all;
        no suggestion is accepted.
    """
    table = read_table(path, encoding)
    suggested = holds_suggestions(table)
    if suggested:
        table = accepted_rows(table)
    found = _find_columns(table, columns or {})
    _require_coder(table, found["coder"], coder)
    reader = _RowReader(
        found,
        TranscriptCells(transcripts),
        CodeNames(codebook),
        (coder or "").strip(),
        mode=Mode.ASSISTED if suggested else None,
    )
    codings: list[Coding] = []
    unplaced: list[Unplaced] = []
    by_offsets = by_quote = on_boundaries = 0
    for row in table.rows:
        try:
            placed, of_row = reader.read(row)
        except _NotPlaced as reason:
            unplaced.append(reader.unplaced(row, reason))
            continue
        codings += of_row
        if placed.by_offsets:
            by_offsets += 1
            on_boundaries += reader.on_boundaries(row, placed.span)
        else:
            by_quote += 1
    return ReadCodings(
        codings=tuple(codings),
        unplaced=tuple(unplaced),
        placed_by=PlacedBy(by_offsets, by_quote),
        boundary_share=on_boundaries / by_offsets if by_offsets else None,
        coders=tuple(dict.fromkeys(coding.coder for coding in codings)),
        accepted=len(table.rows) if suggested else None,
        unused_coder=_unused(table, found["coder"], coder),
    )


class _RowReader:
    """Reads one row after the other, keeping each transcript's folded text.

    ``mode`` is the mode of all rows, whatever they say; with None each row says its own.
    """

    def __init__(
        self,
        columns: Mapping[str, str | None],
        transcripts: TranscriptCells,
        codes: CodeNames,
        coder: str,
        *,
        mode: Mode | None,
    ) -> None:
        self._columns = columns
        self._transcripts = transcripts
        self._codes = codes
        self._coder = coder
        self._mode = mode
        self._anchors: dict[str, Anchors | str] = {}

    def read(self, row: Row) -> tuple[_Placed, list[Coding]]:
        anchors = self._anchors_of(row)
        if isinstance(anchors, str):
            raise _NotPlaced(Obstacle.TRANSCRIPT, anchors)
        coder = self._coder_of(row)
        if not coder:
            raise _NotPlaced(Obstacle.CELL, "no coder")
        named = self._codes.find(self._cell(row, "code"))
        if not named.codes:
            raise _NotPlaced(Obstacle.CODE, named.reason)
        mode = self._mode or _mode(self._cell(row, "mode"))
        placed = self._place(row, anchors)
        memo = self._cell(row, "memo").strip()
        name, span = anchors.transcript.name, placed.span
        return placed, [
            Coding(name, span.start, span.end, code.name, coder, mode, memo) for code in named.codes
        ]

    def unplaced(self, row: Row, why: _NotPlaced) -> Unplaced:
        transcript, code = self._cell(row, "transcript").strip(), self._cell(row, "code").strip()
        return Unplaced(
            row.number, shown(transcript), shown(code), self._coder_of(row), str(why), why.obstacle
        )

    def on_boundaries(self, row: Row, span: Span) -> bool:
        anchors = self._anchors_of(row)
        if isinstance(anchors, str):
            return False
        text = anchors.transcript.text
        return not any(
            text[edge - 1 : edge].isalnum() and text[edge : edge + 1].isalnum()
            for edge in (span.start, span.end)
        )

    def _place(self, row: Row, anchors: Anchors) -> _Placed:
        start_cell, end_cell = self._cell(row, "start").strip(), self._cell(row, "end").strip()
        quote = self._cell(row, "text")
        problem = ""
        if start_cell and end_cell:
            span = _span(start_cell, end_cell, len(anchors.transcript.text))
            if isinstance(span, Span):
                if not quote.strip() or anchors.fits(span.start, span.end, quote):
                    return _Placed(span, by_offsets=True)
                problem = f"the offsets {span.start} to {span.end} do not hold the quote"
            else:
                problem = span
        if not quote.strip():
            raise _NotPlaced(Obstacle.OFFSETS, problem or _neither(start_cell, end_cell))
        found = anchors.find(quote)
        if found.span is None:
            reason = f"{problem}, and {found.reason}" if problem else found.reason
            raise _NotPlaced(Obstacle.QUOTE, reason)
        return _Placed(found.span, by_offsets=False)

    def _anchors_of(self, row: Row) -> Anchors | str:
        name = self._cell(row, "transcript").strip()
        if not name:
            return "no transcript"
        if name not in self._anchors:
            transcript = self._transcripts.find(name)
            self._anchors[name] = transcript if isinstance(transcript, str) else Anchors(transcript)
        return self._anchors[name]

    def _coder_of(self, row: Row) -> str:
        return " ".join(self._cell(row, "coder").split()) or self._coder

    def _cell(self, row: Row, what: str) -> str:
        column = self._columns[what]
        return row.cells[column] if column is not None else ""


def _find_columns(table: Table, given: Mapping[str, str]) -> dict[str, str | None]:
    unknown = [name for name in given if name not in _COLUMNS]
    if unknown:
        raise TableError(f"'{unknown[0]}' is no column of codings", remedy=f"Use {', '.join(_COLUMNS)}.")
    found = {what: table.column(*names) for what, names in _COLUMNS.items()}
    for what, name in given.items():
        found[what] = table.require(what, name)
    for what in ("transcript", "code"):
        if found[what] is None:
            table.require(f"the {what}", *_COLUMNS[what])
    if found["text"] is None and (found["start"] is None or found["end"] is None):
        raise TableError(
            f"no columns for start and end, and none for the quote; the columns are {table.shown_columns}",
            file=table.path,
            place="row 1",
            remedy="Name them 'start' and 'end', or 'text', in the file's first row.",
        )
    return found


def _require_coder(table: Table, column: str | None, coder: str | None) -> None:
    if (coder or "").strip() or not table.rows:
        return
    if column is None or not any(row.cells[column].strip() for row in table.rows):
        raise TableError(
            "no row says who coded it",
            file=table.path,
            place=None if column is None else f"column '{column}'",
            remedy="Name the coder for the whole file with --coder, or add a column 'coder'.",
        )


def _unused(table: Table, column: str | None, coder: str | None) -> str:
    named_by_all = column is not None and all(row.cells[column].strip() for row in table.rows)
    return (coder or "").strip() if named_by_all and table.rows else ""


def _span(start_cell: str, end_cell: str, length: int) -> Span | str:
    start, end = _WHOLE_NUMBER.fullmatch(start_cell), _WHOLE_NUMBER.fullmatch(end_cell)
    if not start or not end:
        return f"the offsets '{start_cell[:20]}' to '{end_cell[:20]}' are not whole numbers"
    first, last = int(start[1]), int(end[1])
    if first >= last:
        return f"the offsets {first} to {last} are empty or reversed"
    if last > length:
        return f"the offsets {first} to {last} are beyond the transcript's end at {length}"
    return Span(first, last)


def _neither(start_cell: str, end_cell: str) -> str:
    if start_cell or end_cell:
        return "only one of start and end is given, and no quote"
    return "neither offsets nor a quote"


def _mode(cell: str) -> Mode:
    name = cell.strip().casefold()
    try:
        return Mode(name) if name else Mode.BLIND
    except ValueError as error:
        raise _NotPlaced(Obstacle.CELL, f"the mode is none of {', '.join(Mode)}") from error
