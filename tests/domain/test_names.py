"""Names as they are compared, whatever system wrote them."""

import unicodedata

from suggester.domain import TranscriptNames, folded


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
