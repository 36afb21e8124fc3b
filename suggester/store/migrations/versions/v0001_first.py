"""Revision 0001: the first format."""

from alembic import op

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE study (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    unit TEXT NOT NULL,
    words INTEGER NOT NULL CHECK (words > 0)
);
CREATE TABLE coders (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'model'))
);
CREATE TABLE cases (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    variables JSON NOT NULL
);
CREATE TABLE transcripts (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    text TEXT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE,
    case_id INTEGER REFERENCES cases (id),
    source TEXT NOT NULL,
    source_sha256 TEXT,
    layout TEXT NOT NULL,
    imported_at TEXT NOT NULL
);
CREATE TABLE turns (
    transcript_id INTEGER NOT NULL REFERENCES transcripts (id),
    position INTEGER NOT NULL,
    start INTEGER NOT NULL CHECK (start >= 0),
    "end" INTEGER NOT NULL CHECK ("end" >= start),
    speaker TEXT,
    role TEXT NOT NULL CHECK (role IN ('interviewer', 'participant')),
    seconds FLOAT,
    PRIMARY KEY (transcript_id, position)
) WITHOUT ROWID;
CREATE TABLE codebook_versions (
    number INTEGER NOT NULL PRIMARY KEY,
    created_at TEXT NOT NULL,
    source TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE TABLE codes (
    version INTEGER NOT NULL REFERENCES codebook_versions (number),
    guid TEXT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    heading TEXT NOT NULL,
    level TEXT NOT NULL,
    definition TEXT NOT NULL,
    include TEXT NOT NULL,
    exclude TEXT NOT NULL,
    examples JSON NOT NULL,
    color TEXT NOT NULL,
    PRIMARY KEY (version, guid),
    UNIQUE (version, position),
    UNIQUE (version, key)
);
CREATE TABLE coding_batches (
    id INTEGER NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    source TEXT NOT NULL
);
CREATE TABLE coding_events (
    id INTEGER NOT NULL PRIMARY KEY,
    action TEXT NOT NULL CHECK (action IN ('add', 'remove')),
    guid TEXT NOT NULL,
    transcript_id INTEGER NOT NULL REFERENCES transcripts (id),
    start INTEGER NOT NULL CHECK (start >= 0),
    "end" INTEGER NOT NULL CHECK ("end" > start),
    code_guid TEXT NOT NULL,
    coder_id INTEGER NOT NULL REFERENCES coders (id),
    mode TEXT NOT NULL CHECK (mode IN ('blind', 'assisted', 'adjudicated')),
    codebook_version INTEGER NOT NULL,
    at TEXT NOT NULL,
    memo TEXT NOT NULL,
    batch_id INTEGER NOT NULL REFERENCES coding_batches (id),
    FOREIGN KEY (codebook_version, code_guid) REFERENCES codes (version, guid),
    UNIQUE (guid, action)
);
CREATE INDEX ix_coding_events_transcript_id ON coding_events (transcript_id);
CREATE INDEX ix_coding_events_batch_id ON coding_events (batch_id);
CREATE TABLE finished_events (
    id INTEGER NOT NULL PRIMARY KEY,
    transcript_id INTEGER NOT NULL REFERENCES transcripts (id),
    coder_id INTEGER NOT NULL REFERENCES coders (id),
    finished BOOLEAN NOT NULL CHECK (finished IN (0, 1)),
    at TEXT NOT NULL
);
CREATE TABLE model_runs (
    id INTEGER NOT NULL PRIMARY KEY,
    bundle TEXT NOT NULL UNIQUE,
    trained_at TEXT NOT NULL,
    codebook_version INTEGER NOT NULL REFERENCES codebook_versions (number),
    training_sha256 TEXT NOT NULL,
    encoder TEXT NOT NULL,
    metrics JSON NOT NULL
);
CREATE TABLE suggestions (
    run_id INTEGER NOT NULL REFERENCES model_runs (id),
    transcript_id INTEGER NOT NULL REFERENCES transcripts (id),
    start INTEGER NOT NULL CHECK (start >= 0),
    "end" INTEGER NOT NULL CHECK ("end" > start),
    code_guid TEXT NOT NULL,
    probability FLOAT NOT NULL CHECK (probability BETWEEN 0 AND 1),
    rank INTEGER NOT NULL CHECK (rank > 0),
    at TEXT NOT NULL,
    PRIMARY KEY (run_id, transcript_id, start, "end", code_guid)
) WITHOUT ROWID
"""

_APPEND_ONLY = (
    "codebook_versions",
    "codes",
    "coding_batches",
    "coding_events",
    "finished_events",
    "model_runs",
    "suggestions",
)


def upgrade() -> None:
    """Make the tables, and the triggers that hold what must not change."""
    for statement in _TABLES.split(";\n"):
        op.execute(statement)
    for table in _APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    op.execute(
        "CREATE TRIGGER transcripts_text_is_immutable BEFORE UPDATE OF text, sha256 ON transcripts "
        "BEGIN SELECT RAISE(ABORT, 'the text of a transcript is immutable'); END"
    )
