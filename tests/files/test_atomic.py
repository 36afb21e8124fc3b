"""Writing by replacement: the old file stays whole until the new one is."""

import errno
import os
import stat
import time
from pathlib import Path

import pytest

from suggester.errors import FileError
from suggester.files.atomic import replacing, require_free


def test_the_new_content_takes_the_place_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.csv"]


@pytest.mark.parametrize("raised", [RuntimeError, KeyboardInterrupt])
def test_the_old_file_stays_when_the_writer_raises(tmp_path: Path, raised: type[BaseException]) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(raised), replacing(path) as temporary:
        temporary.write_text("half of the n")
        raise raised
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.csv"]


def test_a_full_disk_is_a_file_error_and_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(FileError, match="No space left on device"), replacing(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.csv"]


def test_a_really_full_device_is_a_file_error(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    path = tmp_path / "table.csv"
    with pytest.raises(FileError, match="No space left"), replacing(path):
        Path("/dev/full").write_text("x" * 10)
    assert not path.exists()


def test_missing_folders_are_not_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "table.csv"
    with pytest.raises(FileError, match=r"there is no folder '.*/a'"):
        require_free(path, overwrite=True)
    with pytest.raises(FileError, match="cannot be written"), replacing(path):
        pass
    assert not path.parent.exists()


def test_a_file_that_is_there_is_only_replaced_if_asked(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    require_free(path, overwrite=False)
    path.write_text("old")
    require_free(path, overwrite=True)
    with pytest.raises(FileError, match=r"table\.csv: is there already\..*--overwrite"):
        require_free(path, overwrite=False)


def test_a_name_that_the_system_refuses_is_a_file_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be written"):
        require_free(tmp_path / ("n" * 300 + ".csv"), overwrite=False)


def test_a_folder_in_the_way_is_a_file_error(tmp_path: Path) -> None:
    (tmp_path / "table.csv").mkdir()
    with pytest.raises(FileError, match="cannot be written"), replacing(tmp_path / "table.csv") as temporary:
        temporary.write_text("new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.csv"]


def test_permissions_are_kept_and_new_files_obey_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    before = os.umask(0o027)
    try:
        with replacing(path) as temporary:
            temporary.write_text("new")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o600)
    with replacing(path) as temporary:
        temporary.write_text("newer")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_a_link_and_its_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "real.csv"
    target.write_text("old")
    link = tmp_path / "link.csv"
    link.symlink_to(target)
    with replacing(link) as temporary:
        temporary.write_text("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_name_as_long_as_the_system_allows_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250 + ".csv")
    with replacing(path) as temporary:
        temporary.write_text("new")
    assert path.read_text() == "new"


def test_what_killed_commands_left_behind_is_deleted_after_an_hour(tmp_path: Path) -> None:
    left = [".writing-ab12_xyz.csv", ".writing-ab12_xyz"]
    for name in [*left, ".writing-young000.csv", ".writing-notes.csv", "own.csv"]:
        (tmp_path / name).write_text("half")
        if "young" not in name:
            os.utime(tmp_path / name, (time.time() - 4000,) * 2)
    (tmp_path / ".writing-folder00").mkdir()
    os.utime(tmp_path / ".writing-folder00", (time.time() - 4000,) * 2)
    with replacing(tmp_path / "table.csv") as temporary:
        temporary.write_text("new")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [
        ".writing-folder00",
        ".writing-notes.csv",
        ".writing-young000.csv",
        "own.csv",
        "table.csv",
    ]
