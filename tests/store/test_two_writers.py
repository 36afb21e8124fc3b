"""Two processes, or two threads, with one study."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from suggester.domain import Transcript
from suggester.errors import StudyBusy
from suggester.store import Added, StudyStore, database
from suggester.store.database import connect

ADD_MANY = """
import sys
from pathlib import Path
from suggester.domain import Transcript
from suggester.store import StudyStore

with StudyStore.open(Path(sys.argv[1])) as store:
    print("open", flush=True)
    sys.stdin.readline()
    for number in range(40):
        name = f"{sys.argv[2]} {number}"
        store.add_transcript(Transcript(name, f"text of {name}", ()), layout="")
"""


def test_two_processes_that_add_different_transcripts_both_succeed(folder: Path, store: StudyStore) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ADD_MANY, str(folder), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
    for process in processes:
        process.communicate("go\n")
    assert [process.returncode for process in processes] == [0, 0]
    assert store.counts().transcripts == 80


def test_a_write_waits_for_another_processs(folder: Path, store: StudyStore, transcript: Transcript) -> None:
    with closing(connect(folder / "project.db", "rw")) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, other.execute, ["COMMIT"])
        release.start()
        assert store.add_transcript(transcript, layout="") is Added.NEW
        release.join()


def test_a_write_that_has_waited_long_enough_says_busy(
    folder: Path, store: StudyStore, transcript: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with StudyStore.open(folder) as impatient, closing(connect(folder / "project.db", "rw")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StudyBusy, match="another process") as caught:
            impatient.add_transcript(transcript, layout="")
        assert caught.value.remedy
        assert impatient.transcripts() == ()
        other.execute("ROLLBACK")
        assert impatient.add_transcript(transcript, layout="") is Added.NEW


@pytest.mark.usefixtures("store")
def test_writes_wait_ten_seconds(folder: Path) -> None:
    with closing(connect(folder / "project.db", "rw")) as connection:
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (10_000,)


def test_reading_goes_on_while_another_writes(
    folder: Path, store: StudyStore, transcript: Transcript
) -> None:
    store.add_transcript(transcript, layout="")
    with closing(connect(folder / "project.db", "rw")) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM turns")
        assert store.transcripts() == (transcript,)
        with StudyStore.open(folder) as second:
            assert second.transcripts() == (transcript,)


def test_threads_share_one_store(store: StudyStore) -> None:
    def add(number: int) -> Added:
        return store.add_transcript(Transcript(f"T{number}", f"text {number}", ()), layout="")

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(add, range(40))) == {Added.NEW}
    assert store.counts().transcripts == 40
