"""Revision 0002: marks of a batch, removal of transcripts, names compared in one Unicode form."""

import unicodedata

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"

_WITH_NAMES = ("coders", "cases", "transcripts", "codes")
_OF_A_TRANSCRIPT = ("coding_events", "finished_events", "suggestions")


def upgrade() -> None:
    """Add what the first format lacks."""
    op.execute("ALTER TABLE finished_events ADD COLUMN batch_id INTEGER REFERENCES coding_batches (id)")
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


def _fold_keys() -> None:
    connection = op.get_bind()
    op.execute("DROP TRIGGER codes_no_update")
    for table in _WITH_NAMES:
        for row in connection.execute(text(f"SELECT rowid AS row, name, key FROM {table}")).all():
            key = unicodedata.normalize("NFC", " ".join(row.name.split()).casefold())
            if key != row.key:
                connection.execute(
                    text(f"UPDATE {table} SET key = :key WHERE rowid = :row"), {"key": key, "row": row.row}
                )
    op.execute(
        "CREATE TRIGGER codes_no_update BEFORE UPDATE ON codes "
        "BEGIN SELECT RAISE(ABORT, 'codes is append-only'); END"
    )
