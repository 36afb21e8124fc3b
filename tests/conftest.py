"""What several parts of the tests share: a tiny encoder, and a small study with planted words."""

import csv
import random
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from suggester.domain import Unit
from suggester.learn.encoders import Progress, Vectors, unit_rows
from suggester.project import Project

DIMENSIONS = 48
CODES = {
    "Emotional support": "listen comfort cry shoulder worry hug soothe tears",
    "Practical support": "lift shopping forms lend repair errand van parcel",
    "Learning": "course taught skills workshop lesson tutor study class",
}
NEUTRAL = "tuesday room kettle weather bus car park hall chairs biscuits door street morning corner"
FILLER = "we you know there was and then they would sort of when people came along to the"
PEOPLE = ("Anna", "Ben", "Cleo", "Dev", "Ewa", "Fay")


class FakeEncoder:
    """Hashed bags of words as unit vectors; remembers how many texts it was given."""

    texts_encoded = 0

    def __init__(self, name: str = "default") -> None:
        self.name = name
        self.fingerprint = sha256(b"fake").hexdigest()

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        type(self).texts_encoded += len(texts)
        matrix = np.zeros((len(texts), DIMENSIONS), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                matrix[row, zlib.crc32(word.encode()) % DIMENSIONS] += 1
        if progress:
            progress(len(texts), len(texts))
        return unit_rows(matrix)


@pytest.fixture
def fake_encoder(monkeypatch: pytest.MonkeyPatch) -> type[FakeEncoder]:
    """Stands in for the sentence encoder wherever a study trains or suggests."""
    encoder = type("CountingEncoder", (FakeEncoder,), {})
    monkeypatch.setattr("suggester.training.SentenceEncoder", encoder)
    monkeypatch.setattr("suggester.suggesting.SentenceEncoder", encoder)
    return encoder


@dataclass(frozen=True)
class PlantedStudy:
    """Files of a study, each participant's turn with words of one code or of none.

    ``codings`` are rows transcript, start, end, text, code, coder for `coded`; ``waiting`` are the
    transcripts that nobody has coded.
    """

    folder: Path
    codebook: Path
    transcripts: tuple[Path, ...]
    codings: Path
    rows: tuple[dict[str, str], ...]
    coded: tuple[str, ...]
    waiting: tuple[str, ...]

    def text(self, transcript: str) -> str:
        return (self.folder / f"{transcript}.txt").read_text(encoding="utf-8")


@pytest.fixture
def planted(tmp_path: Path) -> PlantedStudy:
    """Six transcripts, of which Anna's, Ben's, Cleo's and Dev's are coded by Kim."""
    return plant(tmp_path / "files")


@dataclass(frozen=True)
class MadeStudies:
    """Folders of studies from the planted files, to be copied: nothing in them yet, coded, trained."""

    empty: Path
    coded: Path
    trained: Path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeStudies:
    """Made once for all tests. A passage is a turn; the coded transcripts are finished."""
    home = tmp_path_factory.mktemp("made")
    files = plant(home / "files")
    made = MadeStudies(home / "empty", home / "coded", home / "trained")
    with Project.create(made.empty, "study") as study:
        study.set_unitizing(Unit.TURN)
    copytree(made.empty, made.coded)
    with Project.open(made.coded) as study:
        study.import_transcripts(files.transcripts)
        study.import_codebook(files.codebook)
        study.import_codings(files.codings, finished=True)
    copytree(made.coded, made.trained)
    with pytest.MonkeyPatch.context() as patch, Project.open(made.trained) as study:
        patch.setattr("suggester.training.SentenceEncoder", FakeEncoder)
        study.train()
    return made


def plant(folder: Path) -> PlantedStudy:
    """Write the files of the planted study."""
    folder.mkdir()
    codebook = folder / "codebook.csv"
    lines = [["name", "heading"], *([code, "Mutual aid"] for code in CODES)]
    write_csv(codebook, lines)
    rows: list[dict[str, str]] = []
    paths = []
    for seed, person in enumerate(PEOPLE):
        text, spans = _interview(person, random.Random(seed))
        path = folder / f"{person}.txt"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
        if seed < 4:
            rows += [
                {
                    "transcript": person,
                    "start": str(start),
                    "end": str(end),
                    "text": text[start:end],
                    "code": code,
                    "coder": "Kim",
                }
                for start, end, code in spans
            ]
    codings = folder / "codings.csv"
    write_csv(codings, [list(rows[0]), *(list(row.values()) for row in rows)])
    return PlantedStudy(folder, codebook, tuple(paths), codings, tuple(rows), PEOPLE[:4], PEOPLE[4:])


@pytest.fixture
def csv_writer() -> Callable[[Path, Sequence[Sequence[object]]], None]:
    """Writes lines of cells as CSV."""
    return write_csv


def write_csv(path: Path, lines: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)


def _interview(person: str, rng: random.Random) -> tuple[str, list[tuple[int, int, str]]]:
    """The text with labels, and the spans of the coded answers."""
    text = ""
    spans = []
    kinds = [*CODES, "", ""] * 3
    rng.shuffle(kinds)
    for number, code in enumerate(kinds):
        text += f"INT: What about the {rng.choice(NEUTRAL.split())}, part {number}?\n"
        words = rng.sample((CODES.get(code) or NEUTRAL).split(), 5) + rng.choices(FILLER.split(), k=7)
        rng.shuffle(words)
        answer = " ".join(words).capitalize() + "."
        text += f"{person}: "
        if code:
            spans.append((len(text), len(text) + len(answer), code))
        text += f"{answer}\n"
    return text, spans
