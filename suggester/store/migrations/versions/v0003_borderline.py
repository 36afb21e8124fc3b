"""Revision 0003: codes have borderline examples and near misses; those stored so far have none."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the two columns."""
    for column in ("borderline", "near_misses"):
        op.execute(f"ALTER TABLE codes ADD COLUMN {column} JSON NOT NULL DEFAULT '[]'")
