"""`Project` as notebooks use it, and the passages it trains on and suggests for."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suggester import Project
from suggester.domain import Case, Code, Codebook, Coding, Passage, Role, Transcript, codes_of
from suggester.errors import CodingError, StudyError, TooLittleToLearn, TranscriptError
from suggester.passages import held_out_together, surrounded, training_set, waiting
from suggester.store import Finished


@pytest.fixture
def study(made: Any, tmp_path: Path) -> Iterator[Project]:
    """The planted study, coded."""
    with Project.open(copytree(made.coded, tmp_path / "study")) as project:
        yield project


@pytest.mark.usefixtures("fake_encoder")
def test_a_whole_study_in_a_notebook(study: Project, planted: Any) -> None:
    steps: list[tuple[str, int, int]] = []
    trained = study.train(progress=lambda *step: steps.append(step))
    assert trained.quality is not None and trained.quality.n_transcripts == 4
    assert {what for what, _, _ in steps} == {"Encoding passages", "Checking on held-out transcripts"}
    assert all(0 <= done <= total for _, done, total in steps)
    found = study.suggest(evidence=1)
    assert {item.passage.transcript for item in found.passages} == set(planted.waiting)
    assert study.store.counts().suggestions == sum(len(item.suggestions) for item in found.passages)


def test_the_study_reopens_from_a_folder_inside_it(study: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(study.folder / "models")
    with Project.open() as again:
        assert (again.name, again.folder.resolve()) == (study.name, study.folder.resolve())
    with pytest.raises(StudyError, match="there is no study in"):
        Project.open(study.folder.parent)


@pytest.mark.usefixtures("fake_encoder")
def test_without_evidence_nothing_is_looked_up(study: Project) -> None:
    study.train()
    assert not [s for item in study.suggest(evidence=0).passages for s in item.suggestions if s.evidence]


@pytest.mark.usefixtures("fake_encoder")
def test_training_twice_on_the_same_codings_gives_the_same_model(study: Project) -> None:
    first, one = study.train(), study.suggest()
    second, two = study.train(), study.suggest()
    assert first.model != second.model and first.quality == second.quality
    assert one.passages == two.passages


def test_two_coders_codes_are_put_together(study: Project, tmp_path: Path, csv_writer: Any) -> None:
    kims = study.codings(coder="Kim", transcript="Anna")[0]
    other = next(code.name for code in study.codebook() if code.name != kims.code)
    table = tmp_path / "lee.csv"
    csv_writer(
        table,
        [["transcript", "start", "end", "code", "coder"], ["Anna", kims.start, kims.end, other, "Lee"]],
    )
    assert study.import_codings(table).coders == ("Lee",)
    assert {c.code for c in study.codings() if (c.start, c.end) == (kims.start, kims.end)} >= {
        kims.code,
        other,
    }


def test_a_wrong_name_is_an_error_before_anything_is_written(study: Project) -> None:
    with pytest.raises(TranscriptError, match="Zoe"):
        study.finish(["Ewa", "Zoe"], "Kim")
    with pytest.raises(CodingError, match=r"no coder 'Lee'\. Its coders are 'Kim'"):
        study.finish(["Ewa"], "Lee")
    assert [(c.coder, c.finished) for c in study.status().coders] == [("Kim", 4)]
    with pytest.raises(TranscriptError, match="Zoe"):
        study.codings(transcript="Zoe")


@pytest.mark.usefixtures("fake_encoder")
def test_too_little_to_learn_is_an_error_that_can_be_caught(tmp_path: Path, planted: Any) -> None:
    with Project.create(tmp_path / "empty", "Empty") as project:
        project.import_codebook(planted.codebook)
        with pytest.raises(TooLittleToLearn):
            project.train()


# Passages of a transcript: a question of the interviewer's, and three answers.
QUESTION = Passage("T", 0, 10, "Q" * 10, "INT", Role.INTERVIEWER)
ANSWERS = [Passage("T", n, n + 10, "A" * 10, "Anna", Role.PARTICIPANT) for n in (10, 20, 30)]
PASSAGES = (QUESTION, *ANSWERS)


def coding(passage: Passage, code: str = "Trust") -> Coding:
    return Coding(passage.transcript, passage.start, passage.end, code, "Kim")


def test_of_an_unfinished_transcript_only_coded_passages_train() -> None:
    codings = [coding(ANSWERS[0])]
    found = training_set(PASSAGES, codings, [])
    assert (found.passages, found.codes) == ((ANSWERS[0],), (frozenset({"Trust"}),))
    done = training_set(PASSAGES, codings, [Finished("T", "Kim")])
    assert done.passages == tuple(ANSWERS) and done.codes[1:] == (frozenset(), frozenset())


def test_interviewers_take_part_only_if_they_were_coded() -> None:
    finished = [Finished("T", "Kim")]
    assert QUESTION not in training_set(PASSAGES, [coding(ANSWERS[0])], finished).passages
    both = training_set(PASSAGES, [coding(ANSWERS[0]), coding(QUESTION)], finished)
    assert both.interviewer_included and QUESTION in both.passages


def test_one_coded_question_among_a_hundred_answers_is_a_slip() -> None:
    answers = [replace(ANSWERS[0], start=10 * n, end=10 * n + 10) for n in range(1, 101)]
    found = training_set([QUESTION, *answers], [coding(p) for p in [QUESTION, *answers]], [])
    assert not found.interviewer_included and QUESTION not in found.passages
    assert found.unused_codings == 1


def test_the_training_sets_hash_changes_with_what_is_learned_and_nothing_else() -> None:
    codings = [coding(ANSWERS[0]), coding(ANSWERS[1], "Hope")]
    base = training_set(PASSAGES, codings, [])
    assert training_set(PASSAGES, codings[::-1], []).sha256 == base.sha256
    by_another = [replace(item, coder="Lee") for item in codings]
    assert training_set(PASSAGES, by_another, []).sha256 == base.sha256
    for other in ([coding(ANSWERS[0])], [coding(ANSWERS[0]), coding(ANSWERS[1], "Trust")]):
        assert training_set(PASSAGES, other, []).sha256 != base.sha256
    assert training_set(PASSAGES, codings, [Finished("T", "Kim")]).sha256 != base.sha256
    shorter = [replace(passage, end=passage.end - 1) for passage in PASSAGES]
    assert training_set(shorter, codings, []).sha256 != base.sha256


def test_passages_wait_if_nobody_coded_them_or_finished_their_transcript() -> None:
    codings = [coding(ANSWERS[0])]

    def left(finished: list[Finished], names: frozenset[str] | None = None) -> tuple[Passage, ...]:
        return waiting(PASSAGES, codings, finished, interviewers=False, transcripts=names)

    assert left([]) == tuple(ANSWERS[1:])
    assert left([Finished("T", "Kim")]) == ()
    assert left([Finished("T", "Kim")], frozenset({"T"})) == tuple(ANSWERS[1:])
    assert left([], frozenset({"U"})) == ()


@pytest.mark.real_encoder
def test_a_second_suggest_loads_no_torch(study: Project) -> None:
    study.train()
    study.suggest()
    code = f"""
