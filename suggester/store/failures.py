"""The one place where errors of SQLite and of the file system become errors of the study."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from suggester.errors import StudyBusy, StudyError

_READ_ONLY = "Give yourself the right to write in the study's folder, or copy the study to a folder of yours."
_FULL = "Free some space on the disk and try again; the study is as it was before."
_LOOK = "Check that the disk is there and the folder's permissions, then try again."


@contextmanager
def study_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says about the database at ``path`` into a `StudyError`.

    Broken constraints are mistakes of the program, not of the researcher, and pass through.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        translated = _translated(cause, path)
        if translated is None:
            raise
        raise translated from cause
    except OSError as error:
        remedy = _FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else _LOOK
        raise StudyError(
            f"the study cannot be read or written: {error.strerror or error}", file=path, remedy=remedy
        ) from error


def damaged(path: Path) -> StudyError:
    """The error for a database that is not whole; names the newest backup, if there is one."""
    backups = sorted(path.parent.glob(f"{path.name}.backup-*"), key=lambda backup: backup.stat().st_mtime)
    if backups:
        remedy = f"Rename it, and copy the backup '{backups[-1].name}' to '{path.name}'."
    else:
        remedy = "Restore it from a backup of the study's folder."
    return StudyError("the study's database is damaged", file=path, remedy=remedy)


def not_writable(path: Path, problem: str = "the study may only be read here") -> StudyError:
    """The error for a write to a study that may only be read."""
    return StudyError(problem, file=path, remedy=_READ_ONLY)


def _translated(error: BaseException | None, path: Path) -> StudyError | None:
    # The low byte is the primary code: https://www.sqlite.org/rescode.html
    code = getattr(error, "sqlite_errorcode", None)
    match None if code is None else code & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StudyBusy(
                "another process is writing to the study",
                file=path,
                remedy="Wait until it has ended, or end it, and try again; nothing was changed.",
            )
        case sqlite3.SQLITE_FULL:
            return StudyError("there is no space left for the study", file=path, remedy=_FULL)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return not_writable(path)
        case sqlite3.SQLITE_IOERR:
            return StudyError("reading or writing the study failed", file=path, remedy=f"{_FULL} {_LOOK}")
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_AUTH:
            return StudyError("the study cannot be opened", file=path, remedy=_LOOK)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(path)
        case _:
            return None
