"""How often the 95 % intervals that `suggester train` prints hold the true figure, by simulation.

    python scripts/simulate_intervals.py [--output scripts/benchmarks/intervals.md] [--repetitions 400]

Draws studies of 8, 17 and 40 transcripts from two populations, of frequent and of rare codes. Codes differ in
frequency, in how well they can be told, and from transcript to transcript in both. Scores are drawn, no model
is trained. The truth is the average precision in 3,000 transcripts; the intervals are those of `assess`.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from suggester.domain import Statistic
from suggester.learn.evaluation import HeldOut, assess

SIZES = (8, 17, 40)
# Frequencies and separations (in standard deviations) of the codes; every pair is one code.
POPULATIONS = {
    "frequent codes": ((0.15, 0.08, 0.04), (0.6, 1.2, 1.8)),
    "rare codes": ((0.02, 0.01, 0.005), (0.4, 0.8, 1.5)),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, help="write the table to this Markdown file")
    parser.add_argument("--repetitions", type=int, default=400)
    arguments = parser.parse_args()
    lines = [
        f"Command: `python scripts/simulate_intervals.py --repetitions {arguments.repetitions}`",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, numpy {np.__version__}. Nominal coverage .95; without: the share of "
        "studies in which there is no interval.",
        "",
        "| population | transcripts | figure | truth | mean estimate | coverage | mean width | without |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for population in POPULATIONS:
        rng = np.random.default_rng(1)
        truth = {name: figure.estimate or 0.0 for name, figure in figures(rng, population, 3000).items()}
        for n_groups in SIZES:
            drawn = [figures(rng, population, n_groups) for _ in range(arguments.repetitions)]
            for name, true in truth.items():
                found = [study[name] for study in drawn]
                estimates = [figure.estimate for figure in found if figure.estimate is not None]
                bounds = [(f.low, f.high) for f in found if f.low is not None and f.high is not None]
                coverage = np.mean([low <= true <= high for low, high in bounds]) if bounds else np.nan
                width = np.mean([high - low for low, high in bounds]) if bounds else np.nan
                lines.append(
                    f"| {population} | {n_groups} | {name} | {true:.3f} | {np.mean(estimates):.3f} | "
                    f"{coverage:.3f} | {width:.3f} | {1 - len(bounds) / len(found):.2f} |"
                )
    text = "\n".join(lines) + "\n"
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


def figures(rng: np.random.Generator, population: str, n_groups: int) -> dict[str, Statistic]:
    """What `assess` says of one drawn study: of all codes, and of the best told frequent and rare one."""
    frequencies, separations = POPULATIONS[population]
    held_out = draw(rng, frequencies, separations, n_groups)
    quality = assess(held_out, random_state=int(rng.integers(2**31)))
    frequent, rare = (quality.codes[row * len(separations) + 1] for row in (0, len(frequencies) - 1))
    return {
        "macro-AP": quality.macro_average_precision,
        f"AP of a code of {frequencies[0]:.1%}": frequent.average_precision,
        f"AP of a code of {frequencies[-1]:.1%}": rare.average_precision,
    }


def draw(
    rng: np.random.Generator, frequencies: tuple[float, ...], separations: tuple[float, ...], n_groups: int
) -> HeldOut:
    """Scores and truths of some 65 passages of each transcript."""
    groups = np.repeat(np.arange(n_groups), rng.poisson(60, n_groups) + 5)
    pairs = [(frequency, separation) for frequency in frequencies for separation in separations]
    scores, targets = np.empty((len(groups), len(pairs))), np.empty((len(groups), len(pairs)), np.bool_)
    for j, (frequency, separation) in enumerate(pairs):
        own_frequency = rng.beta(frequency * 8, (1 - frequency) * 8, n_groups)
        own_separation = separation + rng.normal(0, 0.4, n_groups)
        targets[:, j] = rng.random(len(groups)) < own_frequency[groups]
        scores[:, j] = targets[:, j] * own_separation[groups] + rng.normal(size=len(groups))
    names = tuple(f"{frequency:.1%}, {separation}" for frequency, separation in pairs)
    return HeldOut(names, scores, scores > separations[-1], targets, groups)


if __name__ == "__main__":
    main()
