"""How good the suggestions are on real hand-coded studies, next to TF-IDF with logistic regression.

    python scripts/benchmark_suggestions.py --data DIR [--output scripts/benchmarks/suggestions]

DIR holds one folder for each study: `usability_interviews` (transcripts, codings.csv, codebook.csv),
`double_coded_interviews` (turns.csv). One protocol for every system: the same passages, five folds by
transcript, thresholds and calibration learned inside the training folds, 95 % intervals by transcript.
`--units` compares ways of choosing passages instead. Writes a Markdown table and a JSON file.
"""

import argparse
import csv
import json
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GroupKFold

from suggester.corpus import read_transcripts
from suggester.domain import Coding, Quality, Statistic, Transcript, Unit
from suggester.interop import read_codebook, read_codings
from suggester.learn.encoders import SentenceEncoder
from suggester.learn.evaluation import FOLDS, HeldOut, assess, cross_validate
from suggester.learn.suggester import CodeSuggester
from suggester.learn.vector_cache import CachedEncoder
from suggester.passages import contexts, training_set, unitized
from suggester.report.quality_tables import figure_text
from suggester.store import Finished, Unitizing

CONTEXT_CHARACTERS = 300
MIN_PASSAGES = 8


@dataclass(frozen=True)
class Study:
    """Passages of one study in the order of the text; ``context`` is what came before each."""

    name: str
    passages: list[str]
    codes: list[set[str]]
    groups: list[str]
    context: list[str]


System = Callable[[Study, CachedEncoder], HeldOut]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with the studies")
    parser.add_argument("--output", type=Path, help="write OUTPUT.md and OUTPUT.json")
    parser.add_argument("--cache", type=Path, default=Path(".benchmark-cache"), help="folder for vectors")
    parser.add_argument("--units", action="store_true", help="compare ways of choosing passages")
    arguments = parser.parse_args()
    encoder = CachedEncoder(SentenceEncoder(), arguments.cache)
    if arguments.units:
        lines, results = compare_units(arguments.data / "usability_interviews", encoder)
    else:
        studies = [
            usability_spans(arguments.data / "usability_interviews"),
            usability_passages(arguments.data / "usability_interviews"),
            double_coded_turns(arguments.data / "double_coded_interviews"),
        ]
        lines, results = compare_systems(studies, encoder)
    text = "\n".join([*heading(), "", *lines]) + "\n"
    print(text)
    if arguments.output:
        arguments.output.with_suffix(".md").write_text(text, encoding="utf-8")
        arguments.output.with_suffix(".json").write_text(
            json.dumps(results, indent=1) + "\n", encoding="utf-8"
        )


