"""Transcripts: what is stored again, refused, replaced, matched."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suggester.domain import Case, Coding, Role, Transcript, Turn
from suggester.errors import TranscriptChanged, TranscriptError
from suggester.store import Added, StudyStore, SuggestionRow


def test_a_transcript_comes_back_as_it_was_given(store: StudyStore, transcript: Transcript) -> None:
    assert store.add_transcript(transcript, layout="labels", source_sha256="ab") is Added.NEW
    assert store.transcripts() == (transcript,)
    assert store.transcript("group  1") == transcript


def test_an_empty_study_has_no_transcripts(store: StudyStore) -> None:
    assert store.transcripts() == ()
    assert store.cases() == ()


def test_transcripts_come_in_the_order_of_their_names(store: StudyStore) -> None:
    for name in ("b", "C", "a"):
        store.add_transcript(Transcript(name, f"text of {name}", ()), layout="")
    assert [transcript.name for transcript in store.transcripts()] == ["a", "b", "C"]


def test_the_same_transcript_is_not_stored_twice(store: StudyStore, transcript: Transcript) -> None:
    store.add_transcript(transcript, layout="labels")
    assert store.add_transcript(replace(transcript, name="GROUP 1"), layout="labels") is Added.SAME
    assert store.transcripts() == (transcript,)


def test_turns_that_were_read_differently_take_the_place_of_the_old(
    ready: StudyStore, transcript: Transcript
) -> None:
    coding = Coding("Group 1", 14, 38, "Skills", "Ann")
    ready.add_codings([coding], source="x")
    reread = replace(transcript, turns=(Turn(0, 85, "All", Role.PARTICIPANT),))
    assert ready.add_transcript(reread, layout="none") is Added.REREAD
    assert ready.transcript("Group 1") == reread
    assert ready.codings() == (coding,)


def test_the_same_text_under_another_name_is_refused_naming_the_first(
    ready: StudyStore, transcript: Transcript
) -> None:
    with pytest.raises(TranscriptError, match="'Copy' has the same text as 'Group 1'"):
        ready.add_transcript(replace(transcript, name="Copy"), layout="")
    assert len(ready.transcripts()) == 1


def test_another_text_under_the_same_name_needs_a_choice(ready: StudyStore, transcript: Transcript) -> None:
    changed = Transcript("group 1", "Another text.", ())
    with pytest.raises(TranscriptChanged) as caught:
        ready.add_transcript(changed, layout="")
    assert caught.value.remedy
    assert "Another" not in str(caught.value)
    assert ready.transcripts() == (transcript,)


def test_a_replaced_text_is_gone_from_the_disk_and_its_case_stays(
    folder: Path, store: StudyStore, transcript: Transcript
) -> None:
    named = replace(transcript, text=transcript.text + " My name is Zebedee Quillfeather." * 1000)
    store.add_transcript(named, layout="")
    changed = replace(transcript, text=transcript.text + " My name is [name].", case=None)
    assert store.add_transcript(changed, layout="", replace=True) is Added.REPLACED
    assert store.transcripts() == (replace(changed, case="Carers"),)
    store.close()
    assert b"Quillfeather" not in (folder / "project.db").read_bytes()


def test_a_text_with_codings_is_not_replaced(ready: StudyStore, transcript: Transcript) -> None:
    codings = [Coding("Group 1", start, start + 5, "Skills", "Ann") for start in (0, 10, 20)]
    batch = ready.add_codings(codings, source="x").batch
    changed = replace(transcript, text="Another text.", turns=())
    with pytest.raises(TranscriptChanged, match="3 codings point into it"):
        ready.add_transcript(changed, layout="", replace=True)
    assert batch is not None
    ready.undo_codings(batch)
    with pytest.raises(TranscriptChanged, match="codings that were undone point into it"):
        ready.add_transcript(changed, layout="", replace=True)
    assert ready.transcripts() == (transcript,)


def test_a_finished_text_is_not_replaced(ready: StudyStore, transcript: Transcript) -> None:
    ready.set_finished("Group 1", "Ann")
    with pytest.raises(TranscriptChanged, match="finished marks point"):
        ready.add_transcript(replace(transcript, text="Other", turns=()), layout="", replace=True)


def test_a_text_with_suggestions_is_not_replaced(ready: StudyStore, transcript: Transcript) -> None:
    run = ready.add_model("m", codebook_version=1, training_sha256="", encoder="e", metrics={})
    ready.add_suggestions(run, [SuggestionRow("Group 1", 0, 5, "Skills", 0.5, 1)])
    with pytest.raises(TranscriptChanged, match="suggestions point"):
        ready.add_transcript(replace(transcript, text="Other", turns=()), layout="", replace=True)


def test_the_text_cannot_be_changed_even_by_raw_sql(
    folder: Path, ready: StudyStore, transcript: Transcript
) -> None:
    with closing(sqlite3.connect(folder / "project.db")) as connection:
        for column in ("text", "sha256"):
            with pytest.raises(sqlite3.IntegrityError, match="immutable"):
                connection.execute(f"UPDATE transcripts SET {column} = 'x'")
    assert ready.transcripts() == (transcript,)


def test_half_a_character_is_refused_with_its_offset(store: StudyStore) -> None:
    with pytest.raises(TranscriptError, match="U\\+D83D") as caught:
        store.add_transcript(Transcript("T", "private \ud83d words", ()), layout="")
    assert caught.value.place == "character 8"
    assert "private" not in str(caught.value)
    turns = (Turn(0, 1, "\udcff", Role.PARTICIPANT),)
    with pytest.raises(TranscriptError, match="speaker"):
        store.add_transcript(Transcript("T", "text", turns), layout="")
    with pytest.raises(TranscriptError, match="case"):
        store.add_transcript(Transcript("T", "text", (), case="\udcff"), layout="")
    assert store.transcripts() == ()
    assert store.cases() == ()


@pytest.mark.parametrize("turn", [(-1, 2), (3, 2), (0, 5)])
def test_a_turn_outside_the_text_is_refused(store: StudyStore, turn: tuple[int, int]) -> None:
    with pytest.raises(TranscriptError, match="outside its text of 4 characters"):
        store.add_transcript(Transcript("T", "text", (Turn(*turn, None, Role.PARTICIPANT),)), layout="")


def test_a_transcript_needs_a_name(store: StudyStore) -> None:
    with pytest.raises(TranscriptError, match="no name"):
        store.add_transcript(Transcript(" ", "text", ()), layout="")


def test_a_wrong_name_brings_up_close_ones(ready: StudyStore) -> None:
    with pytest.raises(TranscriptError, match="Did you mean 'Group 1'"):
        ready.transcript("Goup 1")
    with pytest.raises(TranscriptError, match="holds 1 transcript"):
        ready.transcript("zzzzzz")


def test_names_are_matched_without_their_suffix(store: StudyStore) -> None:
    for name in ("Interview 1.docx", "Interview 2", "Interview 2.5", "A.txt", "A.docx"):
        store.add_transcript(Transcript(name, f"text of {name}", ()), layout="")
    assert store.match_transcript("interview 1") == "Interview 1.docx"
    assert store.match_transcript("interview 1.TXT") == "Interview 1.docx"
    assert store.match_transcript("INTERVIEW  2.rtf") == "Interview 2"
    assert store.match_transcript("Interview 2.5") == "Interview 2.5"
    assert store.match_transcript("Interview 2.7") is None
    assert store.match_transcript("A.docx") == "A.docx"
    assert store.match_transcript("A") is None
    assert store.match_transcript("B") is None


def test_a_case_is_shared_and_its_variables_add_up(store: StudyStore) -> None:
    for name in ("one", "two"):
        store.add_transcript(Transcript(name, f"text of {name}", ()), layout="")
    store.set_case("one", Case("Carers", {"size": "8", "place": "town"}))
    store.set_case("TWO", Case("carers", {"size": "9"}))
    store.set_case("one", Case("Carers"))
    assert store.cases() == (Case("Carers", {"size": "9", "place": "town"}),)
    assert [transcript.case for transcript in store.transcripts()] == ["Carers", "Carers"]
    with pytest.raises(TranscriptError, match="no name"):
        store.set_case("one", Case(" "))
    with pytest.raises(TranscriptError, match="no transcript"):
        store.set_case("three", Case("Carers"))


def test_a_transcript_that_comes_again_with_a_case_is_moved_to_it(
    ready: StudyStore, transcript: Transcript
) -> None:
    ready.add_transcript(replace(transcript, case="Drinkers"), layout="labels")
    assert ready.transcript("Group 1").case == "Drinkers"


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda name: name.strip())


@settings(max_examples=60, deadline=None)
@given(
    name=names,
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    speaker=st.none() | names,
    seconds=st.none() | st.floats(0, 1e6),
)
def test_any_text_comes_back_code_point_for_code_point(
    tmp_path_factory: pytest.TempPathFactory, name: str, text: str, speaker: str | None, seconds: float | None
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any-text"
    with StudyStore.open(folder) if folder.exists() else StudyStore.create(folder, "x") as store:
        given = Transcript(name, text, (Turn(0, len(text), speaker, Role.PARTICIPANT, seconds),))
        for known in store.transcripts():
            if known.text == text and known.name != name:
                with pytest.raises(TranscriptError):
                    store.add_transcript(given, layout="")
                return
        store.add_transcript(given, layout="", replace=True)
        back = store.transcript(name)
        assert (back.text, back.turns) == (given.text, given.turns)
