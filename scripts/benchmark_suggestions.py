"""How good the suggestions are on hand-coded studies, next to systems that researchers could use instead.

    python scripts/benchmark_suggestions.py --data DIR [--systems suggester,tfidf] [--studies usability_spans]
        [--budgets 8,16,32,64,all] [--seeds 5] [--output scripts/benchmarks/suggestions]

One protocol for all (`protocol.py`): the same passages to train on, five folds of whole groups, intervals
from resamples of groups. DIR holds one folder for each study (`studies.py`); the sample study is the
project's own. Needs `scripts/setup benchmark`, and `scripts/setup peers` for iqual and setfit, which are
slow: one seed, and for setfit budgets 8 and 16 only, unless told otherwise.

Results are put into OUTPUT.json after each study, system and budget, in place of earlier ones of the same, so
that it can be run in pieces; OUTPUT.md and OUTPUT.svg are then made from all that is in it.
"""

import argparse
import platform
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import product
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from threadpoolctl import threadpool_limits

import results
from peers import SLOW, SMALL_BUDGETS, SYSTEMS, WITH_QUESTION
from protocol import FOLDS, Material, Predictions, draw, figures, macro_average_precision
from results import Entry
from results_report import draw_figure, tables
from studies import STUDIES
from suggester.learn.encoders import Encoder, SentenceEncoder
from suggester.learn.vector_cache import CachedEncoder

BUDGETS = (8, 16, 32, 64, None)
SEEDS = 5
PACKAGES = ("numpy", "scikit-learn", "sentence-transformers", "torch", "suggester")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with the studies")
    parser.add_argument("--systems", type=_names(SYSTEMS), default=list(SYSTEMS), help=", ".join(SYSTEMS))
    parser.add_argument("--studies", type=_names(STUDIES), default=list(STUDIES), help=", ".join(STUDIES))
    parser.add_argument("--budgets", type=_budgets, help="passages of each code, or all (8,16,32,64,all)")
    parser.add_argument("--seeds", type=int, help=f"how often to draw what is trained on ({SEEDS})")
    parser.add_argument("--output", type=Path, default=Path("scripts/benchmarks/suggestions"))
    parser.add_argument("--cache", type=Path, default=Path(".benchmark-cache"), help="folder for vectors")
    arguments = parser.parse_args()
    encoder = CachedEncoder(SentenceEncoder(), arguments.cache)
    kept = arguments.output.with_suffix(".json")
    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*shown, console=Console(stderr=True)) as progress:
        runs = [
            (study, system, budget, seeds)
            for study, system in product(arguments.studies, arguments.systems)
            for budget, seeds in _runs(system, arguments.budgets, arguments.seeds)
        ]
        task = progress.add_task("Reading and encoding", total=sum(FOLDS * seeds for *_, seeds in runs))
        materials: dict[str, Material] = {}
        for study, system, budget, seeds in runs:
            if study not in materials:
                progress.update(task, description=f"{study}: reading and encoding")
                materials = {study: Material.of(STUDIES[study](arguments.data), encoder)}
            progress.update(task, description=f"{study}, {system}, {budget or 'all'}")
            if system in WITH_QUESTION and not any(materials[study].study.context):
                progress.advance(task, FOLDS * seeds)
                continue
            entry = measured(materials[study], system, budget, seeds, encoder, lambda: progress.advance(task))
            results.write(kept, results.merged(results.read(kept), [entry]))
    write_report(results.read(kept), arguments.output)


def _runs(
    system: str, budgets: Sequence[int | None] | None, seeds: int | None
) -> list[tuple[int | None, int]]:
    """The budgets of a system, each with how many seeds. Where all is trained on, nothing is drawn."""
    chosen = budgets or SMALL_BUDGETS.get(system, BUDGETS)
    n_seeds = seeds or (1 if system in SLOW else SEEDS)
    return [(budget, n_seeds if budget else 1) for budget in chosen]


def measured(
    material: Material,
    name: str,
    budget: int | None,
    n_seeds: int,
    encoder: Encoder,
    advance: Callable[[], None],
) -> Entry:
    """One system at one budget: every passage predicted by a model that has not seen its group."""
    study, by_seed, resampled, versions = material.study, {}, {}, {}
    for seed in range(n_seeds):
        scores = np.zeros(material.targets.shape)
        chosen = np.zeros(material.targets.shape, np.bool_)
        folds: list[Predictions] = []
        sizes = []
        for fold, (train, test) in enumerate(material.folds()):
            rows = train[draw(material.targets[train], budget, np.random.default_rng([seed, fold]))]
            # One thread: seconds are comparable then, and what else runs on the machine disturbs less.
            with threadpool_limits(1):
                found = SYSTEMS[name](material.training(rows), material.passages(test), encoder, seed)
            scores[test], chosen[test] = found.scores, found.chosen
            folds.append(found)
            sizes.append(len(rows))
            advance()
        macro_ap = macro_average_precision(material, scores)
        resampled[str(seed)] = results.as_kept(macro_ap[1:])
        versions = folds[-1].versions
        by_seed[str(seed)] = {
            "macro_ap": float(macro_ap[0]),
            # JSON has no NaN.
            **{k: None if np.isnan(v) else v for k, v in figures(material, scores, chosen).items()},
            "n_training": float(np.mean(sizes)),
            "folds_learned": float(np.mean([found.learned for found in folds])),
            "seconds_training": float(np.mean([found.seconds_training for found in folds])),
            "seconds_predicting": float(np.mean([found.seconds_predicting for found in folds])),
        }
    return Entry(
        study=study.name,
        system=name,
        budget=str(budget or "all"),
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        versions={
            "Python": platform.python_version(),
            **{package: version(package) for package in PACKAGES},
            **versions,
        },
        study_sha256=study.sha256,
        n_passages=len(study.passages),
        n_coded=int(material.targets.any(axis=1).sum()),
        n_groups=len(np.unique(material.groups)),
        n_codes=len(material.counted),
        seeds=by_seed,
        resampled=resampled,
    )


def write_report(entries: Sequence[Entry], output: Path) -> None:
    """OUTPUT.md and OUTPUT.svg."""
    heading = "Command: `python scripts/benchmark_suggestions.py --data DIR`; what was run when stands below."
    picture = f"![Macro-AP over passages of each code]({output.with_suffix('.svg').name})"
    text = "\n\n".join([heading, picture, tables(entries)])
    output.with_suffix(".md").write_text(text, encoding="utf-8")
    draw_figure(entries, output.with_suffix(".svg"))
    print(text)


def _names(known: Mapping[str, object]) -> Callable[[str], list[str]]:
    def names(text: str) -> list[str]:
        chosen = text.split(",")
        if unknown := [name for name in chosen if name not in known]:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; there are {', '.join(known)}")
        return chosen

    return names


def _budgets(text: str) -> list[int | None]:
    return [None if part == "all" else int(part) for part in text.split(",")]


if __name__ == "__main__":
    main()