import sys
from suggester import Project
with Project.open({str(study.folder)!r}) as study:
    report = study.suggest()
assert report.passages and report.encoded == 0
assert not {{"torch", "sentence_transformers", "transformers"}} & sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=8),
    st.sets(st.integers(0, 12), max_size=13),
)
def test_a_coding_is_unused_if_no_passage_carries_it(pairs: list[tuple[int, int]], gone: set[int]) -> None:
    # Passages of three characters with gaps of nought or one between them, some left out.
    passages = [replace(ANSWERS[0], start=3 * n + n % 2, end=3 * n + 3) for n in range(13) if n not in gone]
    codings = [replace(coding(ANSWERS[0]), start=start, end=start + n) for start, n in pairs]
    found = training_set(passages, codings, [Finished("T", "Kim")])
    assert found.unused_codings == sum(not any(codes_of(passages, [c])) for c in codings)


def test_a_coding_that_is_less_than_half_in_every_passage_is_unused() -> None:
    passages = [replace(ANSWERS[0], start=start, end=start + 100) for start in (0, 200)]
    between = replace(coding(ANSWERS[0]), start=70, end=230)
    found = training_set(passages, [between], [Finished("T", "Kim")])
    assert found.codes == (frozenset(), frozenset()) and found.unused_codings == 1


def test_a_passage_whose_code_has_left_the_codebook_waits() -> None:
    codings = [coding(ANSWERS[0]), coding(ANSWERS[1], "Gone")]
    codebook = Codebook((Code("TRUST"),))
    found = waiting(PASSAGES, codings, [], interviewers=False, transcripts=None, codebook=codebook)
    assert found == tuple(ANSWERS[1:])


def test_a_mistyped_folder_inside_a_study_does_not_open_that_study(tmp_path: Path) -> None:
    Project.create(tmp_path / "study").close()
    with pytest.raises(StudyError, match="no study"):
        Project.open(tmp_path / "study" / "typo")


