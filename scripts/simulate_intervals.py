"""How often the 95 % intervals of `suggester train` hold the true figure, by simulation.

    python scripts/simulate_intervals.py [--output scripts/benchmarks/intervals.md] [--repetitions 600]

Draws studies of 8, 17 and 40 transcripts from a population in which codes differ in frequency, in how well
they can be told, and from transcript to transcript in both; takes as truth the average precision in 3,000
transcripts; and counts how often the intervals of macro-AP and of one frequent and one rare code hold it.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from suggester.learn.metrics import average_precision, mean_of_defined, resamples, statistic

SIZES = (8, 17, 40)
FREQUENCIES = (0.15, 0.08, 0.04, 0.02)
SEPARATIONS = (0.6, 1.2, 1.8)
FIGURES = {"macro-AP": None, "AP of a frequent code": 8, "AP of a rare code": 11}

Floats = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, help="write the table to this Markdown file")
    parser.add_argument("--repetitions", type=int, default=600)
    arguments = parser.parse_args()
    rng = np.random.default_rng(1)
    truth = {name: float(values[0]) for name, values in figures(*draw(rng, 3000), np.ones((1, 3000))).items()}
    lines = [
        f"Command: `python scripts/simulate_intervals.py --repetitions {arguments.repetitions}`",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, numpy {np.__version__}. Nominal coverage .95.",
        "",
        "| transcripts | figure | truth | coverage | mean width |",
        "|---|---|---|---|---|",
    ]
    for n_groups in SIZES:
        held: dict[str, list[bool]] = {name: [] for name in FIGURES}
        widths: dict[str, list[float]] = {name: [] for name in FIGURES}
        for repetition in range(arguments.repetitions):
            sample = draw(rng, n_groups)
            for name, values in figures(*sample, resamples(n_groups, repetition)).items():
                found = statistic(values, n_groups=n_groups, n_units=1, n_transcripts=n_groups)
                if found.low is not None and found.high is not None:
                    held[name].append(found.low <= truth[name] <= found.high)
                    widths[name].append(found.high - found.low)
        for name in FIGURES:
            coverage, width = np.mean(held[name]), np.mean(widths[name])
            lines.append(f"| {n_groups} | {name} | {truth[name]:.3f} | {coverage:.3f} | {width:.3f} |")
    text = "\n".join(lines) + "\n"
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


def draw(rng: np.random.Generator, n_groups: int) -> tuple[Floats, NDArray[np.bool_], NDArray[np.intp]]:
    """Scores and truths (n, k) and the transcript (n,) of some 65 passages of each transcript."""
    groups = np.repeat(np.arange(n_groups), rng.poisson(60, n_groups) + 5)
    k = len(FREQUENCIES) * len(SEPARATIONS)
    scores, targets = np.empty((len(groups), k)), np.empty((len(groups), k), np.bool_)
    for j in range(k):
        frequency, separation = FREQUENCIES[j % len(FREQUENCIES)], SEPARATIONS[j % len(SEPARATIONS)]
        own_frequency = rng.beta(frequency * 8, (1 - frequency) * 8, n_groups)
        own_separation = separation + rng.normal(0, 0.4, n_groups)
        targets[:, j] = rng.random(len(groups)) < own_frequency[groups]
        scores[:, j] = targets[:, j] * own_separation[groups] + rng.normal(size=len(groups))
    return scores, targets, groups


def figures(
    scores: Floats, targets: NDArray[np.bool_], groups: NDArray[np.intp], weights: Floats
) -> dict[str, Floats]:
    ap = np.column_stack(
        [average_precision(scores[:, j], targets[:, j], groups, weights) for j in range(scores.shape[1])]
    )
    return {
        name: mean_of_defined(ap[:, ~np.isnan(ap[0])]) if column is None else ap[:, column]
        for name, column in FIGURES.items()
    }


if __name__ == "__main__":
    main()
