"""Vectors kept on disk by the hash of their text, so that nothing is encoded twice."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import numpy as np

from suggester.learn.encoders import Encoder, Progress, Vectors

_SCHEMA = "CREATE TABLE IF NOT EXISTS vector (text BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
_AT_ONCE = 500
_SAVED_EVERY = 1024


class CachedEncoder:
    """An encoder that remembers. The file holds hashes and vectors, no text.

    The cache can be deleted at any time; a damaged one is put aside and begun anew. Several
    processes may share it; where it cannot be written, nothing is remembered. ``encoded`` counts
    the texts that had to be encoded so far.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self.encoder = encoder
        self.encoded = 0
        self._folder = folder

    @property
    def name(self) -> str:
        return self.encoder.name

    @property
    def fingerprint(self) -> str:
        return self.encoder.fingerprint

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """As the encoder's own; ``progress`` counts the texts that are not yet known."""
        keys = [sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        with self._open(keys) as (connection, known):
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            # Saved in steps: a run that is stopped goes on where it was.
            items = sorted(missing.items(), key=lambda item: len(item[1]), reverse=True)
            for begin in range(0, len(items), _SAVED_EVERY):
                step = items[begin : begin + _SAVED_EVERY]
                vectors = self.encoder.encode(
                    [text for _, text in step], _shifted(progress, begin, len(items))
                )
                fresh = dict(zip((key for key, _ in step), vectors, strict=True))
                # A full disk or a damaged page costs what would have been remembered, not the run.
                with suppress(sqlite3.DatabaseError), connection:
                    connection.executemany(
                        "INSERT OR IGNORE INTO vector VALUES (?, ?)",
                        [(key, vector.tobytes()) for key, vector in fresh.items()],
                    )
                known.update(fresh)
                self.encoded += len(step)
        if not keys:
            return self.encoder.encode([])
        return np.stack([known[key] for key in keys])

    @contextmanager
    def _open(self, keys: Sequence[bytes]) -> Iterator[tuple[sqlite3.Connection, dict[bytes, Vectors]]]:
        """The cache, and what it knows of ``keys``."""
        path = self._folder / f"vectors-{self.fingerprint[:16]}.db"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            connection, known = _loaded(path, keys)
        except (OSError, sqlite3.OperationalError):
            # It may not be written here, or the disk is full: nothing is remembered.
            connection, known = _loaded(Path(":memory:"), keys)
        except sqlite3.DatabaseError:
            _put_aside(path)
            connection, known = _loaded(path, keys)
        with closing(connection):
            yield connection, known


def _loaded(path: Path, keys: Sequence[bytes]) -> tuple[sqlite3.Connection, dict[bytes, Vectors]]:
    connection = _connected(path)
    try:
        return connection, _load(connection, keys)
    except sqlite3.DatabaseError:
        connection.close()
        raise


def _put_aside(path: Path) -> None:
    # Another process may have done so already. SQLite itself drops a log that has lost its file.
    with suppress(FileNotFoundError):
        path.replace(path.with_suffix(".damaged"))


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(_SCHEMA)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _load(connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
    found: dict[bytes, bytes] = {}
    wanted = list(dict.fromkeys(keys))
    for begin in range(0, len(wanted), _AT_ONCE):
        part = wanted[begin : begin + _AT_ONCE]
        marks = ",".join("?" * len(part))
        found.update(connection.execute(f"SELECT text, value FROM vector WHERE text IN ({marks})", part))
    if not found:
        return {}
    # SQLite keeps no sums of what it stores; a vector that is not of length one (or nought) was changed.
    if len({len(value) for value in found.values()}) > 1:
        raise sqlite3.DatabaseError("vectors of several sizes")
    vectors = np.frombuffer(b"".join(found.values()), np.float32).reshape(len(found), -1)
    lengths = np.linalg.norm(vectors, axis=1)
    if not ((np.abs(lengths - 1) < 1e-3) | (lengths == 0)).all():
        raise sqlite3.DatabaseError("vectors of another length than one")
    return dict(zip(found, vectors, strict=True))


def _shifted(progress: Progress | None, done: int, total: int) -> Progress | None:
    if progress is None:
        return None
    return lambda part, _: progress(min(done + part, total), total)
