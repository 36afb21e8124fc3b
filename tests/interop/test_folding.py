"""Folding typography away, and the way back to exact offsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suggester.domain import Span, Transcript
from suggester.interop.anchors import Anchors
from suggester.interop.folding import FoldedText, cuts_a_letter, folded_quote

ALPHABET = "ab '\"-.…“”’–—\u00a0\n\t \u200b\xade\u0301🙂👩\u200d👧"
TEXTS = st.one_of(
    st.text(st.sampled_from(ALPHABET), min_size=3, max_size=60),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=3, max_size=60),
)


def _find(text: str, quote: str) -> Span | str:
    found = Anchors(Transcript("t", text, ())).find(quote)
    return found.span or found.reason


@pytest.mark.parametrize(
    ("text", "quote", "there"),
    [
        ("well  it’s\n\nfine, yes", "it's fine", "it’s\n\nfine"),
        ("she said “no” to us", 'said "no" to', "said “no” to"),
        ("one – two—three", "one - two-three", "one – two—three"),
        ("one -- two", "one – two", "one -- two"),
        ("and then… nothing", "then... nothing", "then… nothing"),
        ("and then... nothing", "then… nothing", "then... nothing"),
        ("ten\u00a0thousand people", "ten thousand", "ten\u00a0thousand"),
        ("inter\xadview\u200b number", "interview number", "inter\xadview\u200b number"),
        ("🙂 we  laughed 🙂 a lot", "we laughed 🙂 a", "we  laughed 🙂 a"),
        ("I felt at home there.", "…felt at home…", "felt at home"),
        ("I felt at home there.", "[...] felt at home [...]", "felt at home"),
        ("I felt at home there.", "  felt at\r home ", "felt at home"),
        ("at the cafe\u0301 we met", "the caf\u00e9 we", "the cafe\u0301 we"),
        ("at the caf\u00e9 we met", "cafe\u0301", "caf\u00e9"),
        ("his resume\u0301, then his resume", "his resume", "his resume"),
        ("at the cafe\u0301", "the cafe\u0301", "the cafe\u0301"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af.", "\ud55c\uae00.", "\u1112\u1161\u11ab\u1100\u1173\u11af."),
    ],
)
def test_a_quote_is_found_whatever_the_typography(text: str, quote: str, there: str) -> None:
    span = _find(text, quote)
    assert isinstance(span, Span)
    assert text[span.start : span.end] == there


@pytest.mark.parametrize(
    ("text", "quote", "reason"),
    [
        ("the group, the group", "the group", "found 2 times"),
        ("aaaa", "aaa", "found 2 times"),
        ("“yes”, and ”yes”", '"yes"', "found 2 times"),
        ("the group", "The Group", "not found"),
        ("one two three", "one … three", "not found"),
        ("no, no", "no", "shorter than 3"),
        ("a   b", "   ", "shorter than 3"),
        ("she sent his resume\u0301.", "his resume", "not found"),
        ("she sent his resum\u00e9.", "his resume", "not found"),
        ("the resume\u200b\u0301", "resume", "not found"),
        ("a vector x\u0302", "vector x", "not found"),
        ("a \u1112\u1161\u11ab\u1100\u1173\u11af.", "a \u1112\u1161\u11ab\u1100\u1173", "not found"),
        ("and then…nothing", ".nothing", "not found"),
        ("nothing…then", "nothing..", "not found"),
        ("aaa" * 100, "aaa", "very often, at 0, 1, 2, 3, 4, ..."),
        ("x yes " * 6, "yes", "found 6 times, at 2, 8, 14, 20, 26, ..."),
        ("x yes " * 3, "yes", "found 3 times, at 2, 8 and 14"),
    ],
)
def test_a_quote_that_is_not_there_exactly_once_is_not_placed(text: str, quote: str, reason: str) -> None:
    assert reason in str(_find(text, quote))


def test_an_exact_match_goes_before_folded_ones() -> None:
    assert _find("it’s all; it's all", "it's all") == Span(10, 18)


@given(TEXTS, st.data())
def test_a_unique_quote_leads_back_to_exactly_its_span(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 3))
    end = data.draw(st.integers(start + 3, len(text)))
    quote = text[start:end]
    places = [
        place
        for place in range(len(text))
        if text.startswith(quote, place) and not cuts_a_letter(text, place + len(quote))
    ]
    found = _find(text, quote)
    if len(folded_quote(quote)) < 3:
        assert "shorter" in str(found)
    elif len(places) == 1 and not cuts_a_letter(text, end):
        assert found == Span(start, end)
    elif len(places) > 1:
        assert f"{len(places)} times" in str(found)


@given(TEXTS, st.data())
def test_a_retyped_quote_finds_a_span_that_reads_the_same_or_none(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 3))
    quote = folded_quote(text[start : data.draw(st.integers(start + 3, len(text)))])
    found = _find(text, quote)
    if isinstance(found, Span):
        assert folded_quote(text[found.start : found.end]).strip(". ") == quote.strip(". ")


@given(TEXTS)
def test_folding_twice_changes_nothing_and_the_whole_leads_to_the_whole(text: str) -> None:
    folded = FoldedText(text).folded
    assert folded == FoldedText(folded).folded
    if folded:
        span = FoldedText(text).source_span(0, len(folded))
        assert span is not None
        assert folded_quote(text[span[0] : span[1]]) == folded.strip(" ")
