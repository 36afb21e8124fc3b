"""Connections to the study's database: how they are opened, and the transactions on them."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self

from sqlalchemy import Connection, Engine, QueuePool, Table, create_engine, event

from suggester.errors import SuggesterError
from suggester.store.failures import not_writable, study_errors

BUSY_SECONDS = 10.0
"""How long a write waits for another process before it gives up."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_WRITE = "suggester_write"

Access = Literal["rw", "ro", "immutable"]


class Database:
    """An open database; each write is one transaction, begun with the lock already held.

    Connections of a pool: threads may share one `Database`.
    """

    def __init__(self, path: Path, access: Access) -> None:
        self._path = path
        self._engine = make_engine(path, access)
        self.read_only = access != "rw"

    @property
    def folder(self) -> Path:
        """The study's folder."""
        return self._path.parent

    def close(self) -> None:
        """Let go of the database; its last user's changes are then in ``project.db`` alone."""
        self._engine.dispose()

    def require_writable(self) -> None:
        """Raise a `StudyError` if the study may only be read: asked before long work."""
        if self.read_only:
            raise not_writable(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with study_errors(self._path), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        self.require_writable()
        with study_errors(self._path), writing(self._engine) as connection:
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that takes the write lock at once: nothing it reads can change under it."""
    with engine.execution_options(**{_WRITE: True}).begin() as connection:
        yield connection


def connect(path: Path, access: Access, *, foreign_keys: bool = True) -> sqlite3.Connection:
    """A connection to the database at ``path``, which must be there."""
    query = "immutable=1&mode=ro" if access == "immutable" else f"mode={access}"
    # Without an isolation level the driver leaves BEGIN to us (see `make_engine`).
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?{query}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
    connection.execute("PRAGMA trusted_schema=OFF")
    # Else INSERT OR REPLACE would delete rows behind the append-only triggers.
    connection.execute("PRAGMA recursive_triggers=ON")
    # A replaced transcript is overwritten with zeros: it may have been replaced to anonymise it.
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def make_engine(path: Path, access: Access, *, foreign_keys: bool = True) -> Engine:
    """A pool of such connections; opens none yet."""
    # Values are passages and names: they stay out of messages and tracebacks.
    engine = create_engine(
        "sqlite://",
        creator=lambda: connect(path, access, foreign_keys=foreign_keys),
        poolclass=QueuePool,
        hide_parameters=True,
    )

    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(_WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    event.listen(engine, "begin", begin)
    return engine


def insert_one(connection: Connection, table: Table, values: Mapping[str, object]) -> int:
    """Insert a row and return its number."""
    inserted = connection.execute(table.insert().values(dict(values))).inserted_primary_key
    assert inserted is not None  # SQLite gives every row one
    return int(inserted[0])


def now() -> str:
    """This moment, UTC, as the database keeps it (ISO 8601)."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def require_storable(text: str, what: str, error: type[SuggesterError]) -> None:
    """Raise ``error`` if ``text`` holds a lone surrogate, which no file can hold as UTF-8."""
    found = _SURROGATE.search(text)
    if found:
        raise error(
            f"{what} holds half a character (U+{ord(found[0]):04X})",
            place=f"character {found.start()}",
            remedy="Correct it in the source file, or save that file anew as UTF-8.",
        )
