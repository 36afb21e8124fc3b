"""Tables of suggestions that come back: only the rows that a person accepted are codings."""

from dataclasses import replace

from suggester.errors import TableError
from suggester.files.tables import Table

ACCEPT = "accept"
_ACCEPTED = frozenset(
    {"x", "xx", "yes", "y", "ja", "j", "oui", "si", "1", "true", "wahr", "ok", "✓", "✔", "+"}
)
_NOT_ACCEPTED = frozenset({"", "-", "no", "n", "nein", "non", "0", "false", "falsch"})


def holds_suggestions(table: Table) -> bool:
    """Whether it is a table that `suggest` wrote: hand codings have neither verdict nor probability."""
    return table.column("verdict") is not None and table.column("probability") is not None


def accepted_rows(table: Table) -> Table:
    """The table with the rows alone whose cell ``accept`` says yes.

    Raises
    ------
    TableError
        There is no such column, no row is accepted (not one suggestion is a coding by itself), or an
        answer is neither a yes nor a no.
    """
    column = table.column(ACCEPT)
    if column is None:
        raise TableError(
            f"is a table of suggestions and has no column '{ACCEPT}'",
            file=table.path,
            place="row 1",
            remedy=f"Add a column '{ACCEPT}' and write x in it in the rows whose code is right.",
        )
    for row in table.rows:
        answer = row.cells[column].strip().casefold()
        if answer not in _ACCEPTED | _NOT_ACCEPTED:
            raise TableError(
                f"'{row.cells[column].strip()[:40]}' is neither a yes nor a no",
                file=table.path,
                place=f"row {row.number}, column '{column}'",
                remedy="Write x to accept the row, and nothing or no to leave it.",
            )
    rows = tuple(row for row in table.rows if row.cells[column].strip().casefold() in _ACCEPTED)
    if not rows:
        raise TableError(
            "is a table of suggestions, of which none is accepted",
            file=table.path,
            place=f"column '{column}'",
            remedy="Write x there in the rows whose code is right.",
        )
    return replace(table, rows=rows)
