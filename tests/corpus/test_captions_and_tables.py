"""Captions, tables of turns, and the table of cases."""

from pathlib import Path

import pytest

from suggester.corpus import Reading, ReadingOptions, read_cases, read_transcripts
from suggester.errors import TableError

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
