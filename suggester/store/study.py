"""The study on disk as one object: making it, opening it, and what it says of itself."""

import os
import struct
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Select, Table, func, insert, select, update

from suggester.domain import Unit
from suggester.errors import StudyError
from suggester.store.cases import Cases
from suggester.store.codebooks import Codebooks
from suggester.store.coders import Coders, newest_finished_events
from suggester.store.codings import Codings
from suggester.store.database import Access, connect, make_engine, now, require_storable, writing
from suggester.store.failures import damaged, not_writable, study_errors
from suggester.store.migrating import HEAD, migrate, revision, upgrade
from suggester.store.models import Models
from suggester.store.records import Counts, Unitizing
from suggester.store.removals import Removals
from suggester.store.schema import (
    cases,
    coders,
    current_codings,
    finished_events,
    model_runs,
    study,
    suggestions,
    transcripts,
    turns,
)
from suggester.store.transcripts import Transcripts

DATABASE = "project.db"
APPLICATION_ID = 0x53554747
"""Marks a SQLite file as a study ("SUGG"): https://www.sqlite.org/fileformat.html#application_id"""

_FOLDERS = ("models", "cache")
_DEFAULT = Unitizing(Unit.WINDOW, 40)


class StudyStore(Cases, Transcripts, Codebooks, Coders, Codings, Models, Removals):
    """A study's database, ``project.db`` in the study's folder.

    Every write is one transaction: it happens wholly or not at all, also if the process is
    killed. A write waits ten seconds for another process's, then raises `StudyBusy`; a full disk
    or a folder that may not be written raises `StudyError`. These two can come from every method
    and are not repeated there. Names are compared as `folded` says.

    Make one with `create` or `open`; close it with `close` or a ``with`` block.
    """

    @classmethod
    def create(cls, folder: Path, name: str) -> Self:
        """Make a study in ``folder``, which is made too, readable by its owner only.

        Raises
        ------
        StudyError
            There is a study already, the name is empty, or the folder cannot be written.
        """
        path = Path(folder) / DATABASE
        require_storable(name, "the study's name", StudyError)
        if not name.strip():
            raise StudyError("a study needs a name", remedy="Name it with --name.")
        with study_errors(path):
            if path.exists():
                raise _already(path)
            if not path.parent.is_dir():
                path.parent.mkdir(mode=0o700, parents=True)
            _make(path, name.strip())
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the study in ``folder``; one of an older format is backed up and brought up to date.

        A study in a folder that may not be written is opened for reading. It must have been
        closed properly then, and what others write to it meanwhile is not seen reliably.

        Raises
        ------
        StudyError
            There is no study, it is damaged, another program's, or of a newer version.
        """
        path = Path(folder) / DATABASE
        with study_errors(path):
            _require_study_file(path)
            access = _access(path)
            old = _inspect(path, access)
            if access == "rw":
                for sub in _FOLDERS:
                    (path.parent / sub).mkdir(mode=0o700, exist_ok=True)
        if old != HEAD:
            if access != "rw":
                raise not_writable(path, f"the study is of an older format ({old}), and cannot be changed")
            migrate(path, old)
        return cls(path, access)

    @classmethod
    def find(cls, start: Path) -> Path | None:
        """The folder of the study that ``start`` lies in: itself or the nearest parent, or None."""
        here = Path(start).resolve()
        with study_errors(here):
            return next((folder for folder in (here, *here.parents) if (folder / DATABASE).is_file()), None)

    @property
    def name(self) -> str:
        """The study's name."""
        with self._reading() as connection:
            return str(connection.execute(select(study.c.name)).scalar_one())

    @property
    def unitizing(self) -> Unitizing:
        """How passages are chosen in this study."""
        with self._reading() as connection:
            row = connection.execute(select(study.c.unit, study.c.words)).one()
            return Unitizing(Unit(row.unit), row.words)

    def set_unitizing(self, unit: Unit, words: int) -> None:
        """Choose how passages are chosen; ``words`` is the size of a window.

        Raises
        ------
        StudyError
            ``words`` is below 1.
        """
        if words < 1:
            raise StudyError(f"a passage of {words} words is none", remedy="Give a number of 1 or more.")
        with self._writing() as connection:
            connection.execute(update(study).values(unit=unit.value, words=words))

    def counts(self) -> Counts:
        """How much the study holds."""
        held = select(finished_events).where(
            finished_events.c.id.in_(newest_finished_events()), finished_events.c.finished
        )
        newest_run = select(func.max(model_runs.c.id)).scalar_subquery()
        suggested = select(suggestions).where(suggestions.c.run_id == newest_run)
        with self._reading() as connection:

            def count(what: Table | Select[Any]) -> int:
                rows = what.subquery() if isinstance(what, Select) else what
                return int(connection.execute(select(func.count()).select_from(rows)).scalar_one())

            return Counts(
                cases=count(cases),
                transcripts=count(transcripts),
                turns=count(turns),
                coders=count(coders),
                codings=count(current_codings()),
                finished=count(held),
                models=count(model_runs),
                suggestions=count(suggested),
            )


def _make(path: Path, name: str) -> None:
    """Make the database under another name and move it into place whole."""
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=f".{DATABASE}.")
    os.close(handle)
    new = Path(made)
    try:
        with closing(connect(new, "rw")) as connection:
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        upgrade(new)
        engine = make_engine(new, "rw")
        about = {"id": 1, "name": name, "created_at": now(), "unit": _DEFAULT.unit, "words": _DEFAULT.words}
        with writing(engine) as transaction:
            transaction.execute(insert(study).values(about))
        engine.dispose()
        _move(new, path)
    finally:
        new.unlink(missing_ok=True)


def _move(new: Path, path: Path) -> None:
    try:
        path.hardlink_to(new)
    except FileExistsError as error:
        raise _already(path) from error
    except OSError:
        # A disk without hard links (exFAT): a small gap in which another could make it too.
        if path.exists():
            raise _already(path) from None
        new.rename(path)


def _already(path: Path) -> StudyError:
    return StudyError(
        "there is a study in this folder already",
        file=path,
        remedy="Name it with -p FOLDER, or choose another folder.",
    )


def _require_study_file(path: Path) -> None:
    """Look at the file's first bytes, so that another program's file is not so much as opened."""
    if not path.is_file():
        raise StudyError(
            f"there is no study in '{path.parent}'",
            remedy="Make one with 'suggester init FOLDER', or name yours with -p FOLDER.",
        )
    with path.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or not header.startswith(b"SQLite format 3\0"):
        raise damaged(path)
    if struct.unpack(">I", header[68:72])[0] != APPLICATION_ID:
        raise StudyError(
            "is the database of another program",
            file=path,
            remedy="Name the folder of a study of yours with -p FOLDER.",
        )


def _access(path: Path) -> Access:
    if _writable(path):
        return "rw"
    # Changes that are not yet in project.db are in the log beside it, which must then be read too.
    log = path.with_name(f"{DATABASE}-wal")
    return "ro" if log.exists() and log.stat().st_size else "immutable"


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _inspect(path: Path, access: Access) -> str:
    """The revision of a database that is whole and of no newer version than the program."""
    with closing(connect(path, access)) as connection:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise damaged(path)
        found = revision(connection)
        if access == "rw":
            connection.execute("PRAGMA journal_mode=WAL")
    if not found.isdecimal():
        raise damaged(path)
    if int(found) > int(HEAD):
        raise StudyError(
            f"the study was made by a newer version of the program (format {found}, this one knows {HEAD})",
            file=path,
            remedy="Bring the program up to date.",
        )
    return found
