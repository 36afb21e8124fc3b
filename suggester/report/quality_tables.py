"""Held-out figures as a table, one row for each code."""

from collections.abc import Iterator

from suggester.domain import Quality, Statistic

COLUMNS = (
    "code",
    "basis",
    "n_passages",
    "n_transcripts",
    "precision",
    "precision_low",
    "precision_high",
    "recall",
    "recall_low",
    "recall_high",
    "average_precision",
    "average_precision_low",
    "average_precision_high",
    "undefined_because",
)


def quality_rows(quality: Quality) -> Iterator[tuple[object, ...]]:
    """Rows for `COLUMNS`; cells are empty where a figure cannot be estimated, and the last says why."""
    for code in quality.codes:
        figures = (code.precision, code.recall, code.average_precision)
        cells = [value for figure in figures for value in (figure.estimate, figure.low, figure.high)]
        why = "; ".join(dict.fromkeys(f.undefined_because for f in figures if f.undefined_because))
        yield (code.code, str(code.basis), code.n_passages, code.n_transcripts, *cells, why)


def figure_text(figure: Statistic) -> str:
    """``.62 .48-.74``: the estimate and its interval; a dash where there is no estimate."""
    if figure.estimate is None:
        return "-"
    if figure.low is None or figure.high is None:
        return _short(figure.estimate)
    return f"{_short(figure.estimate)} {_short(figure.low)}-{_short(figure.high)}"


def _short(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")
