"""Making, finding and opening a study, and what is refused untouched."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from suggester.domain import Coding, Transcript, Unit
from suggester.errors import StudyError
from suggester.store import Counts, StudyStore, Unitizing


def test_a_new_study_opens_again_with_its_name_and_settings(folder: Path) -> None:
    with StudyStore.create(folder, "Grün 'n' \"blue\" 🎉") as store:
        assert store.folder == folder
        assert store.unitizing == Unitizing(Unit.WINDOW, 40)
        store.set_unitizing(Unit.PARAGRAPH, 60)
    with StudyStore.open(folder) as store:
        assert store.name == "Grün 'n' \"blue\" 🎉"
        assert store.unitizing == (Unit.PARAGRAPH, 60)
    assert sorted(path.name for path in folder.iterdir()) == ["cache", "models", "project.db"]


def test_a_folder_name_with_awkward_characters_works(tmp_path: Path) -> None:
    folder = tmp_path / "a?b=c&d #1 100%41 'quoted' 🎉"
    StudyStore.create(folder, "x").close()
    with StudyStore.open(folder) as store:
        assert store.name == "x"
    assert (folder / "project.db").is_file()


def test_passages_of_no_words_are_refused(store: StudyStore) -> None:
    with pytest.raises(StudyError, match="0 words"):
        store.set_unitizing(Unit.WINDOW, 0)


def test_a_second_study_in_the_same_folder_is_refused_and_the_first_is_untouched(folder: Path) -> None:
    StudyStore.create(folder, "first").close()
    with pytest.raises(StudyError, match="already"):
        StudyStore.create(folder, "second")
    with StudyStore.open(folder) as store:
        assert store.name == "first"
    assert not list(folder.glob(".project.db*"))


def test_a_study_that_appears_during_creation_is_not_overwritten(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from suggester.store import study

    upgrade = study.upgrade

    def other_is_faster(path: Path) -> None:
        monkeypatch.setattr(study, "upgrade", upgrade)
        StudyStore.create(folder, "theirs").close()
        upgrade(path)

    monkeypatch.setattr(study, "upgrade", other_is_faster)
    with pytest.raises(StudyError, match="already"):
        StudyStore.create(folder, "ours")
    with StudyStore.open(folder) as store:
        assert store.name == "theirs"


def test_a_disk_without_hard_links_gets_its_study(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(_self: Path, _target: Path) -> None:
        raise PermissionError("no hard links here")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    with StudyStore.create(folder, "x") as store:
        assert store.name == "x"
    assert not list(folder.glob(".project.db*"))


def test_a_study_needs_a_name(folder: Path) -> None:
    with pytest.raises(StudyError, match="needs a name"):
        StudyStore.create(folder, "  ")
    assert not folder.exists()


def test_a_file_in_the_folders_place_is_an_error_of_the_study(tmp_path: Path) -> None:
    (tmp_path / "study").write_text("a file")
    with pytest.raises(StudyError):
        StudyStore.create(tmp_path / "study", "x")
    with pytest.raises(StudyError):
        StudyStore.open(tmp_path / "study")


def test_only_the_owner_may_read_a_study(folder: Path, transcript: Transcript) -> None:
    umask = os.umask(0)
    try:
        with StudyStore.create(folder, "x") as store:
            store.add_transcript(transcript, layout="")
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    finally:
        os.umask(umask)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes.pop("models") == modes.pop("cache") == 0o700
    assert modes == dict.fromkeys(("project.db", "project.db-wal", "project.db-shm"), 0o600)


@pytest.mark.usefixtures("store")
def test_find_walks_up_to_the_nearest_study(folder: Path) -> None:
    deep = folder / "models" / "run" / "deeper"
    deep.mkdir(parents=True)
    assert StudyStore.find(deep) == StudyStore.find(folder) == folder
    assert StudyStore.find(folder.parent) is None


def test_no_study_is_said_with_the_folder(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no study") as caught:
        StudyStore.open(tmp_path / "nowhere")
    assert "nowhere" in str(caught.value)
    assert caught.value.remedy


def foreign_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE project (name TEXT)")
        connection.execute("PRAGMA application_id=1234")


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04" + bytes(200), b"SQLite format 3\0" + bytes(50)]
)
def test_what_is_no_database_is_refused_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "project.db"
    path.write_bytes(content)
    with pytest.raises(StudyError, match="damaged"):
        StudyStore.open(tmp_path)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_another_programs_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "project.db"
    foreign_database(path)
    before = path.read_bytes()
    with pytest.raises(StudyError, match="another program"):
        StudyStore.open(tmp_path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_study_is_refused_untouched_and_names_its_backup(
    folder: Path, transcript: Transcript
) -> None:
    with StudyStore.create(folder, "x") as store:
        store.add_transcript(transcript, layout="")
    path = folder / "project.db"
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 8] = b"\xa5" * (4096 * 5)
    path.write_bytes(content)
    (folder / "project.db.backup-0000-20250101T000000Z").write_bytes(b"")
    with pytest.raises(StudyError, match="damaged") as caught:
        StudyStore.open(folder)
    assert "project.db.backup-0000-20250101T000000Z" in str(caught.value)
    assert path.read_bytes() == content
    assert transcript.text not in str(caught.value)


def test_a_truncated_study_is_refused(folder: Path, store: StudyStore, transcript: Transcript) -> None:
    store.add_transcript(transcript, layout="")
    store.close()
    path = folder / "project.db"
    path.write_bytes(path.read_bytes()[: 4096 * 4])
    with pytest.raises(StudyError, match="damaged"):
        StudyStore.open(folder)


def test_a_study_of_a_newer_version_is_refused(folder: Path) -> None:
    StudyStore.create(folder, "x").close()
    with closing(sqlite3.connect(folder / "project.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    with pytest.raises(StudyError, match="newer version"):
        StudyStore.open(folder)
    assert not list(folder.glob("*.backup*"))


def test_a_half_made_study_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "project.db")) as connection:
        connection.execute(f"PRAGMA application_id={0x53554747}")
        connection.execute("CREATE TABLE study (id INTEGER)")
    with pytest.raises(StudyError, match="damaged"):
        StudyStore.open(tmp_path)


def test_counts_say_what_the_study_holds(ready: StudyStore) -> None:
    ready.add_codings([Coding("Group 1", 14, 38, "Skills", "Ann")], source="x.csv")
    ready.set_finished("Group 1", "Ann")
    assert ready.counts() == Counts(
        cases=1, transcripts=1, turns=4, coders=1, codings=1, finished=1, models=0, suggestions=0
    )


def test_opening_a_current_study_leaves_alembic_alone(folder: Path, store: StudyStore) -> None:
    store.close()
    script = (
        "import sys; from pathlib import Path; from suggester.store import StudyStore\n"
        "with StudyStore.open(Path(sys.argv[1])) as store: store.counts()\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(folder)], check=False).returncode == 0
    assert not list(folder.glob("*.backup*"))


def test_passages_stay_out_of_the_messages_of_the_database(
    ready: StudyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import IntegrityError

    from suggester.store import codings

    monkeypatch.setattr(codings, "now", lambda: None)
    secret = [Coding("Group 1", 0, 5, "Skills", "Ann", memo="secret")]
    with pytest.raises(IntegrityError) as caught:
        ready.add_codings(secret, source="secret.csv")
    assert "secret" not in str(caught.value)
