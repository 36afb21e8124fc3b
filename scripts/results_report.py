"""The benchmark's results for reading: Markdown tables, and macro-AP over budget as a figure."""

from collections.abc import Sequence
from math import exp, log
from pathlib import Path

import numpy as np

from protocol import Floats
from results import Entry, compared, macro_ap_with_interval, paired
from suggester.domain import Statistic

OURS = "suggester"
QUESTION = "+question"
DEFINITIONS = """Five folds of whole groups (interview, case, respondent, or post). Of the training folds each
system gets the same passages, drawn so that each code has about as many as the budget says, with uncoded ones
in their proportion; "all" is all of them, drawn once. Figures are of all passages, held out, pooled over the
folds, and averaged over the seeds that drew. Per code: codes that 8 passages or more carry.

What came before a passage (the question) is read by the systems that have a place for it, suggester and
iqual, and by those called **+question**, which get it in front of the passage.

- **macro-AP**: mean over codes of average precision; 95 % interval from 500 resamples of groups. **ratio**
  and **difference**: suggester's to (minus) this system's, in the same resamples, on seeds that both have.
- **P@1**: of coded passages, first suggestion right; **R@3**: share of their codes among the first three.
- **F1**: mean over codes, at the system's own threshold.
- **saved**: mean over codes of the share of passages that need not be read to find 95 % of a code's passages,
  best scored first (work saved over sampling without the 5 % that Cohen et al. 2006 subtract).
- **ECE**, **ECE>.2**: expected calibration error in ten bins, over all pairs of passage and code, and over
  those with a probability above .2. Cosines are no probabilities; theirs is given all the same.
- **s**: seconds to train and to predict one fold on one thread, encoding aside (iqual and setfit on all
  cores, setfit with encoding, as it trains the encoder).
- *italics*: in some folds there was too little to train on, and all scores are nought."""
# Okabe & Ito's colours, told apart by people with any colour vision; and a marker each besides.
STYLES = {
    "suggester": ("#000000", "o"),
    "tfidf": ("#E69F00", "s"),
    "iqual": ("#56B4E9", "^"),
    "activetigger": ("#009E73", "D"),
    "aqda": ("#CC79A7", "v"),
    "nvivo": ("#D55E00", "P"),
    "knn": ("#0072B2", "X"),
    "setfit": ("#999999", "*"),
}


def tables(entries: Sequence[Entry]) -> str:
    """Summary, a table for each study, and what each system was run with."""
    parts = [DEFINITIONS, "## Summary", *_summary(entries)]
    for study in dict.fromkeys(entry.study for entry in entries):
        parts += _of_study([entry for entry in entries if entry.study == study])
    return "\n\n".join([*parts, "## Versions", _versions(entries)]) + "\n"


def _budgets(entries: Sequence[Entry]) -> list[str]:
    return sorted(
        {entry.budget for entry in entries}, key=lambda b: (b == "all", int(b) if b != "all" else 0)
    )


def _summary(entries: Sequence[Entry]) -> list[str]:
    """Geometric mean over studies of suggester's macro-AP to the best peer's, budget by budget."""
    lines = ["| budget | studies | geometric mean of ratios | lowest | highest | best peer, study by study |"]
    lines.append("|---|---|---|---|---|---|")
    every = []
    for budget in _budgets(entries):
        here = [entry for entry in entries if entry.budget == budget]
        ratios, peers = [], []
        for ours in (entry for entry in here if entry.system == OURS):
            others = [e for e in here if e.study == ours.study and e.system != OURS]
            if not others:
                continue
            # On the seeds that both have: one with fewer seeds must not be the best by its luck.
            against = {e.system: np.divide(*paired(ours, e)) for e in others}
            best = min(against, key=lambda system: against[system][0])
            ratios.append(against[best])
            peers.append(f"{ours.study}: {best} {ratios[-1][0]:.2f}")
        if ratios:
            every += ratios
            lines.append(f"| {budget} | {_row(ratios)} | {'; '.join(peers)} |")
    if every:
        lines.append(f"| all of these | {_row(every)} | |")
    caption = "Ratio of suggester's macro-AP to that of the best peer of the same study, budget and seeds."
    return [caption, "\n".join(lines)]


def _row(ratios: Sequence[Floats]) -> str:
    first = [float(ratio[0]) for ratio in ratios]
    mean = exp(float(np.mean([log(ratio) for ratio in first])))
    low, high = np.quantile(np.exp(np.mean(np.log(np.array(ratios)[:, 1:]), axis=0)), [0.025, 0.975])
    return f"{len(ratios)} | {mean:.2f} ({low:.2f} to {high:.2f}) | {min(first):.2f} | {max(first):.2f}"


