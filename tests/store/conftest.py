"""A study in a temporary folder, with one transcript and a codebook."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from suggester.domain import Code, Codebook, Role, Transcript, Turn
from suggester.store import StudyStore

TEXT = "What changed?\nWe help each other out. It keeps me going.\nAnd before?\nI was on my own."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "study"


@pytest.fixture
def store(folder: Path) -> Iterator[StudyStore]:
    with StudyStore.create(folder, "Self-help groups") as store:
        yield store


@pytest.fixture
def transcript() -> Transcript:
    turns = (
        Turn(0, 13, "Q", Role.INTERVIEWER, 0.0),
        Turn(14, 56, "Ann", Role.PARTICIPANT, 2.5),
        Turn(57, 68, "Q", Role.INTERVIEWER),
        Turn(69, 85, None, Role.PARTICIPANT),
    )
    return Transcript("Group 1", TEXT, turns, "Carers", "Group 1.docx")


@pytest.fixture
def codebook() -> Codebook:
    return Codebook(
        (
            Code("Emotional support", "Resilience", "individual", "Being cared for.", examples=("a", "b")),
            Code("Isolation", "Resilience"),
            Code("Skills", "Control", color="#aabbcc", borderline=("c [d]",), near_misses=("e [Isolation]",)),
        )
    )


@pytest.fixture
def ready(store: StudyStore, transcript: Transcript, codebook: Codebook) -> StudyStore:
    """The study with the transcript and the codebook in it."""
    store.add_transcript(transcript, layout="labels")
    store.set_codebook(codebook, source="codebook.csv")
    return store
