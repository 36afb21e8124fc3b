"""Telling speakers and interviewers from a text's layout."""

from pathlib import Path

import pytest

from suggester.corpus import Reading, ReadingOptions, read_transcripts
from suggester.corpus.labels import known_role
from suggester.domain import Role
from suggester.errors import TranscriptError

ASKS, TELLS = Role.INTERVIEWER, Role.PARTICIPANT


def read(
    tmp_path: Path, text: str, interviewer: tuple[str, ...] = (), case_pattern: str | None = None
) -> Reading:
    path = tmp_path / "talk.txt"
    path.write_text(text, encoding="utf-8")
    return read_transcripts(path, ReadingOptions(interviewer=interviewer, case_pattern=case_pattern))[0]


def turns(reading: Reading) -> list[tuple[str | None, Role, str]]:
    text = reading.transcript.text
    return [(turn.speaker, turn.role, text[turn.start : turn.end]) for turn in reading.transcript.turns]


def test_text_before_the_first_label_belongs_to_no_turn(tmp_path: Path) -> None:
    reading = read(
        tmp_path, "Consent was given.\n\nINT: Why?\n\nP1: Because.\nAnd so on.\n\nINT: Yes?\nP1: No."
    )
    assert turns(reading) == [
        ("INT", ASKS, "Why?"),
        ("P1", TELLS, "Because.\nAnd so on."),
        ("INT", ASKS, "Yes?"),
        ("P1", TELLS, "No."),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "[00:01:02] {}: {}",
        "00:01:02 {}: {}",
        "{} [00:01:02]: {}",
        "{}: [00:01:02] {}",
        "#00:01:02-0# {}: {}",
        "[00:01:02 --> 00:01:04] {}: {}",
    ],
)
def test_stamps_around_a_label_are_time_and_not_speech(tmp_path: Path, line: str) -> None:
    text = "\n".join(line.format(who, "Well, yes.") for who in ("INT", "P1") * 3)
    reading = read(tmp_path, text)
    assert [(turn.speaker, turn.seconds) for turn in reading.transcript.turns][:2] == [
        ("INT", 62),
        ("P1", 62),
    ]
    assert {words for _, _, words in turns(reading)} == {"Well, yes."}


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("Anna Berg  0:12\nHow so?\n\nRosa Ng  0:15\nBecause we listen.\n\n" * 3, "time stamp"),
        (
            "0:0:1.0 --> 0:0:2.5\nAnna Berg (Interviewer)\nHow so?\n\n0:0:3.0 --> 0:0:4.5\nRosa Ng\nSo.\n\n"
            * 3,
            "line",
        ),
        ("Speaker 1 (10:12)\nHow so?\n\nSpeaker 2 (10:15)\nBecause we listen.\n\n" * 3, "time stamp"),
        ("INTERVIEWER\nHow so?\n\nROSA\nBecause we listen.\n\n" * 3, "line of their own"),
        ("INT\tHow so?\nRosa\tBecause we listen.\n" * 3, "before a tab"),
        ("1\tINT:\tHow so?\n2\tRosa:\tBecause we listen.\n" * 3, "before a colon"),
        ("Q: How so?\nA: Because we listen.\n" * 2, "before a colon"),
        ("**INT:** How so?\n**Rosa:** Because we listen.\n" * 3, "before a colon"),
    ],
)
def test_a_layout_is_told_and_alternates_roles(tmp_path: Path, text: str, layout: str) -> None:
    reading = read(tmp_path, text)
    assert layout in reading.layout
    assert [role for _, role, _ in turns(reading)][:4] == [ASKS, TELLS, ASKS, TELLS]
    assert turns(reading)[0][2] == "How so?"


def test_what_is_no_name_is_no_speaker_however_often_it_recurs(tmp_path: Path) -> None:
    talk = "INT: Why?\nP1: See.\nhttp://example.org\nNote: unclear.\nSo I said: never.\n"
    assert {speaker for speaker, _, _ in turns(read(tmp_path, talk * 3))} == {"INT", "P1"}


def test_a_time_of_day_before_a_word_is_no_speaker(tmp_path: Path) -> None:
    reading = read(tmp_path, "INT: When?\nP1: At noon.\n10:30 Meeting: that was it.\nINT: So?\nP1: Yes.\n")
    assert [speaker for speaker, _, _ in turns(reading)] == ["INT", "P1", "INT", "P1"]


def test_a_rare_label_of_the_same_kind_is_a_speaker_and_another_is_noted(tmp_path: Path) -> None:
    talk = "INT: Why?\nSpeaker 1: So.\n" * 3 + "Speaker 7: I agree.\nMaria: Me too.\n"
    reading = read(tmp_path, talk)
    assert ("Speaker 7", TELLS, "I agree.\nMaria: Me too.") in turns(reading)
    assert any("'Maria'" in note for note in reading.notes)


def test_a_header_that_names_the_interviewer_is_no_turn(tmp_path: Path) -> None:
    header = "Date: 3 May\nInterviewer: Anna Berg\nParticipant: P1\n\n"
    reading = read(tmp_path, header + "Interviewer: Why?\nParticipant: Because.\n" * 3)
    assert turns(reading)[0] == ("Interviewer", ASKS, "Why?")


