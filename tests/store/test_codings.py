"""Codings: batches, repeats, undoing, names through codebook versions."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from suggester.domain import Code, Codebook, Coding, Mode, Transcript
from suggester.errors import CodingError, TranscriptError
from suggester.store import AddedCodings, CoderKind, StudyStore

HELP = Coding("Group 1", 14, 38, "Emotional support", "Ann", Mode.BLIND, "she says 'we' 🎉")
ALONE = Coding("Group 1", 69, 85, "Isolation", "Ann", Mode.ASSISTED)


def test_codings_come_back_as_given_by_span(ready: StudyStore) -> None:
    assert ready.add_codings([ALONE, HELP], source="a.csv") == AddedCodings(1, 2, 0, 0)
    assert ready.codings() == (HELP, ALONE)


def test_codings_are_found_by_coder_and_transcript(ready: StudyStore) -> None:
    ready.add_transcript(Transcript("Group 2", "Other words here.", ()), layout="")
    bens = replace(HELP, coder="Ben")
    other = replace(HELP, transcript="Group 2", start=0, end=5)
    ready.add_codings([HELP, bens, other], source="a.csv")
    assert ready.codings(coder="ben") == (bens,)
    assert ready.codings(transcript="group 2") == (other,)
    assert ready.codings(coder="Ann", transcript="Group 1") == (HELP,)
    assert ready.codings(coder="Nobody") == ()
    with pytest.raises(TranscriptError):
        ready.codings(transcript="Group 3")


def test_a_coding_that_is_there_is_counted_and_not_added(ready: StudyStore) -> None:
    ready.add_codings([HELP], source="a.csv")
    assert ready.add_codings([HELP, ALONE, ALONE], source="b.csv") == AddedCodings(2, 1, 2, 0)
    again = replace(HELP, code=" emotional  SUPPORT ", coder="ANN", transcript="group 1", memo="other")
    assert ready.add_codings([again], source="c.csv") == AddedCodings(None, 0, 1, 0)
    assert ready.codings() == (HELP, ALONE)
    assert [batch.source for batch in ready.coding_batches()] == ["a.csv", "b.csv"]


def test_no_codings_at_all_make_no_batch(ready: StudyStore) -> None:
    assert ready.add_codings([], source="a.csv") == AddedCodings(None, 0, 0, 0)
    assert ready.coding_batches() == ()


def test_a_batch_is_undone_once_and_can_be_added_again(ready: StudyStore) -> None:
    first = ready.add_codings([HELP], source="a.csv").batch
    second = ready.add_codings([HELP, ALONE], source="b.csv").batch
    assert first is not None and second is not None
    assert ready.undo_codings(second) == 1
    assert ready.codings() == (HELP,)
    assert ready.undo_codings(second) == 0
    assert [(batch.added, batch.current) for batch in ready.coding_batches()] == [(1, 1), (1, 0)]
    assert ready.add_codings([HELP, ALONE], source="b.csv").added == 1
    assert ready.codings() == (HELP, ALONE)


def test_undoing_takes_back_the_marks_that_came_with_the_batch_and_no_others(ready: StudyStore) -> None:
    ready.add_codings([HELP], source="a.csv")
    second = ready.add_codings([ALONE], source="b.csv", finish=True)
    assert second.finished == 1 and len(ready.finished()) == 1
    ready.undo_codings(second.batch or 0)
    assert ready.finished() == frozenset()
    ready.set_finished(HELP.transcript, HELP.coder)
    third = ready.add_codings([ALONE], source="b.csv", finish=True)
    ready.undo_codings(third.batch or 0)
    assert len(ready.finished()) == 1


@pytest.mark.parametrize("later", ["by hand", "import", "import of nothing new"])
def test_a_mark_that_was_made_again_outlasts_the_import_that_made_it_first(
    ready: StudyStore, later: str
) -> None:
    ready.add_codings([HELP], source="a.csv")
    first = ready.add_codings([ALONE], source="b.csv", finish=True).batch
    last = None
    match later:
        case "by hand":
            ready.set_finished("Group 1", "Ann")
        case "import":
            skills = replace(ALONE, code="Skills")
            last = ready.add_codings([skills], source="c.csv", finish=True).batch
        case _:
            assert ready.add_codings([HELP], source="a.csv", finish=True).batch is None
    ready.undo_codings(first or 0)
    assert ready.finished() == {("Group 1", "Ann")}
    assert ready.counts().finished == 1
    if last is not None:
        ready.undo_codings(last)
        assert ready.finished() == frozenset()


def test_a_transcript_that_was_taken_up_again_stays_so_whatever_is_undone(ready: StudyStore) -> None:
    ready.set_finished("Group 1", "Ann")
    ready.add_codings([HELP], source="a.csv")
    ready.set_finished("Group 1", "Ann", False)
    last = ready.add_codings([ALONE], source="b.csv", finish=True).batch
    assert len(ready.finished()) == 1
    ready.undo_codings(last or 0)
    assert ready.finished() == frozenset()


def test_a_coder_with_nothing_left_in_a_transcript_has_not_finished_it(ready: StudyStore) -> None:
    first = ready.add_codings([HELP], source="a.csv").batch
    assert ready.add_codings([HELP], source="a.csv", finish=True).batch is None
    ready.undo_codings(first or 0)
    assert ready.finished() == frozenset()


def test_a_batch_that_is_none_cannot_be_undone(ready: StudyStore) -> None:
    batch = ready.add_codings([HELP], source="a.csv").batch
    assert batch is not None
    ready.undo_codings(batch)
    for number in (batch + 1, 99):
        with pytest.raises(CodingError, match="no import"):
            ready.undo_codings(number)


def test_codings_keep_their_version_and_show_todays_names(ready: StudyStore) -> None:
    ready.add_codings([HELP, ALONE], source="a.csv")
    ready.set_codebook(Codebook((Code("EMOTIONAL support"), Code("Skills"))), source="2.csv")
    assert [coding.code for coding in ready.codings()] == ["EMOTIONAL support", "Isolation"]
    with pytest.raises(CodingError, match="version 2 of the codebook has no code 'Isolation'"):
        ready.add_codings([replace(ALONE, coder="Ben")], source="b.csv")


@pytest.mark.parametrize("span", [(-1, 5), (5, 5), (6, 5), (80, 86), (86, 90)])
def test_a_span_outside_the_text_is_refused_and_nothing_is_added(
    ready: StudyStore, span: tuple[int, int]
) -> None:
    wrong = replace(HELP, start=span[0], end=span[1])
    with pytest.raises(CodingError, match="which has 85 characters") as caught:
        ready.add_codings([ALONE, wrong], source="a.csv")
    assert caught.value.place == f"characters {span[0]} to {span[1]}"
    assert ready.codings() == ()
    assert ready.coders() == ()


def test_the_end_of_a_text_with_a_nul_can_be_coded(ready: StudyStore) -> None:
    ready.add_transcript(Transcript("Nul", "a\0bc", ()), layout="")
    ready.add_codings([Coding("Nul", 2, 4, "Skills", "Ann")], source="a.csv")
    assert ready.codings(transcript="Nul")[0].end == 4


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"transcript": "Group 9"}, TranscriptError, "no transcript 'Group 9'"),
        ({"code": "Joy"}, CodingError, "no code 'Joy'"),
        ({"coder": " "}, CodingError, "no name"),
        ({"coder": "\ud800"}, CodingError, "half a character"),
        ({"memo": "\ud800"}, CodingError, "half a character"),
    ],
)
def test_a_coding_that_cannot_be_placed_is_refused(
    ready: StudyStore, change: dict[str, str], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        ready.add_codings([ALONE, replace(HELP, **change)], source="a.csv")
    assert ready.codings() == ()


def test_codings_need_a_codebook(store: StudyStore, transcript: Transcript) -> None:
    store.add_transcript(transcript, layout="")
    with pytest.raises(CodingError, match="no codebook"):
        store.add_codings([HELP], source="a.csv")


def test_a_model_and_a_person_cannot_share_a_name(ready: StudyStore) -> None:
    ready.add_codings([HELP], source="a.csv", kind=CoderKind.MODEL)
    with pytest.raises(CodingError, match="'Ann' is a model"):
        ready.add_codings([ALONE], source="b.csv")


def test_coders_are_listed_with_their_codings(ready: StudyStore) -> None:
    ready.add_codings([HELP, ALONE, replace(HELP, coder="ben")], source="a.csv")
    ready.set_finished("Group 1", "Cat")
    assert [(coder.name, coder.kind, coder.codings) for coder in ready.coders()] == [
        ("Ann", CoderKind.PERSON, 2),
        ("ben", CoderKind.PERSON, 1),
        ("Cat", CoderKind.PERSON, 0),
    ]


def test_finished_is_taken_back_and_given_again(ready: StudyStore) -> None:
    assert ready.finished() == frozenset()
    ready.set_finished("group 1", "Ann")
    ready.set_finished("Group 1", "Ben")
    ready.set_finished("Group 1", "Ann")
    assert ready.finished() == {("Group 1", "Ann"), ("Group 1", "Ben")}
    ready.set_finished("Group 1", "ann", False)
    assert ready.finished() == {("Group 1", "Ben")}
    ready.set_finished("Group 1", "Ann", True)
    assert ("Group 1", "Ann") in ready.finished()
    with pytest.raises(TranscriptError):
        ready.set_finished("Group 9", "Ann")


def test_finishing_what_is_finished_is_no_event(ready: StudyStore, folder: Path) -> None:
    for finished in (False, True, True, False, False):
        ready.set_finished("Group 1", "Ann", finished)
    with closing(sqlite3.connect(folder / "project.db")) as connection:
        events = connection.execute("SELECT finished FROM finished_events ORDER BY id").fetchall()
    assert events == [(1,), (0,)]


class LogAgainstModel(RuleBasedStateMachine):
    """Whatever is added and undone, the log says what a plain dictionary says."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.store = StudyStore.open(self.folder)
        for batch in self.store.coding_batches():
            self.store.undo_codings(batch.number)
        for coder in ("Ann", "Ben"):
            self.store.set_finished("T", coder, False)
        self.current: dict[tuple[int, str, str], int] = {}
        self.batches: list[int] = []
        self.undone: set[int] = set()
        self.marks: list[tuple[str, bool, int | None]] = []

    @rule(
        given=st.lists(
            st.tuples(st.integers(0, 3), st.sampled_from("AB"), st.sampled_from(["Ann", "Ben"])), max_size=6
        ),
        finish=st.booleans(),
    )
    def add(self, given: list[tuple[int, str, str]], finish: bool) -> None:
        new = {key for key in given if key not in self.current}
        codings = [Coding("T", start, start + 2, code, coder) for start, code, coder in given]
        added = self.store.add_codings(codings, source="x", finish=finish)
        if finish:
            self.marks += [(coder, True, added.batch) for coder in {coding.coder for coding in codings}]
        assert (added.added, added.already) == (len(new), len(given) - len(new))
        assert (added.batch is None) == (not new)
        if added.batch is not None:
            self.batches.append(added.batch)
            self.current |= dict.fromkeys(new, added.batch)

    @rule(choice=st.integers(0, 100))
    def undo(self, choice: int) -> None:
        if self.batches:
            batch = self.batches[choice % len(self.batches)]
            gone = [key for key, origin in self.current.items() if origin == batch]
            assert self.store.undo_codings(batch) == len(gone)
            for key in gone:
                del self.current[key]
            self.undone.add(batch)
            left = {coder for _, _, coder in self.current}
            self.marks += [(coder, False, None) for coder in {coder for _, _, coder in gone} - left]

    @rule(coder=st.sampled_from(["Ann", "Ben"]), finished=st.booleans())
    def mark(self, coder: str, finished: bool) -> None:
        self.store.set_finished("T", coder, finished)
        self.marks.append((coder, finished, None))

    @invariant()
    def log_says_the_same(self) -> None:
        found = {(coding.start, coding.code, coding.coder) for coding in self.store.codings()}
        assert found == set(self.current)
        assert self.store.counts().codings == len(self.current)
        marks = {coder: finished for coder, finished, batch in self.marks if batch not in self.undone}
        assert {done.coder for done in self.store.finished()} == {who for who in marks if marks[who]}

    def teardown(self) -> None:
        self.store.close()


def test_the_log_agrees_with_a_plain_dictionary(folder: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    with StudyStore.create(folder, "x") as store:
        store.add_transcript(Transcript("T", "abcdefgh", ()), layout="")
        store.set_codebook(Codebook((Code("A"), Code("B"))), source="x")
    LogAgainstModel.folder = folder
    run_state_machine_as_test(
        LogAgainstModel, settings=settings(max_examples=20, stateful_step_count=15, deadline=None)
    )
