"""The tables as SQLAlchemy sees them. The migrations make them; a test holds the two together."""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    UniqueConstraint,
    exists,
    func,
    select,
)

metadata = MetaData()

study = Table(
    "study",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("words", Integer, nullable=False),
)

# A ``key`` is the name as names are compared: see `folded`.
coders = Table(
    "coders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("variables", JSON, nullable=False),
)

transcripts = Table(
    "transcripts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("sha256", Text, nullable=False, unique=True),
    Column("case_id", ForeignKey("cases.id")),
    Column("source", Text, nullable=False),
    Column("source_sha256", Text),
    Column("layout", Text, nullable=False),
    Column("imported_at", Text, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("transcript_id", ForeignKey("transcripts.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("speaker", Text),
    Column("role", Text, nullable=False),
    Column("seconds", Float),
)

codebook_versions = Table(
    "codebook_versions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("created_at", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("note", Text, nullable=False),
)

codes = Table(
    "codes",
    metadata,
    Column("version", ForeignKey("codebook_versions.number"), primary_key=True),
    Column("guid", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("heading", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("definition", Text, nullable=False),
    Column("include", Text, nullable=False),
    Column("exclude", Text, nullable=False),
    Column("examples", JSON, nullable=False),
    Column("color", Text, nullable=False),
    Column("borderline", JSON, nullable=False),
    Column("near_misses", JSON, nullable=False),
    UniqueConstraint("version", "position"),
    UniqueConstraint("version", "key"),
)

coding_batches = Table(
    "coding_batches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("undoes", ForeignKey("coding_batches.id")),
)

coding_events = Table(
    "coding_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("action", Text, nullable=False),
    Column("guid", Text, nullable=False),
    Column("transcript_id", ForeignKey("transcripts.id"), nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("code_guid", Text, nullable=False),
    Column("coder_id", ForeignKey("coders.id"), nullable=False),
    Column("mode", Text, nullable=False),
    Column("codebook_version", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("memo", Text, nullable=False),
    Column("batch_id", ForeignKey("coding_batches.id"), nullable=False, index=True),
    ForeignKeyConstraint(["codebook_version", "code_guid"], ["codes.version", "codes.guid"]),
    UniqueConstraint("guid", "action"),
)

finished_events = Table(
    "finished_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("transcript_id", ForeignKey("transcripts.id"), nullable=False),
    Column("coder_id", ForeignKey("coders.id"), nullable=False),
    Column("finished", Boolean, nullable=False),
    Column("at", Text, nullable=False),
    Column("batch_id", ForeignKey("coding_batches.id")),
)

model_runs = Table(
    "model_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bundle", Text, nullable=False, unique=True),
    Column("trained_at", Text, nullable=False),
    Column("codebook_version", ForeignKey("codebook_versions.number"), nullable=False),
    Column("training_sha256", Text, nullable=False),
    Column("encoder", Text, nullable=False),
    Column("metrics", JSON, nullable=False),
)

suggestions = Table(
    "suggestions",
    metadata,
    Column("run_id", ForeignKey("model_runs.id"), primary_key=True),
    Column("transcript_id", ForeignKey("transcripts.id"), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("end", Integer, primary_key=True),
    Column("code_guid", Text, primary_key=True),
    Column("probability", Float, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("at", Text, nullable=False),
)

# ``transcript_id`` is set only while the removal is under way (see the triggers).
removals = Table(
    "removals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("transcript_id", Integer),
    Column("name", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
)


def current_codings() -> Select[Any]:
    """Every coding that was added and not removed since, with the columns of `coding_events`."""
    removal = coding_events.alias("removal")
    removed = exists().where(removal.c.guid == coding_events.c.guid, removal.c.action == "remove")
    return select(coding_events).where(coding_events.c.action == "add", ~removed)


def current_version() -> Select[Any]:
    """The number of the newest codebook version; NULL before the first."""
    return select(func.max(codebook_versions.c.number))
