"""What the cache of vectors survives: damage, kills, places that cannot be written."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from suggester.learn.vector_cache import CachedEncoder
from tests.conftest import FakeEncoder

TEXTS = [f"text {number} of many" for number in range(2000)]


@pytest.fixture
def filled(tmp_path):
    CachedEncoder(FakeEncoder(), tmp_path).encode(TEXTS)
    (file,) = tmp_path.glob("*.db")
    return file


def test_pages_damaged_in_the_middle_of_the_file_are_met_and_all_is_encoded_anew(filled):
    data = bytearray(filled.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 20 * 4096] = b"\xaa" * 20 * 4096
    filled.write_bytes(data)
    cached = CachedEncoder(FakeEncoder(), filled.parent)
    assert np.array_equal(cached.encode(TEXTS), FakeEncoder().encode(TEXTS))
    assert cached.encoded == len(TEXTS)
    assert filled.with_suffix(".damaged").exists()
    assert np.array_equal(cached.encode(TEXTS), FakeEncoder().encode(TEXTS))
    assert cached.encoded == len(TEXTS)


@pytest.mark.parametrize(
    "change",
    ["zeroblob(10)", "substr(value, 1, 40)", "CAST(substr(value, 5) || x'0000a041' AS BLOB)", "'text'"],
)
def test_a_vector_that_was_changed_is_not_believed(filled, change):
    with sqlite3.connect(filled) as connection:
        connection.execute(f"UPDATE vector SET value = {change} WHERE text = (SELECT min(text) FROM vector)")
    connection.close()
    cached = CachedEncoder(FakeEncoder(), filled.parent)
    assert np.array_equal(cached.encode(TEXTS), FakeEncoder().encode(TEXTS))


def test_the_log_of_a_damaged_file_is_not_read_into_the_new_one(filled):
    log = filled.with_name(f"{filled.name}-wal")
    with closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("DELETE FROM vector")
        connection.commit()
        old = log.read_bytes()
    filled.write_bytes(b"rubbish" * 2000)
    log.write_bytes(old)
    CachedEncoder(FakeEncoder(), filled.parent).encode(TEXTS[:5])
    again = CachedEncoder(FakeEncoder(), filled.parent)
    again.encode(TEXTS[:5])
    assert again.encoded == 0


PROGRAM = """
import os, signal, sys
from pathlib import Path
from suggester.learn import vector_cache
from tests.conftest import FakeEncoder

class Encoder(FakeEncoder):
    calls = 0
    def encode(self, texts, progress=None):
        Encoder.calls += 1
        if Encoder.calls == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode(texts, progress)

vector_cache._SAVED_EVERY = 500
texts = [f"text {number} of many" for number in range(2000)]
vector_cache.CachedEncoder(Encoder(), Path(sys.argv[1])).encode(texts)
"""


def start(folder: Path, killed_at_call: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", PROGRAM, str(folder), str(killed_at_call)]
    return subprocess.Popen(command, cwd=Path(__file__).parents[2])


def test_a_process_killed_while_encoding_leaves_what_it_had_done(tmp_path):
    assert start(tmp_path, killed_at_call=3).wait(timeout=60) == -signal.SIGKILL
    rest = CachedEncoder(FakeEncoder(), tmp_path)
    assert np.array_equal(rest.encode(TEXTS), FakeEncoder().encode(TEXTS))
    assert rest.encoded == 1000


def test_processes_that_begin_at_once_share_a_cache(tmp_path):
    started = [start(tmp_path, killed_at_call=-1) for _ in range(3)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    after = CachedEncoder(FakeEncoder(), tmp_path)
    assert np.array_equal(after.encode(TEXTS), FakeEncoder().encode(TEXTS))
    assert after.encoded == 0


def test_encoders_with_other_fingerprints_do_not_share_vectors(tmp_path):
    other = FakeEncoder()
    other.fingerprint = "f" * 64
    CachedEncoder(FakeEncoder(), tmp_path).encode(["one"])
    cached = CachedEncoder(other, tmp_path)
    cached.encode(["one"])
    assert cached.encoded == 1


def test_progress_counts_the_unknown_texts_up_to_their_number(tmp_path):
    CachedEncoder(FakeEncoder(), tmp_path).encode(TEXTS[:300])
    seen: list[tuple[int, int]] = []
    CachedEncoder(FakeEncoder(), tmp_path).encode(TEXTS, lambda done, total: seen.append((done, total)))
    assert seen == [(1024, 1700), (1700, 1700)]


def test_of_no_texts_there_are_no_vectors(tmp_path):
    assert CachedEncoder(FakeEncoder(), tmp_path).encode([]).shape == FakeEncoder().encode([]).shape