def compare_systems(
    studies: list[Study], encoder: CachedEncoder
) -> tuple[list[str], list[dict[str, object]]]:
    """One row for each study and system."""
    systems: dict[str, System] = {"TF-IDF + logistic regression": tfidf, "suggester": ours}
    lines = [
        "| study | system | P@1 | R@3 | macro-F1 | micro-F1 | macro-AP | ECE | seconds |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    results: list[dict[str, object]] = []
    for study in studies:
        coded = sum(map(bool, study.codes))
        transcripts = len(set(study.groups))
        label = f"{study.name} ({len(study.passages)} passages, {coded} coded, {transcripts} transcripts)"
        encoder.encode(study.passages)
        for name, system in systems.items():
            begun = time.perf_counter()
            held_out = system(study, encoder)
            seconds = time.perf_counter() - begun
            quality, ece = assess(held_out), calibration_error(held_out)
            figures = (
                quality.precision_at_1,
                quality.recall_at_3,
                quality.macro_f1,
                quality.micro_f1,
                quality.macro_average_precision,
            )
            cells = " | ".join(three(figure) for figure in figures)
            lines.append(f"| {label} | {name} | {cells} | {ece:.3f} | {seconds:.0f} |")
            results.append(
                {"study": study.name, "system": name, "ece": ece, "seconds": seconds, **overall(quality)}
            )
    return lines, results


def ours(study: Study, encoder: CachedEncoder) -> HeldOut:
    """The program's own estimator."""
    return cross_validate(
        CodeSuggester(encoder=encoder), study.passages, study.codes, study.groups, study.context
    )


def tfidf(study: Study, _: CachedEncoder) -> HeldOut:
    """Words and word pairs, one balanced logistic regression per code, threshold one half."""
    names = sorted(set().union(*study.codes))
    targets = np.array([[name in carried for name in names] for carried in study.codes])
    texts = np.array(study.passages, object)
    _, groups = np.unique(study.groups, return_inverse=True)
    probabilities = np.zeros(targets.shape)
    for train, test in GroupKFold(FOLDS).split(texts, groups=groups):
        vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        X, X_test = vectorizer.fit_transform(texts[train]), vectorizer.transform(texts[test])
        for j in np.flatnonzero(targets[train].any(axis=0)):
            head = LogisticRegression(class_weight="balanced", solver="liblinear", max_iter=300)
            probabilities[test, j] = head.fit(X, targets[train, j]).predict_proba(X_test)[:, 1]
    return HeldOut(tuple(names), probabilities, probabilities >= 0.5, targets, groups)


def calibration_error(held_out: HeldOut) -> float:
    """Expected calibration error over all passages and codes, ten bins of equal width (Naeini 2015)."""
    p, y = held_out.probabilities.ravel(), held_out.targets.ravel()
    bins = np.minimum((p * 10).astype(int), 9)
    return float(
        sum(
            abs(p[bins == b].mean() - y[bins == b].mean()) * (bins == b).mean()
            for b in range(10)
            if (bins == b).any()
        )
    )


def compare_units(folder: Path, encoder: CachedEncoder) -> tuple[list[str], list[dict[str, object]]]:
    """Ways of choosing passages, compared by the text itself: average precision over characters.

    Each character gets the held-out probability of its passage (nought outside of all) and is right
    if the coder coded it; macro average over codes.
    """
    transcripts, codings = usability(folder)
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


def usability(folder: Path) -> tuple[list[Transcript], tuple[Coding, ...]]:
    """The transcripts and codings, all of which must be placed."""
    transcripts = [
        read_transcripts(path)[0].transcript for path in sorted((folder / "transcripts").glob("*.txt"))
    ]
    read = read_codings(folder / "codings.csv", transcripts, read_codebook(folder / "codebook.csv"))
    if read.unplaced:
        sys.exit(f"{len(read.unplaced)} codings of {folder} could not be placed")
    return transcripts, read.codings


def usability_spans(folder: Path) -> Study:
    """The coded spans themselves, each with the 300 characters before it as context."""
    transcripts, codings = usability(folder)
    texts = {transcript.name: transcript.text for transcript in transcripts}
    codes: dict[tuple[str, int, int], set[str]] = {}
    for coding in codings:
        codes.setdefault((coding.transcript, coding.start, coding.end), set()).add(coding.code)
    spans = sorted(codes)
    return Study(
        "usability interviews, coded spans",
        [texts[name][start:end] for name, start, end in spans],
        [codes[span] for span in spans],
        [name for name, _, _ in spans],
        [texts[name][max(0, start - CONTEXT_CHARACTERS) : start] for name, start, _ in spans],
    )


def usability_passages(folder: Path) -> Study:
    """All passages as the program chooses them, coded or not."""
    transcripts, codings = usability(folder)
    finished = [Finished(t.name, "coder1") for t in transcripts]
    training = training_set(unitized(transcripts, Unitizing(Unit.WINDOW, 40)), codings, finished)
    return Study(
        "usability interviews, all passages",
        [passage.text for passage in training.passages],
        list(map(set, training.codes)),
        [passage.transcript for passage in training.passages],
        contexts(training.passages),
    )


def double_coded_turns(folder: Path) -> Study:
    """Participants' turns with the consensus coding of an interview, or its first coder's; codes that
    eight turns or more carry; the interviewer's turn before as context."""
    codings: dict[str, dict[tuple[str, str], list[dict[str, str]]]] = {}
    with (folder / "turns.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            codings.setdefault(row["interview"], {}).setdefault((row["stage"], row["coder"]), []).append(row)
    passages, codes, groups, context = [], [], [], []
    for interview, by_coder in codings.items():
        question = ""
        for row in sorted(by_coder[min(by_coder)], key=lambda r: int(r["turn"])):
            if (
                row["speaker"].casefold().startswith("interviewr")
                or "interviewer" in row["speaker"].casefold()
            ):
                question = row["text"]
                continue
            passages.append(row["text"])
            codes.append({code for code in row["codes"].split("|") if code})
            groups.append(interview)
            context.append(question)
    counts: dict[str, int] = {}
    for carried in codes:
        for code in carried:
            counts[code] = counts.get(code, 0) + 1
    kept = {code for code, n in counts.items() if n >= MIN_PASSAGES}
    return Study("double-coded interviews, turns", passages, [c & kept for c in codes], groups, context)


def heading() -> list[str]:
    """What was run, when, with which versions."""
    packages = ("numpy", "scikit-learn", "sentence-transformers", "torch", "suggester")
    units = " --units" if "--units" in sys.argv else ""
    return [
        f"Command: `python scripts/benchmark_suggestions.py --data DIR{units}`",
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
