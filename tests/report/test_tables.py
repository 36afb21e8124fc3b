"""The tables of suggestions and of held-out figures."""

from dataclasses import replace

import pytest

from suggester.domain import (
    Basis,
    CodeQuality,
    Evidence,
    Passage,
    PassageSuggestions,
    Quality,
    Role,
    Statistic,
    Suggestion,
    Verdict,
)
from suggester.report import quality_tables, suggestion_tables
from suggester.report.quality_tables import figure_text, quality_rows
from suggester.report.suggestion_tables import suggestion_rows

PASSAGE = Passage("Group 1", 10, 22, "=cmd|' /C'!A0", "Ann", Role.PARTICIPANT)
NEAR = tuple(Evidence("Group 2", n, n + 5, f"near {n}", 0.9) for n in range(3))
TRUST = Suggestion("Trust", "Safety", 0.1234567890123, True, Basis.TRAINED, NEAR)
HOPE = Suggestion("Hope", "", 0.05, False, Basis.SIMILARITY, NEAR[:1])
ITEM = PassageSuggestions(PASSAGE, Verdict.SUGGESTED, (TRUST, HOPE), 0.5)


def records(items: list[PassageSuggestions]) -> list[dict[str, object]]:
    return [dict(zip(suggestion_tables.COLUMNS, row, strict=True)) for row in suggestion_rows(items)]


def test_each_suggestion_is_a_row_with_its_rank_and_rounded_probability() -> None:
    first, second = records([ITEM])
    assert (first["rank"], first["code"], first["heading"]) == (1, "Trust", "Safety")
    assert (second["rank"], second["code"], second["basis"]) == (2, "Hope", "similarity")
    assert first["probability"] == 0.1235
    assert (first["start"], first["end"], first["passage"]) == (10, 22, PASSAGE.text)
    assert (first["above_threshold"], second["above_threshold"]) == (True, False)


def test_two_pieces_of_evidence_are_shown_and_missing_ones_are_empty() -> None:
    first, second = records([ITEM])
    assert (first["evidence_1"], first["evidence_2_from"]) == ("near 0", "Group 2 1-6")
    assert (second["evidence_1"], second["evidence_2"], second["evidence_2_from"]) == ("near 0", None, None)


def test_a_passage_that_nothing_fits_has_one_row_without_a_code() -> None:
    (row,) = records([replace(ITEM, verdict=Verdict.NOTHING_FITS)])
    assert (row["verdict"], row["passage"], row["code"], row["probability"]) == (
        "nothing fits",
        PASSAGE.text,
        None,
        None,
    )
    assert row["fit_p"] == round(ITEM.fit, 4)


def statistic(estimate: float | None, low: float | None = None, high: float | None = None) -> Statistic:
    why = "" if None not in (estimate, low, high) else "too few"
    return Statistic(estimate, low, high, undefined_because=why)


@pytest.mark.parametrize(
    ("figure", "shown"),
    [
        (statistic(0.617, 0.48, 0.744), ".62 .48-.74"),
        (statistic(1.0, 0.995, 1.0), "1.00 .99-1.00"),
        (statistic(0.0, 0.0, 0.004), ".00 .00-.00"),
        (statistic(0.5), ".50"),
        (statistic(None), "-"),
    ],
)
def test_figures_are_short_and_undefined_ones_are_a_dash(figure: Statistic, shown: str) -> None:
    assert figure_text(figure) == shown


def test_undefined_figures_are_empty_cells_with_each_reason_once() -> None:
    unsure = statistic(None)
    code = CodeQuality("Hope", 3, 1, Basis.SIMILARITY, unsure, statistic(0.5), statistic(0.4, 0.3, 0.5))
    whole = statistic(0.5, 0.4, 0.6)
    quality = Quality(9, 5, 2, 2, 2, whole, whole, whole, whole, whole, (code,))
    (row,) = quality_rows(quality)
    record = dict(zip(quality_tables.COLUMNS, row, strict=True))
    assert (record["precision"], record["recall"], record["recall_low"]) == (None, 0.5, None)
    assert (record["average_precision_high"], record["undefined_because"]) == (0.5, "too few")
