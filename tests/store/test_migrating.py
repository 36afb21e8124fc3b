"""Migrations: the tables they make, the backup before them, and what a failing one leaves."""

import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from suggester.domain import Coding
from suggester.errors import StudyBusy, StudyError
from suggester.store import StudyStore, migrating, study

STEP = """
from alembic import op
revision = "0002"
down_revision = "0001"
def upgrade():
    op.execute("CREATE TABLE extra (id INTEGER PRIMARY KEY)")
    op.execute("ALTER TABLE study ADD COLUMN extra TEXT")
    {last}
"""


def add_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str) -> None:
    """A program of the next version, whose step ends in ``last``."""
    scripts = tmp_path / "scripts % of the next version"
    shutil.copytree(migrating.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "v0002_next.py").write_text(STEP.format(last=last))
    monkeypatch.setattr(migrating, "SCRIPTS", scripts)
    monkeypatch.setattr(migrating, "HEAD", "0002")
    monkeypatch.setattr(study, "HEAD", "0002")


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def version(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def backups(folder: Path) -> list[Path]:
    return list(folder.glob("project.db.backup-0001-*Z"))


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
    assert version(old / "project.db") == "0002"
    assert "extra" in tables(old / "project.db")
    (backup,) = backups(old)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert version(backup) == "0001"
    assert "extra" not in tables(backup)
    with StudyStore.open(old):
        pass
    assert len(backups(old)) == 1


def test_changes_that_are_only_in_the_log_are_in_the_backup(old: Path, tmp_path: Path) -> None:
    with StudyStore.open(old) as store:
        store.set_finished("Group 1", "Ann")
        assert (old / "project.db-wal").stat().st_size
        backup = migrating.back_up(old / "project.db", "0001")
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
        with pytest.raises(StudyError, match="format 0002") as caught:
            StudyStore.open(old)
    (backup,) = backups(old)
    assert backup.name in str(caught.value)
    assert tables(old / "project.db") == before
    assert version(old / "project.db") == "0001"
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
    assert version(old / "project.db") == "0001"


def test_an_older_study_that_is_read_only_is_not_migrated(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_step(tmp_path, monkeypatch, "pass")
    monkeypatch.setattr(study, "_writable", lambda _path: False)
    with pytest.raises(StudyError, match="format") as caught:
        StudyStore.open(old)
    assert "copy the study" in str(caught.value)
    assert backups(old) == []
