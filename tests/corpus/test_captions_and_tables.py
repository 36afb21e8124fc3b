"""Captions, tables of turns, and the table of cases."""

from pathlib import Path

import pytest

from suggester.corpus import Reading, ReadingOptions, read_cases, read_transcripts
from suggester.errors import FileError, TableError

DATA = Path(__file__).parent.parent / "data"


def said(reading: Reading) -> list[tuple[str | None, float | None, str]]:
    text = reading.transcript.text
    return [(turn.speaker, turn.seconds, text[turn.start : turn.end]) for turn in reading.transcript.turns]


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_zoom_captions_join_one_speakers_cues_and_keep_a_time_of_day() -> None:
    reading = read_transcripts(DATA / "zoom.vtt")[0]
    assert said(reading) == [
        ("Anna Berg", 1.0, "How did you come to the group?"),
        (
            "Rosa Ng",
            4.5,
            "My neighbour & I came on foot \U0001f9f6. The 10:30 Meeting: that was ours. "
            "10:30 Meeting: I still say it like that.",
        ),
        ("Anna Berg", 14.0, "And did you stay?"),
        ("Rosa Ng", 16.5, "I did, for years and years, because they listen."),
    ]
    assert reading.transcript.text.startswith("Anna Berg: How did you come to the group?\nRosa Ng: My")
    assert reading.guessed


def test_teams_captions_are_read_by_their_voice_tags() -> None:
    assert said(read_transcripts(DATA / "teams.vtt")[0]) == [
        ("Anna Berg", 1.0, "How did you come to the group?"),
        ("Rosa Ng", 4.5, "My neighbour & I came on foot. We stayed for years, because they listen."),
        ("Anna Berg", 7.1, "Did you?"),
    ]


def test_subrip_captions_continue_a_speaker_over_an_unlabelled_cue() -> None:
    assert said(read_transcripts(DATA / "otter.srt")[0])[1] == (
        "Speaker 2",
        4.5,
        "My neighbour took me along, and I stayed for many years.",
    )


def test_an_otter_text_has_its_speakers_on_lines_with_the_time() -> None:
    reading = read_transcripts(DATA / "otter.txt")[0]
    assert said(reading)[-2:] == [("Anna Berg", 3723.0, "Is that so?"), ("Rosa Ng", 3729.0, "It is.")]
    assert reading.notes == ()


def test_captions_without_speakers_are_one_turn_with_a_line_per_pause(tmp_path: Path) -> None:
    path = tmp_path / "silent.srt"
    path.write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nWe met\n\n2\n00:00:02,100 --> 00:00:03,000\non Mondays.\n\n"
        "3\n00:00:09,000 --> 00:00:10,000\nIt was fun.\n"
    )
    assert said(read_transcripts(path)[0]) == [(None, 1.0, "We met on Mondays.\nIt was fun.")]


def captions(tmp_path: Path, suffix: str, text: str) -> Reading:
    path = tmp_path / f"made{suffix}"
    path.write_text(("WEBVTT\n\n" if suffix == ".vtt" else "") + text, encoding="utf-8")
    return read_transcripts(path)[0]


@pytest.mark.parametrize("suffix", [".vtt", ".srt"])
@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("00:00:03,500 --> 00:00:04,000", 3.5),
        ("00:00:03.500 --> 00:00:04.000 align:start position:0%", 3.5),
        ("00:00:03 --> 00:00:04", 3.0),
        ("00:03,500 --> 00:04,000", 3.5),
        ("0:3.5 --> 0:4", 3.5),
        ("1:00:03:250 -> 1:00:04:000", 3603.25),
    ],
)
def test_a_stamp_in_any_usual_form_begins_a_cue(
    tmp_path: Path, suffix: str, stamp: str, seconds: float
) -> None:
    before, after = "00:00:01.000 --> 00:00:02.000", "02:00:00.000 --> 02:00:01.000"
    text = f"1\n{before}\nA: one\n\n2\n{stamp}\nB: two\n\n3\n{after}\nA: end\n"
    reading = captions(tmp_path, suffix, text)
    assert said(reading) == [("A", 1.0, "one"), ("B", seconds, "two"), ("A", 7200.0, "end")]
    assert reading.notes == ()


@pytest.mark.parametrize("suffix", [".vtt", ".srt"])
@pytest.mark.parametrize(
    "stamp", ["00:99:03.000 --> 00:99:04.000", "00:00:61.0 --> 00:00:62.0", "1:2:3:4:5 --> 0:1"]
)
def test_what_follows_an_unreadable_stamp_stays_in_the_cue_before(
    tmp_path: Path, suffix: str, stamp: str
) -> None:
    text = (
        f"1\n00:00:01.000 --> 00:00:02.000\none\n\n2\n{stamp}\ntwo\n\n3\n00:00:05.000 --> 00:00:06.000\nend\n"
    )
    reading = captions(tmp_path, suffix, text)
    assert reading.transcript.text == "one two\nend"
    assert any(note.startswith("time stamps that could not be read: 1") for note in reading.notes)