def test_numbered_questions_are_the_interviewers_and_lines_below_the_participants(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "1 Read the page.\n Alright.\n (The participant reads)\n MODERATOR: Please start.\n (reads)\n"
        "  1.a Was it clear?\n   Yes, quite.\n   4 events, I see.\n   I mean it.\n"
        "2 Look at these:\n      c.i The map\n       A map.\n   Box plot:\n    A box.\n"
        "3. Sum it up.\n (The participant is done)\n",
    )
    assert turns(reading) == [
        (None, ASKS, "Read the page."),
        (None, TELLS, "Alright."),
        ("MODERATOR", ASKS, "Please start."),
        (None, ASKS, "Was it clear?"),
        (None, TELLS, "Yes, quite.\n   4 events, I see.\n   I mean it."),
        (None, ASKS, "Look at these:"),
        (None, ASKS, "The map"),
        (None, TELLS, "A map."),
        (None, ASKS, "Box plot:"),
        (None, TELLS, "A box."),
        (None, ASKS, "Sum it up."),
    ]
    assert reading.layout == "numbered questions"
    assert not reading.guessed


def test_a_list_that_a_labelled_speaker_reads_out_is_no_numbered_question(tmp_path: Path) -> None:
    reading = read(
        tmp_path, "INT: Why?\nP1: Three reasons.\n1. Tea.\nYes.\n2. Cake.\nYes.\n3. Talk.\nYes.\n" * 2
    )
    assert {speaker for speaker, _, _ in turns(reading)} == {"INT", "P1"}


def test_where_only_the_interviewer_has_a_label_the_rest_is_the_participants(tmp_path: Path) -> None:
    reading = read(tmp_path, "INT: Why?\nBecause.\nAnd so on.\nINT: Since when?\nFor years.\n")
    assert [(role, words) for _, role, words in turns(reading)] == [
        (ASKS, "Why?"),
        (TELLS, "Because.\nAnd so on."),
        (ASKS, "Since when?"),
        (TELLS, "For years."),
    ]


def test_text_without_labels_is_one_participants_turn(tmp_path: Path) -> None:
    reading = read(tmp_path, "\nWe met.\n\nWe talked.\n")
    assert turns(reading) == [(None, TELLS, "We met.\n\nWe talked.")]
    assert reading.layout == "no speakers found"


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("INT", ASKS),
        ("Interviewer 2", ASKS),
        ("interviewr", ASKS),
        ("Interviewer2 2", ASKS),
        ("Anna (Interviewer)", ASKS),
        ("MODERATOR", ASKS),
        ("I", ASKS),
        ("Q", ASKS),
        ("Interviewee1", TELLS),
        ("Participant 3", TELLS),
        ("P12", TELLS),
        ("A", TELLS),
        ("R1", None),
        ("Anna", None),
        ("Speaker 1", None),
    ],
)
def test_known_labels_tell_their_role(label: str, role: Role | None) -> None:
    assert known_role(label) is role


def test_the_interviewer_is_guessed_by_questions_and_that_is_said(tmp_path: Path) -> None:
    reading = read(tmp_path, "Anna: And why was that?\nRosa: Because they listen to all of us there.\n" * 3)
    assert (reading.interviewer, reading.guessed) == (("Anna",), True)
    assert reading.why == "guessed: 'Anna' asks most of the questions and says least"


def test_a_group_in_which_nobody_asks_has_no_interviewer(tmp_path: Path) -> None:
    reading = read(tmp_path, "Anna: We meet on Mondays.\nRosa: We meet and talk for hours.\n" * 3)
    assert reading.interviewer == ()
    assert {role for _, role, _ in turns(reading)} == {TELLS}


def test_who_asks_but_talks_most_is_not_guessed_to_be_the_interviewer(tmp_path: Path) -> None:
    reading = read(tmp_path, "Anna: And why was that, after all these years?\nRosa: So.\n" * 3)
    assert (reading.interviewer, reading.guessed) == ((), True)


def test_the_researchers_word_goes_before_known_labels(tmp_path: Path) -> None:
    reading = read(tmp_path, "INT: Why?\nRosa: Because.\n" * 3, interviewer=("rosa",))
    assert (reading.interviewer, reading.guessed) == (("Rosa",), False)
    assert turns(reading)[0][1] is TELLS


def test_an_interviewer_who_is_not_there_is_an_error_that_lists_the_labels(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="'INT', 'Rosa'"):
        read(tmp_path, "INT: Why?\nRosa: Because.\n" * 3, interviewer=("Anna",))


def test_case_and_variables_come_from_the_name(tmp_path: Path) -> None:
    reading = read(tmp_path, "We met.", case_pattern=r"(?P<case>t\w)(?P<rest>\w+)")
    assert reading.transcript.case == "ta"
    assert reading.variables == {"rest": "lk"}
    assert "does not fit" in read(tmp_path, "We met.", case_pattern=r"(?P<case>\d+)").notes[0]


@pytest.mark.parametrize("pattern", ["(", "(?P<group>x)"])
def test_an_unusable_pattern_for_cases_is_an_error(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(TranscriptError, match="pattern for cases"):
        read(tmp_path, "We met.", case_pattern=pattern)
