"""Migrations: the tables they make, the backup before them, and what a failing one leaves."""

import shutil
import sqlite3
import stat
import unicodedata
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from suggester.domain import Code, Codebook, Coding, folded
from suggester.errors import StudyBusy, StudyError
from suggester.store import StudyStore, migrating, study

HEAD = migrating.HEAD
NEXT = f"{int(HEAD) + 1:04}"
STEP = """
from alembic import op
revision = "{next}"
down_revision = "{head}"
def upgrade():
    op.execute("CREATE TABLE extra (id INTEGER PRIMARY KEY)")
    op.execute("ALTER TABLE study ADD COLUMN extra TEXT")
    {last}
"""


def add_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str) -> None:
    """A program of the next version, whose step ends in ``last``."""
    scripts = tmp_path / "scripts % of the next version"
    shutil.copytree(migrating.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    step = STEP.format(last=last, head=HEAD, next=NEXT)
    (scripts / "versions" / f"v{NEXT}_next.py").write_text(step)
    monkeypatch.setattr(migrating, "SCRIPTS", scripts)
    monkeypatch.setattr(migrating, "HEAD", NEXT)
    monkeypatch.setattr(study, "HEAD", NEXT)


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def version(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def backups(folder: Path) -> list[Path]:
    return list(folder.glob(f"project.db.backup-{HEAD}-*Z"))


@pytest.fixture
def old(folder: Path, ready: StudyStore) -> Path:
    """The folder of a closed study of this version, soon to be an older one."""
    ready.add_codings([Coding("Group 1", 0, 5, "Skills", "Ann")], source="x")
    ready.close()
    return folder


def test_the_migrations_make_the_tables_that_the_code_uses(store: StudyStore) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from suggester.store.schema import metadata

    with store._reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_head_is_the_newest_script() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrating.SCRIPTS))
    assert ScriptDirectory.from_config(config).get_heads() == [migrating.HEAD]


