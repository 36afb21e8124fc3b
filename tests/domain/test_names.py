"""Names as they are compared, whatever system wrote them."""

import unicodedata

import pytest

from suggester.domain import TranscriptNames, close_names, counted, folded


def test_case_white_space_and_normalisation_do_not_make_another_name():
    assert folded(" Zo\u00eb  M\u00dcLLER ") == folded(unicodedata.normalize("NFD", "zo\u00eb m\u00fcller"))
    assert folded("Zoe") != folded("Zo\u00eb")


def test_a_files_ending_does_not_matter_unless_two_could_be_meant():
    names = TranscriptNames(["Interview 1.docx", "Interview 2", "Interview 2.5", "a.txt", "a.docx"])
    assert names.matching("interview 1") == ("Interview 1.docx",)
    assert names.matching("INTERVIEW 2.rtf") == ("Interview 2",)
    assert names.matching("Interview 2.5") == ("Interview 2.5",)
    assert names.matching("a.docx") == ("a.docx",)
    assert names.matching("a") == ("a.txt", "a.docx")
    assert names.matching("Interview 3") == ()


def test_close_names_begin_with_what_was_typed_then_contain_it_then_are_spelt_alike():
    names = ["carers-leicester", "carers-10", "carers-2", "former carers", "career", "Interview 7"]
    assert close_names("CARERS", names, most=9) == (
        "carers-2",
        "carers-10",
        "carers-leicester",
        "former carers",
        "career",
    )
    assert close_names("interview.docx", names) == ("Interview 7",)
    assert close_names("intervew 7", names) == ("Interview 7",)
    assert close_names("zzz", names) == close_names("", names) == ()
    assert len(close_names("a", [f"a{number}" for number in range(20)])) == 5


def test_one_is_not_written_as_several():
    assert counted(1, "transcript") == "1 transcript"
    assert counted(1200, "transcript") == "1,200 transcripts"
    assert counted(2, "study", "studies") == "2 studies"


@pytest.mark.parametrize(
    "endings",
    [
        "txt md doc docx odt rtf rtfd pdf pages key eml log",
        "csv tsv xlsx htm html json xml yaml yml",
        "vtt srt mp3 mp4 m4a wav wma aac ogg flac mov avi",
    ],
    ids=["texts", "tables", "recordings"],
)
def test_these_endings_do_not_matter(endings):
    names = TranscriptNames(["Interview 1"])
    for ending in endings.split():
        assert names.matching(f"interview 1.{ending.upper()}") == ("Interview 1",), ending
        assert names.matching(f"interview 1{ending}") == ()
