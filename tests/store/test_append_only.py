"""What has happened stays: the database itself refuses to change it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from suggester.domain import Coding
from suggester.store import StudyStore, SuggestionRow
from suggester.store.database import connect

TABLES = {
    "codebook_versions": "note",
    "codes": "name",
    "coding_batches": "source",
    "coding_events": "memo",
    "finished_events": "at",
    "model_runs": "encoder",
    "suggestions": "probability",
}


@pytest.fixture
def raw(folder: Path, ready: StudyStore) -> Iterator[sqlite3.Connection]:
    ready.add_codings([Coding("Group 1", 0, 5, "Skills", "Ann")], source="x")
    ready.set_finished("Group 1", "Ann")
    run = ready.add_model("m", codebook_version=1, training_sha256="", encoder="e", metrics={})
    ready.add_suggestions(run, [SuggestionRow("Group 1", 0, 5, "Skills", 0.5, 1)])
    with closing(sqlite3.connect(folder / "project.db", isolation_level=None)) as connection:
        yield connection


@pytest.mark.parametrize("table", TABLES)
def test_raw_sql_can_neither_change_nor_delete(raw: sqlite3.Connection, table: str) -> None:
    before = raw.execute(f"SELECT * FROM {table}").fetchall()
    assert before
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
        raw.execute(f"UPDATE {table} SET {TABLES[table]} = 1")
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
        raw.execute(f"DELETE FROM {table}")
    assert raw.execute(f"SELECT * FROM {table}").fetchall() == before


@pytest.mark.usefixtures("raw")
def test_the_program_cannot_replace_an_event_either(folder: Path) -> None:
    with (
        closing(connect(folder / "project.db", "rw")) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute("INSERT OR REPLACE INTO coding_events SELECT * FROM coding_events")


@pytest.mark.usefixtures("raw")
def test_the_program_cannot_delete_what_others_point_to(folder: Path) -> None:
    with (
        closing(connect(folder / "project.db", "rw")) as connection,
        pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"),
    ):
        connection.execute("DELETE FROM transcripts")
