"""Writing files so that the old one stays whole until the new one is, and none is lost unasked."""

import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from suggester.errors import FileError

_TEMPORARY = re.compile(r"\.writing-[a-z0-9_]{8}(?:\..*)?")
_ABANDONED_AFTER = 3600


def require_free(path: Path, overwrite: bool) -> None:
    """Ask before work whether a result may be written to ``path``.

    Raises
    ------
    FileError
        There is something of this name and ``overwrite`` is False, or its folder is not there.
    """
    try:
        taken, folder_there = path.exists() or path.is_symlink(), path.parent.is_dir()
    except OSError as error:
        raise _not_written(path, error) from error
    if not folder_there:
        raise FileError(
            f"cannot be written: there is no folder '{path.parent}'",
            file=path,
            remedy="Make the folder first, or correct its name.",
        )
    if taken and not overwrite:
        raise FileError(
            "is there already", file=path, remedy="Give another name, or replace it with --overwrite."
        )


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; on success it takes the place of ``path`` at once.

    Raises
    ------
    FileError
        The folder is missing or cannot be written, or the disk is full; ``path`` is then as it was.
    """
    temporary: Path | None = None
    try:
        # Through a link, the file it points to is replaced, not the link.
        target = path.resolve()
        _remove_leftovers(target.parent)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".writing-", suffix=path.suffix)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.chmod(target.stat().st_mode if target.exists() else 0o666 & ~_umask())
        temporary.replace(target)
    except OSError as error:
        raise _not_written(path, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _not_written(path: Path, error: OSError) -> FileError:
    return FileError(
        f"cannot be written: {error.strerror or error}",
        file=path,
        remedy="Close it in other programs; check the folder's permissions and the space on the disk.",
    )


def _remove_leftovers(folder: Path) -> None:
    """Delete what killed commands were writing; what is younger may be another command's at work."""
    for path in folder.glob(".writing-*"):
        with suppress(OSError):
            old = time.time() - path.lstat().st_mtime > _ABANDONED_AFTER
            if old and _TEMPORARY.fullmatch(path.name) and path.is_file():
                path.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
