"""Writing files so that the old one stays whole until the new one is."""

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


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; on success it takes the place of ``path`` at once.

    Raises
    ------
    FileError
        The folder cannot be written, or the disk is full; ``path`` is then as it was.
    """
    temporary: Path | None = None
    try:
        # Through a link, the file it points to is replaced, not the link.
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
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
        raise FileError(
            f"cannot be written: {error.strerror or error}",
            file=path,
            remedy="Close it in other programs; check the folder's permissions and the space on the disk.",
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


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
