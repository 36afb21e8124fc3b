"""Passages: inside their turns, in order, covering everything that was said."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suggester.corpus.importing import read_transcripts
from suggester.corpus.layouts import segment
from suggester.corpus.sentences import sentences
from suggester.corpus.unitizing import unitize
from suggester.domain import Role, Transcript, Turn, Unit
from suggester.files.text import normalised

DATA = Path(__file__).parent.parent / "data"

PIECES = st.sampled_from(
    [
        *(
            "a",
            "Word",
            "word ",
            " ",
            "\n",
            "\n\n",
            "\r\n",
            "\r",
            "\t",
            ".",
            "? ",
            "! ",
            "...",
            ", ",
            "e.g. ",
            "Dr. ",
        ),
        *(
            "\U0001f9f6",
            "e\u0301",
            "\u0301",
            "\u00a0",
            "\ufeff",
            "\u200b",
            "\u2028",
            "\x85",
            "\x1c",
            "שלום ",
            "؟ ",
        ),
        *(
            "。",
            "我们",
            "“",
            "”",
            "INT: ",
            "\nINT: ",
            "\nP1: ",
            "\n1 Tell\n",
            "[00:01:02] ",
            "#00:01:02-3#",
            "0:12",
        ),
        *("\n(reads)\n", "\n2.a So?\n", "\nP1\t", "|", "-->", "-", "  \n", "said once and more "),
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=200))


def made(text: str, *roles: Role) -> Transcript:
    """A transcript with one turn per block of text between '|' signs."""
    turns, start = [], 0
    for block, role in zip(text.split("|"), roles, strict=True):
        turns.append(Turn(start, start + len(block), None, role))
        start += len(block) + 1
    return Transcript("t", text, tuple(turns))


def signs(text: str, start: int, end: int) -> set[int]:
    return {i for i in range(start, end) if not text[i].isspace()}


@settings(max_examples=400)
@given(TEXTS, st.sampled_from(list(Unit)), st.integers(1, 50))
def test_passages_slice_the_text_in_order_and_cover_every_turn(raw: str, unit: Unit, words: int) -> None:
    text = normalised(raw)
    segments = segment(text).segments
    turns = tuple(Turn(s.start, s.end, s.speaker, Role.PARTICIPANT) for s in segments)
    passages = unitize(Transcript("t", text, turns), unit, words)
    last = 0
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert passage.text == passage.text.strip() != ""
        assert passage.start >= last
        last = passage.end
        assert any(turn.start <= passage.start and passage.end <= turn.end for turn in turns)
    covered = set().union(*(signs(text, p.start, p.end) for p in passages))
    assert covered == set().union(*(signs(text, t.start, t.end) for t in turns))


@settings(max_examples=400)
@given(TEXTS)
def test_turns_are_in_order_never_empty_and_stripped(raw: str) -> None:
    text = normalised(raw)
    last = 0
    for part in segment(text).segments:
        assert last <= part.start < part.end <= len(text)
        assert text[part.start : part.end] == text[part.start : part.end].strip()
        last = part.end


@given(st.text(alphabet="ab .,\n?", min_size=1, max_size=600), st.integers(3, 20))
def test_no_window_is_a_crumb_beside_others(text: str, words: int) -> None:
    passages = unitize(made(text, Role.PARTICIPANT), Unit.WINDOW, words)
    assert len(passages) <= 1 or all(3 * len(p.text.split()) >= words for p in passages)


@pytest.mark.parametrize("unit", list(Unit))
def test_the_context_is_the_nearest_interviewers_turn(unit: Unit) -> None:
    roles = (Role.PARTICIPANT, Role.INTERVIEWER, Role.INTERVIEWER, Role.PARTICIPANT)
    long = "We meet and talk for a while. " * 30
    passages = unitize(made(f"Hello.|First?|Second?|{long.strip()}", *roles), unit)
    assert [p.context for p in passages[:3]] == ["", "", ""]
    assert {p.context for p in passages[3:]} == {"Second?"}
    assert len(passages) > 4 or unit is not Unit.WINDOW


def test_paragraphs_are_between_blank_lines_and_else_lines() -> None:
    blank = unitize(made("One\ntwo\n \nthree", Role.PARTICIPANT), Unit.PARAGRAPH)
    assert [p.text for p in blank] == ["One\ntwo", "three"]
    lines = unitize(made("One\n two\nthree", Role.PARTICIPANT), Unit.PARAGRAPH)
    assert [p.text for p in lines] == ["One", "two", "three"]


def test_windows_hold_whole_sentences_of_about_the_asked_size() -> None:
    text = "One two three four five. " * 20
    windows = unitize(made(text, Role.PARTICIPANT), Unit.WINDOW, 20)
    assert [len(p.text.split()) for p in windows] == [20] * 5
    assert all(p.text.endswith(".") for p in windows)


def test_a_short_last_sentence_joins_the_window_before_it() -> None:
    text = " ".join(f"{'Word ' * (size - 1)}end." for size in (40, 70, 5))
    windows = unitize(made(text, Role.PARTICIPANT), Unit.WINDOW, 40)
    assert [len(p.text.split()) for p in windows] == [40, 75]


def test_speech_without_punctuation_is_cut_between_words() -> None:
    windows = unitize(made("so we went on " * 100, Role.PARTICIPANT), Unit.WINDOW, 40)
    assert all(20 <= len(p.text.split()) <= 80 for p in windows)


def test_text_without_spaces_is_cut_by_its_signs() -> None:
    windows = unitize(made("我们每周见面。" * 40, Role.PARTICIPANT), Unit.WINDOW, 40)
    assert len(windows) > 4
    assert all(p.text.endswith("。") for p in windows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I met Dr. Ayo. She came.", ["I met Dr. Ayo.", "She came."]),
        ("Tea, e.g. Assam, is fine. Yes.", ["Tea, e.g. Assam, is fine.", "Yes."]),
        ("Well... maybe not. Or?! Yes.", ["Well... maybe not.", "Or?!", "Yes."]),
        ("“Come once.” So I came.", ["“Come once.”", "So I came."]),
        ("“Why?” she asked. J. Smith knew.", ["“Why?” she asked.", "J. Smith knew."]),
        ("It was 3.5 miles. So did I. We left.", ["It was 3.5 miles.", "So did I.", "We left."]),
        ("a line that is\nwrapped here\nAnd another", ["a line that is\nwrapped here", "And another"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert [text[s.start : s.end] for s in sentences(text, 0, len(text), 80)] == expected


def test_a_window_of_no_words_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least one word"):
        unitize(made("One.", Role.PARTICIPANT), Unit.WINDOW, 0)


def test_passages_carry_the_transcripts_name_and_the_speaker() -> None:
    transcript = read_transcripts(DATA / "circle.docx")[0].transcript
    passages = unitize(transcript)
    assert {p.transcript for p in passages} == {"circle"}
    assert [p.speaker for p in passages] == [turn.speaker for turn in transcript.turns]
