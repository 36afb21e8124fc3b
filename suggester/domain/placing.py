"""Which passage carries which code, when codings are spans of their own."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from suggester.domain.coding import Coding
from suggester.domain.transcript import Passage


def codes_of(passages: Sequence[Passage], codings: Iterable[Coding]) -> list[set[str]]:
    """The codes of each passage, a set per passage.

    A passage carries a code if a coding of it covers at least half of the passage, or has at least
    half of itself inside the passage. The passages of one transcript must not overlap.
    """
    rows: dict[str, list[int]] = {}
    for row in sorted(range(len(passages)), key=lambda r: passages[r].start):
        rows.setdefault(passages[row].transcript, []).append(row)
    ends = {name: [passages[row].end for row in own] for name, own in rows.items()}
    carried: list[set[str]] = [set() for _ in passages]
    for coding in codings:
        own = rows.get(coding.transcript, [])
        first = bisect_left(ends.get(coding.transcript, []), coding.start + 1)
        for row in own[first:]:
            passage = passages[row]
            if passage.start >= coding.end:
                break
            shared = passage.span.overlap(coding.span)
            if 2 * shared >= min(passage.end - passage.start, coding.end - coding.start):
                carried[row].add(coding.code)
    return carried
