"""Suggestions as a table, one row for each suggestion."""

from collections.abc import Iterable, Iterator

from suggester.domain import PassageSuggestions

COLUMNS = (
    "transcript",
    "start",
    "end",
    "speaker",
    "passage",
    "verdict",
    "rank",
    "code",
    "heading",
    "probability",
    "above_threshold",
    "basis",
    "fit_p",
    "evidence_1",
    "evidence_1_from",
    "evidence_2",
    "evidence_2_from",
)
_EVIDENCE = 2


def suggestion_rows(items: Iterable[PassageSuggestions]) -> Iterator[tuple[object, ...]]:
    """Rows for `COLUMNS`: offsets in code points, end exclusive; ``fit_p`` is the p-value of "fits the
    codebook". A passage whose verdict is not "suggested" keeps its best codes, below their threshold."""
    for item in items:
        p = item.passage
        for rank, suggestion in enumerate(item.suggestions, start=1):
            evidence: list[object] = []
            for hit in suggestion.evidence[:_EVIDENCE]:
                evidence += [hit.text, f"{hit.transcript} {hit.start}-{hit.end}"]
            evidence += [None] * (2 * _EVIDENCE - len(evidence))
            yield (
                p.transcript,
                p.start,
                p.end,
                p.speaker,
                p.text,
                str(item.verdict),
                rank,
                suggestion.code,
                suggestion.heading,
                suggestion.probability,
                suggestion.above_threshold,
                str(suggestion.basis),
                item.fit,
                *evidence,
            )
