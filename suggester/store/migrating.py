"""Bringing a study's database to the format of this version of the program, after a backup."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from suggester.errors import StudyBusy, StudyError
from suggester.store.database import connect, make_engine, writing
from suggester.store.failures import damaged, study_errors

HEAD = "0003"
"""The revision that this version of the program works with; revisions count up."""

SCRIPTS = Path(__file__).parent / "migrations"


def revision(connection: sqlite3.Connection) -> str:
    """The revision of an open database, empty if it has none.

    Read without Alembic, whose import takes its time.
    """
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        return ""
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return "" if row is None else str(row[0])


def migrate(path: Path, old: str) -> Path:
    """Back up the database at ``path``, whose revision is ``old``, and bring it to `HEAD`.

    Returns
    -------
    Path
        The backup.

    Raises
    ------
    StudyError
        A step failed; the database is as it was.
    """
    from alembic.util.exc import CommandError

    kept = back_up(path, old)
    try:
        upgrade(path)
    except StudyBusy:
        raise
    except (StudyError, SQLAlchemyError, CommandError) as error:
        reason = error.problem if isinstance(error, StudyError) else type(error).__name__
        raise StudyError(
            f"the study could not be brought to format {HEAD}: {reason}",
            file=path,
            remedy=f"It is as it was, in format {old}, and copied to '{kept.name}'.",
        ) from error
    return kept


def upgrade(path: Path) -> None:
    """Run the steps that the database at ``path`` lacks: all of them, or with an error none."""
    from alembic import command
    from alembic.config import Config

    # A step may rebuild a table that others point to, so the keys are checked at the end instead.
    engine = make_engine(path, "rw", foreign_keys=False)
    try:
        with study_errors(path), writing(engine) as connection:
            config = Config()
            config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)
            _check_foreign_keys(connection, path)
    finally:
        engine.dispose()


def back_up(path: Path, old: str) -> Path:
    """Copy the database at ``path`` to a file beside it that only its owner may read."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    copy = path.with_name(f"{path.name}.backup-{old}-{moment}")
    with study_errors(path):
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            with closing(connect(path, "rw")) as source, closing(connect(copy, "rw")) as target:
                source.backup(target)
        except BaseException:
            copy.unlink(missing_ok=True)
            raise
    return copy


def _check_foreign_keys(connection: Connection, path: Path) -> None:
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise damaged(path)
