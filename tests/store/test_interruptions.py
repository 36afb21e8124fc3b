"""Killed processes, full disks and folders that may not be written: a study stays whole."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from suggester.domain import Code, Codebook, Role, Transcript, Turn
from suggester.errors import StudyError
from suggester.store import StudyStore, study

# The transcript is larger than SQLite's cache of 2 MB, which so has to be written before the commit.
ADD_AND_DIE = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from suggester.domain import Coding, Role, Transcript, Turn
from suggester.store import StudyStore

folder, job, steps = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
left = steps

def step(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

store = StudyStore.open(folder)
event.listen(store._engine, "after_cursor_execute", step)
event.listen(store._engine, "commit", step)
if job == "transcript":
    text = "words " * (3_000_000 // 6)
    turns = tuple(Turn(i * 6, i * 6 + 5, "Ann", Role.PARTICIPANT) for i in range(3000))
    store.add_transcript(Transcript("Big", text, turns, "Case"), layout="")
else:
    store.add_codings([Coding("First", i, i + 1, "A", "Ann") for i in range(3000)], source="x")
"""

FILL = """
import resource, signal, sys
from pathlib import Path
from suggester.domain import Transcript
from suggester.errors import StudyError
from suggester.store import StudyStore

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with StudyStore.open(Path(sys.argv[1])) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
    try:
        store.add_transcript(Transcript("Big", "words " * 500_000, ()), layout="")
    except StudyError as error:
        assert error.remedy and "space" in error.remedy, error
        assert "words" not in str(error)
        assert [known.name for known in store.transcripts()] == ["First"]
        sys.exit(7)
"""

