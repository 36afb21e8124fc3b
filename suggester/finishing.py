"""Which transcripts a coder has finished: what they left uncoded there is a "no code" decision."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from suggester.errors import CodingError, TranscriptError
from suggester.importing import named
from suggester.interop import read_finished
from suggester.store import StudyStore


def finish(store: StudyStore, transcripts: Sequence[str], coder: str, finished: bool) -> str:
    """As `Project.finish`."""
    coder = _known(store, coder)
    # All names before the first record: a wrong one among them changes nothing.
    for name in [named(store, name) for name in transcripts]:
        store.set_finished(name, coder, finished)
    return coder


def finish_from(store: StudyStore, path: Path, finished: bool) -> Mapping[str, int]:
    """As `Project.finish_from`."""
    pairs = []
    for row in read_finished(path):
        try:
            pairs.append((named(store, row.transcript), _known(store, row.coder)))
        except (TranscriptError, CodingError) as error:
            place = f"row {row.row}"
            raise type(error)(error.problem, file=path, place=place, remedy=error.remedy) from error
    for transcript, coder in pairs:
        store.set_finished(transcript, coder, finished)
    return Counter(coder for _, coder in pairs)


def _known(store: StudyStore, coder: str) -> str:
    # The first coder of a study may have finished transcripts before any coding is imported.
    return store.known_coder(coder) if store.coders() else coder
