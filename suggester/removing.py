"""Taking a transcript out of a study for good, from every place where it left a trace."""

import shutil
from pathlib import Path

from suggester.errors import StudyError
from suggester.reports import RemovalReport
from suggester.store import StudyStore


def remove_transcript(store: StudyStore, name: str, reason: str) -> RemovalReport:
    """Delete the transcript, and then the models and the cache, which can be made again.

    If it is stopped midway, or cannot clear the database's log, the same command finishes it.

    Raises
    ------
    TranscriptError
        No such transcript, or no reason is given; nothing is deleted then.
    StudyBusy
        Another process is in the way; if the transcript went all the same, models and cache did too.
    """
    store.require_writable()
    name = store.removable(name, reason)
    models = 0
    try:
        codings = store.remove_transcript(name, reason)
    finally:
        if all(transcript.name != name for transcript in store.transcripts()):
            models = _without_traces(store)
    backups = sorted(path.name for path in store.folder.glob("project.db.backup-*"))
    return RemovalReport(name, codings, models, tuple(backups))


def _without_traces(store: StudyStore) -> int:
    """Empty the models and the cache; returns how many models there were."""
    models = _emptied(store.folder / "models")
    _emptied(store.folder / "cache")
    return models


def _emptied(folder: Path) -> int:
    """Delete what is in a folder; returns how many things there were."""
    items = list(folder.iterdir()) if folder.is_dir() else []
    try:
        for item in items:
            if item.is_dir() and not item.is_symlink():
                shutil.rmtree(item)
            else:
                item.unlink(missing_ok=True)
    except OSError as error:
        raise StudyError(
            f"what the transcript left in '{folder.name}' cannot be deleted: {error.strerror or error}",
            file=folder,
            remedy="Check the folder's permissions and remove the transcript once more.",
        ) from error
    return len(items)