READ_AS_NOBODY = """
import os, sys
from pathlib import Path
from suggester.errors import StudyError
from suggester.store import StudyStore
import sqlalchemy.dialects.sqlite

folder = Path(sys.argv[1])
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
with StudyStore.open(folder) as store:
    assert store.read_only
    assert [known.name for known in store.transcripts()] == ["First"]
    try:
        store.set_finished("First", "Ann")
    except StudyError as error:
        assert error.remedy
        sys.exit(7)
"""


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def assert_whole(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "project.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.fixture
def first(folder: Path) -> Path:
    """The folder of a closed study with one transcript and a codebook."""
    with StudyStore.create(folder, "x") as store:
        turns = (Turn(0, 4000, None, Role.PARTICIPANT),)
        store.add_transcript(Transcript("First", "x" * 4000, turns), layout="")
        store.set_codebook(Codebook((Code("A"),)), source="x")
    return folder


@pytest.mark.parametrize("job", ["transcript", "codings"])
def test_a_process_killed_at_any_step_of_a_write_leaves_all_or_nothing(first: Path, job: str) -> None:
    outcomes = set()
    for step in range(1, 30):
        ended = run(ADD_AND_DIE, first, job, step)
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
        with StudyStore.open(first) as store:
            counts = store.counts()
            outcome = (counts.transcripts, counts.turns, counts.cases, counts.codings)
        assert_whole(first)
        outcomes.add(outcome)
        if ended.returncode == 0:
            break
        assert outcome == (1, 1, 0, 0), f"something of it is there at step {step}"
    else:
        pytest.fail("never came to its end")
    assert step > 5
    assert outcomes == {(1, 1, 0, 0), (2, 3001, 1, 0) if job == "transcript" else (1, 1, 0, 3000)}


def test_a_process_killed_in_a_write_has_written_before_its_commit(first: Path) -> None:
    """The test above proves something only if the killed transaction had reached the disk."""
    ended = run(ADD_AND_DIE, first, "transcript", 7)
    assert ended.returncode == -signal.SIGKILL
    assert (first / "project.db-wal").stat().st_size > 500_000
    with StudyStore.open(first) as store:
        assert store.counts().transcripts == 1


def test_a_killed_creation_leaves_no_study(folder: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from suggester.store import study\n"
        "study._move = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "study.StudyStore.create(Path(sys.argv[1]), 'x')"
    )
    assert run(script, folder).returncode == -signal.SIGKILL
    assert StudyStore.find(folder) is None
    with StudyStore.create(folder, "second try") as store:
        assert store.name == "second try"


def test_a_full_disk_is_an_error_and_the_study_keeps_its_old_content(first: Path) -> None:
    ended = run(FILL, first)
    assert ended.returncode == 7, ended.stderr
    assert_whole(first)
    with StudyStore.open(first) as store:
        assert [known.name for known in store.transcripts()] == ["First"]
        store.add_transcript(Transcript("Second", "now there is space", ()), layout="")
        assert store.counts().transcripts == 2


def test_a_database_that_may_not_grow_is_an_error_with_a_remedy(first: Path) -> None:
    with StudyStore.open(first) as store:
        with store._reading() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1")
        with pytest.raises(StudyError, match="no space left") as caught:
            store.add_transcript(Transcript("Big", "words " * 500_000, ()), layout="")
        assert caught.value.remedy
        assert store.counts().transcripts == 1
    assert_whole(first)


def test_a_full_disk_during_creation_leaves_no_study(folder: Path) -> None:
    script = (
        "import resource, signal, sys; from pathlib import Path; from suggester.errors import StudyError\n"
        "from suggester.store import StudyStore; import alembic.command\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))\n"
        "sys.dont_write_bytecode = True\n"
        "try: StudyStore.create(Path(sys.argv[1]), 'x')\n"
        "except StudyError: sys.exit(7)"
    )
    ended = run(script, folder)
    assert ended.returncode == 7, ended.stderr
    assert [path for path in folder.iterdir() if path.is_file()] == []


def test_a_folder_that_may_not_be_written_is_opened_for_reading(
    first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name for path in first.iterdir()}
    monkeypatch.setattr(study, "_writable", lambda _path: False)
    with StudyStore.open(first) as store:
        assert store.read_only
        assert store.counts().transcripts == 1
        with pytest.raises(StudyError, match="may only be read") as caught:
            store.add_transcript(Transcript("Second", "text", ()), layout="")
        assert "copy the study" in str(caught.value)
        assert {path.name for path in first.iterdir()} == before


def test_what_is_only_in_the_log_is_seen_when_reading_only(
    first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with StudyStore.open(first) as writer:
        writer.add_transcript(Transcript("Second", "text", ()), layout="")
        monkeypatch.setattr(study, "_writable", lambda _path: False)
        with StudyStore.open(first) as reader:
            assert reader.read_only
            assert reader.counts().transcripts == 2


def test_another_user_can_read_a_study_they_may_not_write(tmp_path: Path) -> None:
    # pytest's folders are for their owner alone; the study of this test is for all to read.
    if os.geteuid() == 0:
        for parent in (tmp_path, *tmp_path.parents):
            if parent.owner() == "root" and parent.name.startswith(("pytest", "test_", "popen")):
                parent.chmod(0o755)
    folder = tmp_path / "study"
    with StudyStore.create(folder, "x") as store:
        store.add_transcript(Transcript("First", "text", ()), layout="")
    (folder / "project.db").chmod(0o444)
    folder.chmod(0o555)
    ended = run(READ_AS_NOBODY, folder)
    folder.chmod(0o755)
    assert ended.returncode == 7, ended.stderr
    assert {path.name for path in folder.iterdir()} == {"cache", "models", "project.db"}


def test_a_file_that_turns_read_only_while_open_is_an_error_with_a_remedy(first: Path) -> None:
    with StudyStore.open(first) as store:
        with store._reading() as connection:
            connection.exec_driver_sql("PRAGMA query_only=ON")
        with pytest.raises(StudyError, match="may only be read") as caught:
            store.set_finished("First", "Ann")
        assert caught.value.remedy


def test_a_study_that_vanishes_while_open_is_an_error_of_the_study(first: Path) -> None:
    with StudyStore.open(first) as store:
        (first / "project.db").unlink()
        with pytest.raises(StudyError, match="cannot be opened"):
            store.transcripts()