def test_an_older_study_is_backed_up_and_brought_up_to_date(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_step(tmp_path, monkeypatch, "pass")
    with StudyStore.open(old) as store:
        assert len(store.codings()) == 1
    assert version(old / "project.db") == NEXT
    assert "extra" in tables(old / "project.db")
    (backup,) = backups(old)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert version(backup) == HEAD
    assert "extra" not in tables(backup)
    with StudyStore.open(old):
        pass
    assert len(backups(old)) == 1


def test_changes_that_are_only_in_the_log_are_in_the_backup(old: Path, tmp_path: Path) -> None:
    with StudyStore.open(old) as store:
        store.set_finished("Group 1", "Ann")
        assert (old / "project.db-wal").stat().st_size
        backup = migrating.back_up(old / "project.db", HEAD)
    other = tmp_path / "restored"
    other.mkdir()
    shutil.copy(backup, other / "project.db")
    with StudyStore.open(other) as restored:
        assert restored.finished() == {("Group 1", "Ann")}


@pytest.mark.parametrize(
    "last",
    [
        'op.execute("SELECT no such thing")',
        'op.execute("UPDATE transcripts SET case_id = 99")',
        'op.execute("INSERT INTO study SELECT 1, name, created_at, unit, words, 1 FROM study")',
    ],
    ids=["wrong SQL", "dangling key", "broken constraint"],
)
def test_a_failing_migration_rolls_back_and_leaves_the_backup(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    before = tables(old / "project.db")
    with monkeypatch.context() as newer:
        add_step(tmp_path, newer, last)
        with pytest.raises(StudyError, match=f"format {NEXT}") as caught:
            StudyStore.open(old)
    (backup,) = backups(old)
    assert backup.name in str(caught.value)
    assert tables(old / "project.db") == before
    assert version(old / "project.db") == HEAD
    with StudyStore.open(old) as store:
        assert len(store.codings()) == 1


def test_a_migration_waits_for_a_writer_and_then_says_busy(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from suggester.store import database

    add_step(tmp_path, monkeypatch, "pass")
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(old / "project.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(StudyBusy):
            StudyStore.open(old)
    assert version(old / "project.db") == HEAD


def test_an_older_study_that_is_read_only_is_not_migrated(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_step(tmp_path, monkeypatch, "pass")
    monkeypatch.setattr(study, "_writable", lambda _path: False)
    with pytest.raises(StudyError, match="format") as caught:
        StudyStore.open(old)
    assert "copy the study" in str(caught.value)
    assert backups(old) == []


@pytest.fixture
def first_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database of a study of the first format, with nothing in it."""
    path = tmp_path / "project.db"
    with monkeypatch.context() as first:
        first.setattr(migrating, "HEAD", "0001")
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA application_id={study.APPLICATION_ID}")
        migrating.upgrade(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO study VALUES (1, 's', '2026-01-01', 'window', 40)")
        connection.commit()
    return path


def test_a_study_of_the_first_format_keeps_everything_and_finds_names_in_either_normal_form(
    first_format: Path, tmp_path: Path
) -> None:
    name = unicodedata.normalize("NFD", "Zoë")
    key = name.lower()
    with closing(sqlite3.connect(first_format)) as connection:
        connection.executescript(
            f"""
            INSERT INTO transcripts VALUES (1, '{name}', '{key}', 'I laughed.', 'x', NULL, '', NULL, '', '');
            INSERT INTO coders VALUES (1, 'Ann', 'ann', 'person');
            INSERT INTO codebook_versions VALUES (1, '2026-01-01', '', '');
            INSERT INTO codes VALUES (1, 'g', 0, '{name}', '{key}', '', '', '', '', '', '[]', '');
            INSERT INTO coding_batches VALUES (1, '2026-01-01', 'x');
            INSERT INTO coding_events VALUES (1, 'add', 'e', 1, 2, 9, 'g', 1, 'blind', 1, '', '', 1);
            INSERT INTO finished_events VALUES (1, 1, 1, 1, '2026-01-01');
            """
        )
    with StudyStore.open(tmp_path) as store:
        assert store.codings(transcript="zoë") == (Coding(name, 2, 9, name, "Ann"),)
        assert store.finished() == {(name, "Ann")}
        assert store.undo_codings(1) == 1
        assert store.finished() == frozenset()
    assert len(list(tmp_path.glob("project.db.backup-0001-*Z"))) == 1
    with closing(sqlite3.connect(first_format)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE codes SET name = 'other'")


def test_a_stored_codebook_gets_no_borderline_examples_or_near_misses_and_keeps_the_rest(
    first_format: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(first_format)) as connection:
        connection.executescript(
            """
            INSERT INTO codebook_versions VALUES (1, '2026-01-01', '', '');
            INSERT INTO codes VALUES (1, 'g', 0, 'A', 'a', 'H', 'l', 'd', 'i', 'e', '["x", "y"]', '#aabbcc');
            """
        )
    with StudyStore.open(tmp_path) as store:
        kept = Code("A", "H", "l", "d", "i", "e", examples=("x", "y"), color="#aabbcc", guid="g")
        assert store.codebook() == Codebook((kept,), version=1)
        newer = replace(kept, borderline=("b [counts: c]",), near_misses=("n [B]",))
        assert store.set_codebook(Codebook((newer,)), source="x") == Codebook((newer,), version=2)
        assert store.codebook(1) == Codebook((kept,), version=1)


def test_what_was_undone_in_the_first_format_is_known_afterwards(first_format: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(first_format)) as connection:
        connection.executescript(
            """
            INSERT INTO transcripts VALUES (1, 'T', 't', 'I laughed.', 'x', NULL, '', NULL, '', '');
            INSERT INTO coders VALUES (1, 'Ann', 'ann', 'person');
            INSERT INTO codebook_versions VALUES (1, '2026-01-01', '', '');
            INSERT INTO codes VALUES (1, 'g', 0, 'A', 'a', '', '', '', '', '', '[]', '');
            INSERT INTO coding_batches VALUES (1, '2026-01-01', 'x');
            INSERT INTO coding_batches VALUES (2, '2026-01-01', 'undo of batch 7');
            INSERT INTO coding_batches VALUES (3, '2026-01-01', 'undo of batch 1');
            INSERT INTO coding_events VALUES (1, 'add', 'e', 1, 2, 9, 'g', 1, 'blind', 1, '', '', 1);
            INSERT INTO coding_events VALUES (2, 'add', 'f', 1, 3, 9, 'g', 1, 'blind', 1, '', '', 2);
            INSERT INTO coding_events VALUES (3, 'remove', 'e', 1, 2, 9, 'g', 1, 'blind', 1, '', '', 3);
            """
        )
    with StudyStore.open(tmp_path) as store:
        assert [(batch.number, batch.current) for batch in store.coding_batches()] == [(1, 0), (2, 1)]
    with closing(sqlite3.connect(first_format)) as connection:
        found = connection.execute("SELECT undoes FROM coding_batches ORDER BY id").fetchall()
        assert found == [(None,), (None,), (1,)]
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("UPDATE coding_batches SET undoes = 2")


ROWS = {
    "coders": "INSERT INTO coders VALUES (:row, :name, :key, 'person')",
    "cases": "INSERT INTO cases VALUES (:row, :name, :key, '{}')",
    "transcripts": "INSERT INTO transcripts VALUES (:row, :name, :key, 'x', :row, NULL, '', NULL, '', '')",
    "codes": "INSERT INTO codes VALUES (:version, :row, :row, :name, :key, '', '', '', '', '', '[]', '')",
}


@pytest.mark.parametrize("table", ROWS)
def test_names_that_have_become_equal_are_told_apart_by_a_number(
    first_format: Path, tmp_path: Path, table: str
) -> None:
    composed, decomposed = unicodedata.normalize("NFC", "Zoë"), unicodedata.normalize("NFD", "Zoë")
    names = [decomposed, composed, "Ann", f"{composed} (2)", f"{decomposed} (2)"]
    with closing(sqlite3.connect(first_format)) as connection:
        connection.executemany("INSERT INTO codebook_versions VALUES (?, '2026-01-01', '', '')", [(1,), (2,)])
        for row, name in enumerate(names):
            values = {"row": row, "name": name, "key": name.casefold(), "version": 1}
            connection.execute(ROWS[table], values)
        if table == "codes":
            # What another version holds is no namesake.
            connection.execute(ROWS[table], values | {"version": 2})
        connection.commit()
    with StudyStore.open(tmp_path) as store:
        store.coders()
    with closing(sqlite3.connect(first_format)) as connection:
        found = connection.execute(f"SELECT name, key FROM {table} ORDER BY rowid").fetchall()
    expected = [decomposed, f"{composed} (3)", "Ann", f"{composed} (2)", f"{decomposed} (2) (2)"]
    expected += [f"{decomposed} (2)"] * (table == "codes")
    assert found == [(name, folded(name)) for name in expected]


def test_a_code_keeps_its_codings_when_it_gets_a_number(first_format: Path, tmp_path: Path) -> None:
    composed, decomposed = unicodedata.normalize("NFC", "Zoë"), unicodedata.normalize("NFD", "Zoë")
    with closing(sqlite3.connect(first_format)) as connection:
        connection.executescript(
            f"""
            INSERT INTO transcripts VALUES (1, 'T', 't', 'I laughed.', 'x', NULL, '', NULL, '', '');
            INSERT INTO coders VALUES (1, 'Ann', 'ann', 'person');
            INSERT INTO codebook_versions VALUES (1, '2026-01-01', '', '');
            INSERT INTO codes VALUES (1, 'g', 0, '{composed}', 'zo\u00eb', '', '', '', '', '', '[]', '');
            INSERT INTO codes VALUES (1, 'h', 1, '{decomposed}', 'zoe\u0308', '', '', '', '', '', '[]', '');
            INSERT INTO coding_batches VALUES (1, '2026-01-01', 'x');
            INSERT INTO coding_events VALUES (1, 'add', 'e', 1, 2, 9, 'h', 1, 'blind', 1, '', '', 1);
            """
        )
    with StudyStore.open(tmp_path) as store:
        assert store.codings() == (Coding("T", 2, 9, f"{decomposed} (2)", "Ann"),)
        codebook = store.codebook()
        assert codebook is not None and [code.guid for code in codebook] == ["g", "h"]
