"""Revision 0002: marks and undoing of a batch, removal of transcripts, names compared in one Unicode form."""

import unicodedata
from collections.abc import Iterable
from itertools import count, groupby

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"

# Tables with names, and within what a name may be there once: in the table, or in one version.
_WITH_NAMES = {"coders": "0", "cases": "0", "transcripts": "0", "codes": "version"}
_OF_A_TRANSCRIPT = ("coding_events", "finished_events", "suggestions")


def upgrade() -> None:
    """Add what the first format lacks."""
    op.execute("ALTER TABLE finished_events ADD COLUMN batch_id INTEGER REFERENCES coding_batches (id)")
    op.execute("ALTER TABLE coding_batches ADD COLUMN undoes INTEGER REFERENCES coding_batches (id)")
    _find_undone()
    # While a removal is under way it names its transcript; only that one's events can be deleted.
    op.execute(
        "CREATE TABLE removals (id INTEGER NOT NULL PRIMARY KEY, transcript_id INTEGER, "
        "name TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL)"
    )
    for table in _OF_A_TRANSCRIPT:
        op.execute(f"DROP TRIGGER {table}_no_delete")
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            "WHEN NOT EXISTS (SELECT 1 FROM removals WHERE removals.transcript_id = OLD.transcript_id) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    op.execute(
        "CREATE TRIGGER removals_no_delete BEFORE DELETE ON removals "
        "BEGIN SELECT RAISE(ABORT, 'removals is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER removals_no_update BEFORE UPDATE ON removals WHEN NEW.transcript_id IS NOT NULL "
        "OR NEW.name <> OLD.name OR NEW.reason <> OLD.reason OR NEW.at <> OLD.at "
        "BEGIN SELECT RAISE(ABORT, 'removals is append-only'); END"
    )
    _fold_keys()


def _find_undone() -> None:
    """What a batch undid is told by what it removed: all of it was added by that other one."""
    op.execute("DROP TRIGGER coding_batches_no_update")
    op.execute(
        "UPDATE coding_batches SET undoes = (SELECT added.batch_id FROM coding_events AS removed "
        "JOIN coding_events AS added ON added.guid = removed.guid AND added.action = 'add' "
        "WHERE removed.batch_id = coding_batches.id AND removed.action = 'remove')"
    )
    op.execute(
        "CREATE TRIGGER coding_batches_no_update BEFORE UPDATE ON coding_batches "
        "BEGIN SELECT RAISE(ABORT, 'coding_batches is append-only'); END"
    )


def _fold_keys() -> None:
    connection = op.get_bind()
    op.execute("DROP TRIGGER codes_no_update")
    for table, scope in _WITH_NAMES.items():
        query = f"SELECT rowid AS row, name, key, {scope} AS scope FROM {table} ORDER BY scope, rowid"
        rows = connection.execute(text(query)).all()
        names = [
            name
            for _, several in groupby(rows, key=lambda row: row.scope)
            for name in _told_apart([row.name for row in several])
        ]
        changes = [
            {"name": name, "key": _folded(name), "row": row.row}
            for row, name in zip(rows, names, strict=True)
            if (name, _folded(name)) != (row.name, row.key)
        ]
        if changes:
            # No key begins with a space: so none of the new ones meets an old one that is yet to change.
            connection.execute(text(f"UPDATE {table} SET key = ' ' || :row WHERE rowid = :row"), changes)
            connection.execute(
                text(f"UPDATE {table} SET name = :name, key = :key WHERE rowid = :row"), changes
            )
    op.execute(
        "CREATE TRIGGER codes_no_update BEFORE UPDATE ON codes "
        "BEGIN SELECT RAISE(ABORT, 'codes is append-only'); END"
    )


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split()).casefold())


def _told_apart(names: Iterable[str]) -> list[str]:
    """The names, of which those that an earlier one equals get the next free number: "Zoë (2)"."""
    apart = list(names)
    # The names that stay as they are come first: a number must not take the name of a later one.
    first: dict[str, int] = {}
    for place, name in enumerate(apart):
        first.setdefault(_folded(name), place)
    taken = set(first)
    for place, name in enumerate(apart):
        if first[_folded(name)] != place:
            apart[place] = next(
                new for number in count(2) if _folded(new := f"{name} ({number})") not in taken
            )
            taken.add(_folded(apart[place]))
    return apart
