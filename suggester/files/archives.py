"""Zipped files from anywhere: refused before they are unpacked if they would fill the memory."""

from pathlib import Path
from zipfile import ZipFile

from suggester.errors import FileError

LARGEST = 200 * 1024**2
"""Bytes that a zipped file may have when it is unpacked."""

_STEEPEST = 200
_SMALL = 10 * 1024**2


def refuse_bomb(package: ZipFile, path: Path, remedy: str) -> None:
    """Refuse what unpacks to over 200 MB, or a large member of which next to nothing is left packed.

    Raises
    ------
    FileError
        It is such a file.
    """
    members = package.infolist()
    total = sum(member.file_size for member in members)
    steep = any(
        member.file_size > _SMALL and member.file_size > _STEEPEST * max(1, member.compress_size)
        for member in members
    )
    if total > LARGEST or steep:
        raise FileError(
            f"unpacks to {total / 1024**2:.0f} MB, too much for its size", file=path, remedy=remedy
        )
