"""Which passage carries which code."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from suggester.domain import Coding, Passage, Role, carriers, codes_of


def passage(start: int, end: int, transcript: str = "P1") -> Passage:
    return Passage(transcript, start, end, "x" * (end - start), None, Role.PARTICIPANT)


def coding(start: int, end: int, code: str = "c", transcript: str = "P1") -> Coding:
    return Coding(transcript, start, end, code, "Kim")


def test_half_of_the_passage_is_enough_and_less_is_not():
    assert codes_of([passage(0, 100)], [coding(50, 400)]) == [{"c"}]
    assert codes_of([passage(0, 100)], [coding(51, 400)]) == [set()]


def test_a_short_coding_inside_a_passage_counts():
    assert codes_of([passage(0, 100), passage(100, 200)], [coding(110, 115)]) == [set(), {"c"}]


def test_a_long_coding_reaches_every_passage_it_covers():
    passages = [passage(200, 300), passage(0, 100), passage(100, 200)]
    assert codes_of(passages, [coding(40, 260)]) == [{"c"}, {"c"}, {"c"}]


def test_the_carriers_of_each_coding_are_rows_in_the_order_of_the_text():
    passages = [passage(200, 300), passage(0, 100), passage(100, 200)]
    codings = [coding(40, 260), coding(250, 400), coding(0, 100, transcript="P2"), coding(100, 200)]
    assert carriers(passages, codings) == [[1, 2, 0], [0], [], [2]]


def test_another_transcript_is_another_text():
    assert codes_of([passage(0, 100, "P2")], [coding(0, 100)]) == [set()]


@given(
    cuts=st.lists(st.integers(0, 60), min_size=2, max_size=12, unique=True).map(sorted),
    spans=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20), st.sampled_from("ab")), max_size=8),
)
def test_it_equals_the_rule_applied_to_every_pair(cuts, spans):
    passages = [passage(a, b) for a, b in pairwise(cuts)]
    codings = [coding(start, start + length, code) for start, length, code in spans]
    expected = [
        {
            c.code
            for c in codings
            if 2 * len(set(range(p.start, p.end)) & set(range(c.start, c.end)))
            >= min(p.end - p.start, c.end - c.start)
        }
        for p in passages
    ]
    assert codes_of(passages, codings) == expected
