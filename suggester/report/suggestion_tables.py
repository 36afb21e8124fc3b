"""Suggestions as a table, one row for each suggestion."""

from collections.abc import Iterable, Iterator

from suggester.domain import PassageSuggestions, Verdict

COLUMNS = (
    "transcript",
    "start",
    "end",
    "speaker",
    "role",
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
    "accept",
)
_EVIDENCE = 2


def suggestion_rows(items: Iterable[PassageSuggestions]) -> Iterator[tuple[object, ...]]:
    """Rows for `COLUMNS`: offsets in code points, end exclusive; ``fit_p`` is the p-value of "fits the
    codebook". A passage whose verdict is not "suggested" has one row, without a code. ``accept`` is left
    to the reader: `codings import` takes the rows in which it is filled in."""
    for item in items:
        p = item.passage
        passage = (p.transcript, p.start, p.end, p.speaker, str(p.role), p.text, str(item.verdict))
        if item.verdict is not Verdict.SUGGESTED:
            yield (*passage, *[None] * 6, round(item.fit, 4), *[None] * (2 * _EVIDENCE), None)
            continue
        for rank, suggestion in enumerate(item.suggestions, start=1):
            evidence: list[object] = []
            for hit in suggestion.evidence[:_EVIDENCE]:
                evidence += [hit.text, f"{hit.transcript} {hit.start}-{hit.end}"]
            evidence += [None] * (2 * _EVIDENCE - len(evidence))
            yield (
                *passage,
                rank,
                suggestion.code,
                suggestion.heading,
                round(suggestion.probability, 4),
                suggestion.above_threshold,
                str(suggestion.basis),
                round(item.fit, 4),
                *evidence,
                None,
            )
