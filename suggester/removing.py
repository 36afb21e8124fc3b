"""Taking a transcript out of a study for good, from every place where it left a trace."""

import shutil
from pathlib import Path

from suggester.errors import StudyError
from suggester.reports import RemovalReport
from suggester.store import StudyStore


def remove_transcript(store: StudyStore, name: str, reason: str) -> RemovalReport:
    """Delete the models and the cache, which can be made again, and then the transcript itself.

    In this order: if it is stopped midway, what is left can be removed by the same command.
    """
    store.require_writable()
    models = _emptied(store.folder / "models")
    _emptied(store.folder / "cache")
    codings = store.remove_transcript(name, reason)
    backups = sorted(path.name for path in store.folder.glob("project.db.backup-*"))
    return RemovalReport(name, codings, models, tuple(backups))


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
            remedy="Check the folder's permissions and try again; the transcript is still there.",
        ) from error
    return len(items)
