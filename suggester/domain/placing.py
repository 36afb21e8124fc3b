"""Which passage carries which coding, when codings are spans of their own."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from suggester.domain.coding import Coding
from suggester.domain.transcript import Passage


def codes_of(passages: Sequence[Passage], codings: Iterable[Coding]) -> list[set[str]]:
    """The codes of each passage, a set per passage (see `carriers`)."""
    given = list(codings)
    carried: list[set[str]] = [set() for _ in passages]
    for coding, rows in zip(given, carriers(passages, given), strict=True):
        for row in rows:
            carried[row].add(coding.code)
    return carried


def carriers(passages: Sequence[Passage], codings: Iterable[Coding]) -> list[list[int]]:
    """The passages that carry each coding, as a list of their rows per coding, in the order of the text.

    A passage carries a coding that covers at least half of the passage, or has at least half of itself
    inside the passage. The passages of one transcript must not overlap.
    """
    rows: dict[str, list[int]] = {}
    for row in sorted(range(len(passages)), key=lambda r: passages[r].start):
        rows.setdefault(passages[row].transcript, []).append(row)
    ends = {name: [passages[row].end for row in own] for name, own in rows.items()}
    return [
        _carrying(passages, rows.get(coding.transcript, []), ends.get(coding.transcript, []), coding)
        for coding in codings
    ]


def _carrying(
    passages: Sequence[Passage], own: Sequence[int], ends: Sequence[int], coding: Coding
) -> list[int]:
    """Of the rows of one transcript, in order and with their ends, those that carry the coding."""
    found = []
    for row in own[bisect_left(ends, coding.start + 1) :]:
        passage = passages[row]
        if passage.start >= coding.end:
            break
        shared = passage.span.overlap(coding.span)
        if 2 * shared >= min(passage.end - passage.start, coding.end - coding.start):
            found.append(row)
    return found