def _of_study(entries: Sequence[Entry]) -> list[str]:
    any_one = entries[0]
    lines = [
        "| budget | trained on | system | macro-AP | ratio | difference "
        "| P@1 | R@3 | F1 | saved | ECE | ECE>.2 | s | seeds |",
        "|" + "---|" * 14,
    ]
    for budget in _budgets(entries):
        here = {entry.system: entry for entry in entries if entry.budget == budget}
        best_first = sorted(here.values(), key=lambda entry: -entry.mean("macro_ap"))
        lines += [_system_row(entry, here.get(OURS)) for entry in best_first]
    counts = (
        f"{any_one.n_passages:,} passages, {any_one.n_coded:,} coded; {any_one.n_codes} codes; "
        f"{any_one.n_groups:,} groups."
    )
    return [f"## {any_one.study[0].upper()}{any_one.study[1:]}", counts, "\n".join(lines)]


def _system_row(entry: Entry, ours: Entry | None) -> str:
    against = ["", ""]
    if ours is not None and entry.system != OURS:
        difference, ratio = compared(ours, entry)
        against = [_cell(ratio, 2), _cell(difference, 3)]
    name = entry.system if entry.mean("folds_learned") == 1 else f"*{entry.system}*"
    figures = [
        "-" if np.isnan(value := entry.mean(figure)) else f"{value:.3f}"
        for figure in (
            "precision_at_1",
            "recall_at_3",
            "macro_f1",
            "work_saved",
            "calibration_error",
            "calibration_error_of_sure",
        )
    ]
    seconds = f"{entry.mean('seconds_training'):.1f} + {entry.mean('seconds_predicting'):.1f}"
    cells = [
        entry.budget,
        f"{entry.mean('n_training'):.0f}",
        name,
        _cell(macro_ap_with_interval(entry), 3),
        *against,
        *figures,
        seconds,
        str(len(entry.seeds)),
    ]
    return f"| {' | '.join(cells)} |"


def _cell(figure: Statistic, digits: int) -> str:
    if figure.estimate is None:
        return "-"
    if figure.low is None:
        return f"{figure.estimate:.{digits}f}"
    return f"{figure.estimate:.{digits}f} ({figure.low:.{digits}f} to {figure.high:.{digits}f})"


def _versions(entries: Sequence[Entry]) -> str:
    said: dict[str, set[str]] = {}
    for entry in entries:
        versions = ", ".join(f"{name} {number}" for name, number in entry.versions.items())
        said.setdefault(f"{entry.date}, {versions}", set()).add(entry.system)
    return "\n".join(f"- {', '.join(sorted(systems))}: {what}" for what, systems in sorted(said.items()))


def draw_figure(entries: Sequence[Entry], file: Path) -> None:
    """Macro-AP over budget, a panel for each study and a line for each system, as SVG."""
    import matplotlib

    matplotlib.use("svg")
    # The same figures give the same file.
    matplotlib.rcParams["svg.hashsalt"] = "suggestions"
    from matplotlib import pyplot

    studies = list(dict.fromkeys(entry.study for entry in entries))
    budgets = _budgets(entries)
    columns = min(4, len(studies))
    rows = -(-len(studies) // columns)
    figure, axes = pyplot.subplots(
        rows, columns, figsize=(3.2 * columns, 2.6 * rows + 0.5), squeeze=False, layout="constrained"
    )
    for panel, study in zip(axes.flat, studies, strict=False):
        for system in sorted({entry.system for entry in entries}):
            color, marker = STYLES[system.removesuffix(QUESTION)]
            line = "--" if system.endswith(QUESTION) else "-"
            points = {e.budget: e for e in entries if (e.study, e.system) == (study, system)}
            places = [place for place, budget in enumerate(budgets) if budget in points]
            values = [points[budgets[place]].mean("macro_ap") for place in places]
            if values:
                width = 2.0 if system == OURS else 1.0
                panel.plot(places, values, line, color=color, marker=marker, ms=4, lw=width, label=system)
        panel.set_title(study, fontsize=8)
        panel.set_xticks(range(len(budgets)), budgets, fontsize=8)
        panel.tick_params(axis="y", labelsize=8)
        panel.set_ylim(bottom=0)
        panel.spines[["top", "right"]].set_visible(False)
    for panel in axes.flat[len(studies) :]:
        panel.set_visible(False)
    named = {
        label: line
        for panel in axes.flat
        for line, label in zip(*panel.get_legend_handles_labels(), strict=True)
    }
    figure.supxlabel("passages of each code to train on", fontsize=8)
    figure.supylabel("macro-AP", fontsize=8)
    figure.legend(
        named.values(),
        named.keys(),
        loc="outside upper center",
        ncols=min(len(named), 2 * columns),
        fontsize=8,
        frameon=False,
    )
    figure.savefig(file, metadata={"Date": None})