def test_two_files_of_one_name_in_one_import_do_not_replace_each_other(tmp_path: Path) -> None:
    files = []
    for site in ("north", "south"):
        (tmp_path / site).mkdir()
        files.append(tmp_path / site / "P1.txt")
        files[-1].write_text(f"INT: Where?\nAnna: In the {site}.\n" * 3, encoding="utf-8")
    with Project.create(tmp_path / "study") as study:
        report = study.import_transcripts(files, replace=True)
        assert [t.outcome for t in report.transcripts] == ["new"]
        assert len(report.refused) == 1
        assert "north" in study.transcripts()[0].text


def test_a_refused_transcript_in_a_table_does_not_keep_out_those_after_it(tmp_path: Path) -> None:
    table = tmp_path / "all.csv"
    rows = ["transcript,speaker,text", *(f"A{i},Anna,we said {i} things" for i in range(3))]
    table.write_text("\n".join(rows), encoding="utf-8")
    with Project.create(tmp_path / "study") as study:
        study.import_transcripts([table])
        table.write_text("\n".join([*rows, "A1,Anna,and more", "A3,Ben,new one"]), encoding="utf-8")
        report = study.import_transcripts([table])
        assert {t.name: t.outcome for t in report.transcripts} == {"A0": "same", "A2": "same", "A3": "new"}
        assert len(report.refused) == 1


def test_two_transcripts_of_one_case_are_held_out_together() -> None:
    def group(cases: list[str | None]) -> tuple[list[str], bool]:
        transcripts = [Transcript(f"t{i}", "x", (), case) for i, case in enumerate(cases)]
        passages = [Passage(t.name, 0, 1, "x", None, Role.PARTICIPANT) for t in transcripts]
        return held_out_together(passages, transcripts)

    names, by_case = group(["a", "a", "b", "c", "d", "e", None])
    assert by_case
    assert names[0] == names[1] and len(set(names)) == 6
    names, by_case = group(["a", "a", "b", "c", "c", None])
    assert not by_case and len(set(names)) == 6


@pytest.mark.usefixtures("fake_encoder")
def test_both_transcripts_of_a_case_are_held_out_together_and_counted_as_two(
    study: Project, planted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from suggester import training

    names = [path.stem for path in planted.transcripts]
    for number, name in enumerate(names):
        study.store.set_case(name, Case(f"case {max(number, 1)}"))
    study.finish(names, "Kim")
    seen: list[list[str]] = []
    check = training.cross_validate_features

    def spy(model: Any, features: Any, codes: Any, groups: Any, **more: Any) -> Any:
        seen.append(list(groups))
        return check(model, features, codes, groups, **more)

    monkeypatch.setattr(training, "cross_validate_features", spy)
    report = study.train()
    assert report.by_case and report.n_transcripts == len(names)
    assert len(set(seen[0])) == len(names) - 1
    assert report.quality is not None
    # Two of the four coded transcripts are of one case; each code is in all four.
    assert {code.n_transcripts for code in report.quality.codes if code.n_passages} == {4}
    assert report.quality.macro_f1.n_transcripts == len(names)


@pytest.mark.parametrize(
    ("asked", "small", "read"), [(None, True, True), (None, False, False), (True, False, True)]
)
def test_passages_are_read_with_the_text_around_them_in_small_studies_or_when_asked(
    study: Project, fake_encoder: Any, monkeypatch: pytest.MonkeyPatch, asked: Any, small: bool, read: bool
) -> None:
    monkeypatch.setattr("suggester.passages._FEW_ENOUGH_TO_SURROUND", 10_000 if small else 5)
    before = fake_encoder.texts_encoded
    report = study.train(start="none", read_around=asked)
    assert report.read_around is read
    n_names = len(study.codebook())
    assert fake_encoder.texts_encoded - before == (2 if read else 1) * report.n_passages + n_names
    found = study.suggest(evidence=0)
    # As it was trained, whatever the size of the study is now.
    assert found.encoded == (2 if read else 1) * len(found.passages)


def test_what_stands_around_a_passage_ends_with_its_transcript() -> None:
    text = "a" * 200 + " the passage " + "b" * 100
    transcript = Transcript("T1", text, (), "")
    passage = Passage("T1", 201, 212, "the passage", None, Role.PARTICIPANT)
    (around,) = surrounded([passage], [transcript])
    assert around == "a" * 149 + " the passage " + "b" * 100
