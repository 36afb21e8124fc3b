"""The codebook: when a version is made, and how a code keeps its identity."""

from dataclasses import replace

import pytest

from suggester.domain import Code, Codebook, Coding
from suggester.errors import CodebookError
from suggester.store import StudyStore


def guids(codebook: Codebook) -> dict[str, str]:
    return {code.name: code.guid for code in codebook}


def test_there_is_no_codebook_at_first(store: StudyStore) -> None:
    assert store.codebook() is None
    assert store.codebook_versions() == ()


def test_a_codebook_comes_back_with_guids_and_version(store: StudyStore, codebook: Codebook) -> None:
    stored = store.set_codebook(codebook, source="codebook.csv", note="first")
    assert stored.version == 1
    assert store.codebook() == store.codebook(1) == stored
    assert all(code.guid for code in stored)
    assert Codebook(tuple(replace(code, guid="") for code in stored)) == codebook
    (version,) = store.codebook_versions()
    assert (version.number, version.source, version.note, version.codes) == (1, "codebook.csv", "first", 3)


def test_the_same_codebook_makes_no_new_version(store: StudyStore, codebook: Codebook) -> None:
    stored = store.set_codebook(codebook, source="codebook.csv")
    assert store.set_codebook(codebook, source="again.csv") == stored
    assert store.set_codebook(stored, source="again.csv") == stored
    assert len(store.codebook_versions()) == 1


@pytest.mark.parametrize(
    "changed",
    [
        replace(Code("Skills"), definition="new"),
        replace(Code("Skills"), examples=("one",)),
        replace(Code("Skills"), borderline=("one [counts: two]",)),
        replace(Code("Skills"), near_misses=("one [B]",)),
        Code("skills"),
        Code("Skills", heading="Other"),
    ],
)
def test_any_difference_makes_a_version_and_the_guid_stays(store: StudyStore, changed: Code) -> None:
    first = store.set_codebook(Codebook((Code("Skills"), Code("B"))), source="1")
    second = store.set_codebook(Codebook((changed, Code("B"))), source="2")
    assert second.version == 2
    assert [code.guid for code in second] == [code.guid for code in first]
    assert store.codebook(1) == first
    assert store.codebook() == second


def test_another_order_makes_a_version(store: StudyStore) -> None:
    store.set_codebook(Codebook((Code("A"), Code("B"))), source="1")
    second = store.set_codebook(Codebook((Code("B"), Code("A"))), source="2")
    assert second.version == 2
    assert [code.name for code in second] == ["B", "A"]


def test_a_code_that_comes_back_is_the_code_it_was(store: StudyStore) -> None:
    first = store.set_codebook(Codebook((Code("A"), Code("B"))), source="1")
    store.set_codebook(Codebook((Code("A"),)), source="2")
    third = store.set_codebook(Codebook((Code("A"), Code("b"))), source="3")
    assert third.codes[1].guid == first.codes[1].guid


def test_a_rename_with_the_guid_keeps_identity_and_frees_the_name(ready: StudyStore) -> None:
    stored = ready.codebook()
    assert stored is not None
    ready.add_codings([Coding("Group 1", 0, 5, "Skills", "Ann")], source="x")
    renamed = tuple(replace(code, name="Learning") if code.name == "Skills" else code for code in stored)
    second = ready.set_codebook(Codebook((*renamed, Code("Skills"))), source="renamed")
    assert guids(second)["Learning"] == guids(stored)["Skills"]
    assert guids(second)["Skills"] not in guids(stored).values()
    assert [coding.code for coding in ready.codings()] == ["Learning"]


def test_a_name_that_two_codes_have_had_belongs_to_the_later_one(store: StudyStore) -> None:
    first = store.set_codebook(Codebook((Code("A"),)), source="1")
    second = store.set_codebook(Codebook((replace(first.codes[0], name="B"), Code("A"))), source="2")
    third = store.set_codebook(Codebook((Code("A"),)), source="3")
    assert third.codes[0].guid == second.codes[1].guid != first.codes[0].guid


def test_a_guid_from_elsewhere_is_kept_for_a_new_code(store: StudyStore) -> None:
    stored = store.set_codebook(Codebook((Code("A", guid="from-nvivo"),)), source="x.qdpx")
    assert guids(stored) == {"A": "from-nvivo"}


def test_two_codes_with_one_guid_are_refused(store: StudyStore) -> None:
    with pytest.raises(CodebookError, match="'B' has the guid of another"):
        store.set_codebook(Codebook((Code("A", guid="g"), Code("B", guid="g"))), source="x")


def test_an_empty_codebook_and_half_characters_are_refused(store: StudyStore) -> None:
    with pytest.raises(CodebookError, match="no codes"):
        store.set_codebook(Codebook(()), source="x")
    with pytest.raises(CodebookError, match="code 2 holds half a character"):
        store.set_codebook(Codebook((Code("A"), Code("B", examples=("\ud800",)))), source="x")
    with pytest.raises(CodebookError, match="code 1 holds half a character"):
        store.set_codebook(Codebook((Code("A", near_misses=("\ud800",)),)), source="x")
    assert store.codebook() is None


def test_an_unknown_version_is_an_error(store: StudyStore, codebook: Codebook) -> None:
    store.set_codebook(codebook, source="x")
    with pytest.raises(CodebookError, match="no version 7"):
        store.codebook(7)
