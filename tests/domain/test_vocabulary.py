"""What spans, codebooks and statistics refuse to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suggester.domain import Code, Codebook, Coding, Span, Statistic, Transcript, folded
from suggester.errors import CodebookError


@pytest.mark.parametrize(("start", "end"), [(-1, 4), (4, 4), (5, 4), (0, 0)])
def test_a_span_has_a_length_and_begins_inside_the_text(start, end):
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)


spans = st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda p: Span(p[0], p[0] + p[1]))


@given(spans, spans)
def test_overlap_is_the_number_of_shared_code_points(a, b):
    shared = len(set(range(a.start, a.end)) & set(range(b.start, b.end)))
    assert a.overlap(b) == b.overlap(a) == shared


def test_a_coding_without_length_has_no_span():
    with pytest.raises(ValueError, match="not a span"):
        _ = Coding("P1", 5, 5, "c", "Kim").span


@pytest.mark.parametrize("twin", ["Hope", "hope", " HOPE ", "Hope\t"])
def test_two_codes_of_one_name_are_refused(twin):
    with pytest.raises(CodebookError, match="twice"):
        Codebook((Code("Hope"), Code("Skills"), Code(twin, "another heading")))


@pytest.mark.parametrize("name", ["", "  ", "\n"])
def test_a_code_without_a_name_is_refused_with_its_position(name):
    with pytest.raises(CodebookError, match="code 2 has no name"):
        Codebook((Code("Hope"), Code(name)))


def test_the_examples_that_count_are_the_typical_and_the_borderline_ones_without_reasons():
    code = Code(
        "A",
        examples=("She cried [laughs]",),
        borderline=("I'd say so [pause] yes. [counts: why]", "Bare", "[counts: nothing said]"),
        near_misses=("Not this [B]",),
    )
    assert code.counting_examples == ("She cried [laughs]", "I'd say so [pause] yes.", "Bare")


def test_codes_are_found_whatever_their_case_and_white_space():
    book = Codebook((Code("Self  Esteem", "B"), Code("Straße ☂/x", "A"), Code("flat")))
    assert book.find("  self esteem ") is book.codes[0]
    assert book.find("STRASSE ☂/X") is book.codes[1]
    assert book.find("esteem") is None
    assert book.headings == ("B", "A")
    assert [code.name for code in book] == ["Self  Esteem", "Straße ☂/x", "flat"]
    assert len(book) == 3


@given(st.text())
def test_folding_a_folded_name_changes_nothing_more(name):
    assert folded(folded(name)) == folded(name)


@pytest.mark.parametrize(
    "given_values", [(None, None, None), (0.5, None, None), (0.5, 0.1, None), (None, 0.1, 0.2)]
)
def test_what_a_statistic_lacks_needs_a_reason(given_values):
    with pytest.raises(ValueError, match="reason"):
        Statistic(*given_values)
    assert Statistic(*given_values, undefined_because="too few").undefined_because == "too few"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_statistic_is_never_nan(place):
    values = [0.5, 0.4, 0.6]
    values[place] = float("nan")
    with pytest.raises(ValueError, match="no number"):
        Statistic(*values)


def test_the_hash_of_a_transcript_is_that_of_its_text():
    one, same, other = (Transcript(n, t, ()) for n, t in (("a", "hé ☂"), ("b", "hé ☂"), ("a", "hé ☂ ")))
    assert one.sha256 == same.sha256 != other.sha256
    assert len(Transcript("a", "half of a pair \ud800", ()).sha256) == 64
