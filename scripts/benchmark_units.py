"""Ways of choosing passages, compared on the usability interviews by the text itself.

    python scripts/benchmark_units.py --data DIR [--output scripts/benchmarks/units]

DIR holds `usability_interviews` (transcripts, codings.csv, codebook.csv). Five folds and 95 % intervals by
transcript. Writes a Markdown table and a JSON file.
"""

import argparse
import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score

from studies import usability
from suggester.domain import Quality, Statistic, Unit
from suggester.learn.encoders import SentenceEncoder
from suggester.learn.evaluation import assess, cross_validate
from suggester.learn.suggester import CodeSuggester
from suggester.learn.vector_cache import CachedEncoder
from suggester.passages import contexts, training_set, unitized
from suggester.report.quality_tables import figure_text
from suggester.store import Finished, Unitizing


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with the study")
    parser.add_argument("--output", type=Path, help="write OUTPUT.md and OUTPUT.json")
    parser.add_argument("--cache", type=Path, default=Path(".benchmark-cache"), help="folder for vectors")
    arguments = parser.parse_args()
    encoder = CachedEncoder(SentenceEncoder(), arguments.cache)
    lines, results = compare_units(arguments.data / "usability_interviews", encoder)
    text = "\n".join([*heading(), "", *lines]) + "\n"
    print(text)
    if arguments.output:
        arguments.output.with_suffix(".md").write_text(text, encoding="utf-8")
        arguments.output.with_suffix(".json").write_text(
            json.dumps(results, indent=1) + "\n", encoding="utf-8"
        )


def compare_units(folder: Path, encoder: CachedEncoder) -> tuple[list[str], list[dict[str, object]]]:
    """Average precision over characters, one row for each way of choosing passages.

    Each character gets the held-out probability of its passage (nought outside of all) and is right
    if the coder coded it; macro average over codes.
    """
    transcripts, codings, _ = usability(folder)
    finished = [Finished(t.name, "coder1") for t in transcripts]
    lines = ["| unit | passages | macro-AP over characters | P@1 | R@3 |", "|---|---|---|---|---|"]
    results: list[dict[str, object]] = []
    choices = [
        Unitizing(Unit.TURN, 40),
        Unitizing(Unit.PARAGRAPH, 40),
        Unitizing(Unit.LINE, 40),
        *(Unitizing(Unit.WINDOW, words) for words in (20, 40, 80)),
    ]
    for unit in choices:
        training = training_set(unitized(transcripts, unit), codings, finished)
        texts = [passage.text for passage in training.passages]
        groups = [passage.transcript for passage in training.passages]
        held_out = cross_validate(
            CodeSuggester(encoder=encoder),
            texts,
            list(map(set, training.codes)),
            groups,
            contexts(training.passages),
        )
        scores, truth = [], []
        for transcript in transcripts:
            own = np.zeros((len(transcript.text), len(held_out.codes)), np.float32)
            for passage, row in zip(training.passages, held_out.probabilities, strict=True):
                if passage.transcript == transcript.name:
                    own[passage.start : passage.end] = row
            coded = np.zeros(own.shape, np.bool_)
            for coding in codings:
                if coding.transcript == transcript.name and coding.code in held_out.codes:
                    coded[coding.start : coding.end, held_out.codes.index(coding.code)] = True
            scores.append(own)
            truth.append(coded)
        p, y = np.vstack(scores), np.vstack(truth)
        ap = float(np.mean([average_precision_score(y[:, j], p[:, j]) for j in range(y.shape[1])]))
        quality = assess(held_out)
        label = f"window of {unit.words} words" if unit.unit is Unit.WINDOW else str(unit.unit)
        first, three_best = three(quality.precision_at_1), three(quality.recall_at_3)
        lines.append(f"| {label} | {len(texts)} | {ap:.3f} | {first} | {three_best} |")
        results.append({"unit": label, "passages": len(texts), "character_macro_ap": ap, **overall(quality)})
    return lines, results


def heading() -> list[str]:
    """What was run, when, with which versions."""
    packages = ("numpy", "scikit-learn", "sentence-transformers", "torch", "suggester")
    return [
        "Command: `python scripts/benchmark_units.py --data DIR`",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in packages)
        + ". Five folds by transcript; 95 % intervals by bootstrap over transcripts.",
    ]


def three(figure: Statistic) -> str:
    return (
        figure_text(figure)
        if figure.estimate is None
        else f"{figure.estimate:.3f} ({figure.low:.3f}-{figure.high:.3f})"
    )


def overall(quality: Quality) -> dict[str, object]:
    return {key: value for key, value in asdict(quality).items() if key != "codes"}


if __name__ == "__main__":
    main()
