"""Tables of suggestions that come back: only the rows that a person accepted are codings."""

from dataclasses import replace

from suggester.errors import TableError
from suggester.files.tables import Table

ACCEPT = "accept"
_NOT_ACCEPTED = frozenset({"", "-", "no", "n", "nein", "0", "false", "falsch"})


def holds_suggestions(table: Table) -> bool:
    """Whether it is a table that `suggest` wrote: hand codings have neither verdict nor probability."""
    return table.column("verdict") is not None and table.column("probability") is not None


def accepted_rows(table: Table) -> Table:
    """The table with the rows alone whose cell ``accept`` is filled in with anything but a no.

    Raises
    ------
    TableError
        There is no such column, or no row is accepted: not one suggestion is a coding by itself.
    """
    column = table.column(ACCEPT)
    if column is None:
        raise TableError(
            f"is a table of suggestions and has no column '{ACCEPT}'",
            file=table.path,
            place="row 1",
            remedy=f"Add a column '{ACCEPT}' and write x in it in the rows whose code is right.",
        )
    rows = tuple(row for row in table.rows if row.cells[column].strip().casefold() not in _NOT_ACCEPTED)
    if not rows:
        raise TableError(
            "is a table of suggestions, of which none is accepted",
            file=table.path,
            place=f"column '{column}'",
            remedy="Write x there in the rows whose code is right.",
        )
    return replace(table, rows=rows)