@pytest.mark.parametrize("suffix", [".vtt", ".srt"])
def test_blank_lines_within_a_cue_and_words_on_a_stamps_line_lose_nothing(
    tmp_path: Path, suffix: str
) -> None:
    text = (
        "00:99:01.000 --> 00:99:01.500\nbefore all\n\n00:00:01.000 --> 00:00:02.000 or so\none\n\ntwo\n \n"
        "three words here\n00:00:02.100 --> 00:00:03.000\nwe went --> there, from 5 --> 6\n\n\nend\n"
    )
    reading = captions(tmp_path, suffix, text)
    assert reading.transcript.text == (
        "before all or so one two three words here we went --> there, from 5 --> 6 end"
    )


def test_text_outside_the_voice_tags_is_kept(tmp_path: Path) -> None:
    text = "00:01.000 --> 00:02.000\n<v Anna>One.</v> Two.\n\nThree.\n"
    assert said(captions(tmp_path, ".vtt", text)) == [("Anna", 1.0, "One."), (None, 1.0, "Two. Three.")]


def test_comments_styles_and_names_of_cues_are_not_said(tmp_path: Path) -> None:
    text = (
        "STYLE\n::cue { color: red }\n\nNOTE made by\na program\n\nintro\n00:01.000 --> 00:02.000\nOne.\n\n"
        "NOTE\n\nthe end\n00:02.000 --> 00:03.000\nTwo.\n\nNOTES are short.\n"
    )
    assert captions(tmp_path, ".vtt", text).transcript.text == "One. Two. NOTES are short."


@pytest.mark.parametrize("suffix", [".vtt", ".srt"])
def test_captions_without_any_readable_stamp_are_refused(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(FileError, match="no well-formed"):
        captions(tmp_path, suffix, "00:99:01.000 --> 00:99:02.000\nOne.\n")


@pytest.mark.parametrize("name", ["groups.csv", "groups.xlsx"])
def test_a_table_holds_one_transcript_per_name(name: str) -> None:
    readings = read_transcripts(DATA / name)
    assert [(r.transcript.name, r.transcript.case) for r in readings] == [
        ("circle_03", "Thursday circle"),
        ("garden_01", "Garden group"),
    ]
    assert said(readings[0])[1] == (
        "P1",
        5.0,
        "My neighbour took me along.\n“Just come once,” she said \U0001f9f6",
    )
    assert {reading.transcript.source for reading in readings} == {name}


def test_columns_can_be_mapped(tmp_path: Path) -> None:
    path = table(tmp_path, "Wer,Was\nINT,Why?\nRosa,Because.\n")
    with pytest.raises(TableError, match="'Wer', 'Was'"):
        read_transcripts(path)
    reading = read_transcripts(path, ReadingOptions(columns={"text": "was", "speaker": "WER"}))[0]
    assert said(reading) == [("INT", None, "Why?"), ("Rosa", None, "Because.")]
    assert reading.transcript.name == "table"


def test_a_mapped_column_that_is_missing_or_unknown_is_an_error(tmp_path: Path) -> None:
    path = table(tmp_path, "speaker,text\nINT,Why?\n")
    with pytest.raises(TableError, match="no column for the speaker"):
        read_transcripts(path, ReadingOptions(columns={"speaker": "Wer"}))
    with pytest.raises(TableError, match="'words'"):
        read_transcripts(path, ReadingOptions(columns={"words": "text"}))


def test_a_row_without_transcript_or_with_a_second_case_is_an_error_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="row 3"):
        read_transcripts(table(tmp_path, "transcript,text\na,Why?\n,Because.\n"))
    with pytest.raises(TableError, match="2 cases"):
        read_transcripts(table(tmp_path, "transcript,case,text\na,x,Why?\na,y,Because.\n"))


def test_cases_have_their_variables_from_any_of_their_rows(tmp_path: Path) -> None:
    cases = read_cases(
        table(tmp_path, "Transcript,Case,town,size\na.docx,Circle,Leeds,\nb,Circle,,12\nc.v2,Garden,York,5\n")
    )
    assert [(c.transcript, c.case.name, c.row) for c in cases] == [
        ("a", "Circle", 2),
        ("b", "Circle", 3),
        ("c.v2", "Garden", 4),
    ]
    assert cases[0].case.variables == {"town": "Leeds", "size": "12"}


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("a,\n", "'case' is empty"),
        (",x\n", "'transcript' is empty"),
        ("a,x\na.txt,y\n", "in row 2 already"),
    ],
)
def test_an_unusable_row_of_cases_is_an_error(tmp_path: Path, rows: str, problem: str) -> None:
    with pytest.raises(TableError, match=problem):
        read_cases(table(tmp_path, "transcript,case\n" + rows))


def test_a_variable_with_two_values_for_a_case_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"row 3.*'town'"):
        read_cases(table(tmp_path, "transcript,case,town\na,x,Leeds\nb,x,York\n"))


def test_a_table_of_codings_is_not_taken_for_transcripts(tmp_path):
    path = tmp_path / "codings.csv"
    path.write_text("transcript,text,code,coder\nP1,we all help,Support,Kim\n", encoding="utf-8")
    with pytest.raises(TableError, match="table of codings"):
        read_transcripts(path)
