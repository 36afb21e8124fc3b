"""A transcript that is removed leaves its name and the reason, and no text."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from suggester.domain import Coding, Transcript
from suggester.errors import StudyBusy, TranscriptError
from suggester.store import StudyStore, SuggestionRow, database


def fill(ready: StudyStore) -> None:
    ready.add_transcript(Transcript("Group 2", "We went to the sea in Zanzibar.", (), "Walkers"), layout="")
    for name in ("Group 1", "Group 2"):
        ready.add_codings(
            [Coding(name, 0, 5, "Skills", "Ann", memo=f"Zanzibar {name}")], source="x", finish=True
        )
    run = ready.add_model("m", codebook_version=1, training_sha256="", encoder="e", metrics={})
    ready.add_suggestions(
        run, [SuggestionRow(name, 0, 5, "Skills", 0.5, 1) for name in ("Group 1", "Group 2")]
    )


def test_nothing_of_it_is_left_on_the_disk_but_its_name_and_the_reason(
    ready: StudyStore, folder: Path
) -> None:
    fill(ready)
    assert any(b"Zanzibar" in file.read_bytes() for file in folder.glob("project.db*"))
    assert ready.remove_transcript("group 2", " consent withdrawn ") == 1
    assert [t.name for t in ready.transcripts()] == ["Group 1"]
    assert [case.name for case in ready.cases()] == ["Carers"]
    assert {coding.transcript for coding in ready.codings()} == {"Group 1"}
    assert ready.finished() == {("Group 1", "Ann")}
    (removal,) = ready.removals()
    assert (removal.name, removal.reason) == ("Group 2", "consent withdrawn")
    for file in folder.glob("project.db*"):
        content = file.read_bytes()
        assert b"Zanzibar Group 2" not in content and b"went to the sea" not in content


def test_the_events_of_other_transcripts_cannot_be_deleted_afterwards(
    ready: StudyStore, folder: Path
) -> None:
    fill(ready)
    ready.remove_transcript("Group 2", "consent withdrawn")
    # The new one gets the number of the one that went.
    ready.add_transcript(Transcript("Group 3", "We stayed at home.", ()), layout="")
    ready.add_codings([Coding("Group 3", 0, 5, "Skills", "Ann")], source="x")
    with closing(sqlite3.connect(folder / "project.db")) as raw:
        for table in ("coding_events", "removals"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(f"DELETE FROM {table}")
        for change in ("transcript_id = 1", "name = 'x'", "reason = 'x'", "at = 'x'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(f"UPDATE removals SET {change}")


def test_without_a_reason_or_a_transcript_nothing_is_removed(ready: StudyStore) -> None:
    fill(ready)
    with pytest.raises(TranscriptError, match="for a reason"):
        ready.remove_transcript("Group 2", "  ")
    with pytest.raises(TranscriptError, match="Did you mean"):
        ready.remove_transcript("Grup 2", "consent withdrawn")
    assert len(ready.transcripts()) == 2 and ready.removals() == ()


def test_while_another_reads_the_log_is_not_emptied_and_the_same_removal_finishes_later(
    ready: StudyStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ready)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(folder / "project.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM turns").fetchone()
        for _ in range(2):
            with pytest.raises(StudyBusy, match="may still stand") as caught:
                ready.remove_transcript("Group 2", "consent withdrawn")
            assert "once more" in str(caught.value)
        assert any(b"went to the sea" in file.read_bytes() for file in folder.glob("project.db*"))
        reader.execute("COMMIT")
    assert ready.remove_transcript("group 2", "consent withdrawn") == 0
    assert not any(b"went to the sea" in file.read_bytes() for file in folder.glob("project.db*"))
    assert [removal.name for removal in ready.removals()] == ["Group 2"]
    assert [t.name for t in ready.transcripts()] == ["Group 1"]


def test_the_name_of_one_that_went_never_means_another_by_its_ending(ready: StudyStore) -> None:
    fill(ready)
    assert ready.removable("GROUP 2.docx", "consent withdrawn") == "Group 2"
    ready.remove_transcript("Group 2", "consent withdrawn")
    ready.add_transcript(Transcript("Group 2.docx", "Another group, another day.", ()), layout="")
    assert ready.removable("group 2", "consent withdrawn") == "Group 2"
    assert ready.removable("group 2.docx", "consent withdrawn") == "Group 2.docx"
    with pytest.raises(TranscriptError, match="Did you mean"):
        ready.removable("Group 2.pdf", "consent withdrawn")
    with pytest.raises(TranscriptError, match="for a reason"):
        ready.removable("Group 1", " ")


def test_one_that_came_again_is_removed_again(ready: StudyStore) -> None:
    fill(ready)
    ready.remove_transcript("Group 2", "consent withdrawn")
    ready.add_transcript(Transcript("group 2", "We went to the sea again.", ()), layout="")
    assert ready.removable("Group 2", "once more") == "group 2"
    ready.remove_transcript("group 2", "once more")
    assert [removal.reason for removal in ready.removals()] == ["consent withdrawn", "once more"]
    assert len(ready.transcripts()) == 1


@pytest.mark.parametrize("table", ["coding_events", "finished_events", "suggestions"])
def test_a_removal_lets_go_what_belongs_to_its_own_transcript_alone(
    ready: StudyStore, folder: Path, table: str
) -> None:
    fill(ready)
    with closing(sqlite3.connect(folder / "project.db", isolation_level=None)) as raw:
        first, second = (row for (row,) in raw.execute("SELECT id FROM transcripts ORDER BY name"))
        raw.execute(
            "INSERT INTO removals (transcript_id, name, reason, at) VALUES (?, 'x', 'x', 'x')", [second]
        )
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute(f"DELETE FROM {table} WHERE transcript_id = ?", [first])
        raw.execute(f"DELETE FROM {table} WHERE transcript_id = ?", [second])
        assert raw.execute(f"SELECT DISTINCT transcript_id FROM {table}").fetchall() == [(first,)]


def test_a_case_with_another_transcript_stays(ready: StudyStore) -> None:
    ready.add_transcript(Transcript("Group 2", "We went to the sea.", (), "Carers"), layout="")
    ready.remove_transcript("Group 2", "consent withdrawn")
    assert [case.name for case in ready.cases()] == ["Carers"]
    ready.remove_transcript("Group 1", "consent withdrawn")
    assert ready.cases() == ()
