"""Killed, stopped, without space, two at once, not allowed to write: the study stays whole."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from suggester.project import Project

Cli = Callable[..., Any]

# The program with an encoder that needs no weights; `before` is run first.
PROGRAM = """
import sys, time
from hashlib import sha256
import numpy as np
import suggester.training, suggester.suggesting

class Encoder:
    name, fingerprint = "fake", sha256(b"other").hexdigest()
    def __init__(self, name): pass
    def encode(self, texts, progress=None):
        seeds = [int.from_bytes(sha256(text.encode()).digest()[:4]) for text in texts]
        drawn = [np.random.default_rng(seed).normal(size=256) for seed in seeds]
        matrix = np.array(drawn, np.float32).reshape(-1, 256)
        return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)

suggester.training.SentenceEncoder = suggester.suggesting.SentenceEncoder = Encoder
{before}
sys.argv = ["suggester", *{words!r}]
from suggester.cli.main import run
run()
"""
# Says that it has begun, then takes for ever.
SLOWLY = """
def encode(self, texts, progress=None):
    print("encoding", flush=True)
    time.sleep(60)
Encoder.encode = encode
"""


def program(*words: object, before: str = "") -> subprocess.Popen[str]:
    code = PROGRAM.format(words=[str(word) for word in words], before=before)
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def begun(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line == "encoding\n", process.communicate()[1]


def state(study: Path) -> tuple[object, ...]:
    with Project.open(study) as opened:
        status = opened.status()
        return status.transcripts, status.coders, status.codes, status.model, status.codebook_version


def test_a_killed_training_leaves_the_study_as_it_was(cli: Cli, trained: Path) -> None:
    before = state(trained)
    process = program("train", "-p", trained, before=SLOWLY)
    begun(process)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    process.communicate()
    assert state(trained) == before
    assert cli("suggest", "-p", trained).code == 0
    assert cli("train", "-p", trained).code == 0


def test_a_training_killed_while_it_saves_is_no_model(cli: Cli, coded: Path) -> None:
    # Right after the bundle is in its place, and before the study knows of it.
    before = """
from suggester.store import StudyStore
def add_model(*_, **__):
    print("encoding", flush=True)
    time.sleep(60)
StudyStore.add_model = add_model
"""
    process = program("train", "-p", coded, before=before)
    begun(process)
    process.kill()
    process.communicate()
    assert state(coded)[3] is None
    assert "suggester train" in cli("suggest", "-p", coded).err
    assert cli("train", "-p", coded).code == 0
    assert cli("suggest", "-p", coded).code == 0


def test_ctrl_c_ends_with_a_word_and_130(coded: Path) -> None:
    process = program("train", "-p", coded, before=SLOWLY)
    begun(process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert "Stopped." in err and "Traceback" not in err
    assert state(coded)[3] is None


LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes}, {bytes}))"


@pytest.mark.parametrize("size", [4096, 50_000])
def test_a_full_disk_while_training_is_a_message_and_the_study_is_whole(
    cli: Cli, trained: Path, size: int
) -> None:
    before = state(trained)
    process = program("train", "-p", trained, before=LIMIT.format(bytes=size))
    out, err = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert err.startswith("Error: ") and "space" in err and "Traceback" not in err
    assert state(trained) == before
    assert not [path.name for path in (trained / "models").iterdir() if path.name.startswith(".")]
    assert cli("suggest", "-p", trained).code == 0
    assert cli("train", "-p", trained).code == 0


@pytest.mark.parametrize(
    "words", [["import", "{text}"], ["codings", "undo", "1"], ["suggest", "-o", "{out}"]]
)
def test_a_full_disk_elsewhere_is_a_message_and_the_study_is_whole(
    trained: Path, tmp_path: Path, words: list[str]
) -> None:
    text = tmp_path / "Long.txt"
    text.write_text("INT: And?\nAnna: We all listened to each other.\n" * 3000, "utf-8")
    before = state(trained)
    filled = [word.format(text=text, out=tmp_path / "out.csv") for word in words]
    process = program(*filled, "-p", trained, before=LIMIT.format(bytes=4096))
    _, err = process.communicate()
    assert process.returncode == 2 and err.startswith("Error: ") and "Traceback" not in err
    assert state(trained) == before
    assert not (tmp_path / "out.csv").exists()


def test_two_imports_at_once_both_come_in(study: Path, planted: Any) -> None:
    first = program("import", *planted.transcripts[:4], "-p", study)
    second = program("import", *planted.transcripts[2:], "-p", study)
    for process in (first, second):
        _, err = process.communicate()
        assert process.returncode == 0, err
    assert state(study)[0] == 6


def test_a_program_that_waits_too_long_for_another_says_so(
    cli: Cli, coded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3
    from contextlib import closing

    monkeypatch.setattr("suggester.store.database.BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(coded / "project.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        found = cli("codings", "undo", 1, "-p", coded)
        assert found.code == 2 and "another process is writing" in found.err
        assert cli("status", "-p", coded).code == 0


@pytest.fixture
def read_only(trained: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The trained study where nothing may be written; a file stands in for a folder that is locked."""
    for path in (trained / "cache").iterdir():
        path.unlink()
    (trained / "cache").rmdir()
    (trained / "cache").touch()
    monkeypatch.setattr("suggester.store.study._writable", lambda _: False)
    return trained


def test_a_study_that_may_only_be_read_can_be_looked_at(cli: Cli, read_only: Path, tmp_path: Path) -> None:
    assert cli("status", "-p", read_only).code == 0
    out = tmp_path / "out.csv"
    assert cli("suggest", "-o", out, "-p", read_only).code == 0
    assert out.stat().st_size
    assert cli("codings", "export", tmp_path / "codings.csv", "-p", read_only).code == 0


def test_a_study_that_may_only_be_read_says_so_before_any_work(
    cli: Cli, read_only: Path, planted: Any, fake_encoder: Any
) -> None:
    before = fake_encoder.texts_encoded
    for words in (["train"], ["import", planted.transcripts[0]], ["codings", "import", planted.codings]):
        found = cli(*words, "-p", read_only)
        assert found.code == 2 and "may only be read here" in found.err
    assert fake_encoder.texts_encoded == before


def test_output_that_nobody_reads_any_more_ends_without_a_traceback(coded: Path) -> None:
    process = program("codebook", "show", "-p", coded)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert "Traceback" not in err and "BrokenPipe" not in err
