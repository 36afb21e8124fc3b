"""Train the models that come with the program, and measure them on groups that they have not seen.

    python scripts/train_models.py [--cache DIR] [--models models]

Reads training_data/ alone; the result is the same bit for bit each time with the same versions.
`wellbeing-checklist` learns from the coded transcripts (a passage is a turn), from the sayings and from the
codebook's examples; its probabilities rest on the transcripts. `wellbeing-sayings` learns from the sayings
and examples alone, so that a study of those same transcripts has a model to start from that never saw them.
Writes the bundles and their card, models/wellbeing-checklist.md.
"""

import argparse
import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from studies import SAMPLE_STUDY, read_sample_study
from suggester.domain import Codebook, Quality
from suggester.learn.encoders import SentenceEncoder
from suggester.learn.evaluation import FOLDS, HeldOut, assess
from suggester.learn.suggester import CodeSuggester
from suggester.learn.vector_cache import CachedEncoder
from suggester.passages import contexts, surrounded
from suggester.report.quality_tables import figure_text

ROOT = Path(__file__).parent.parent
NAME = "wellbeing-checklist"
OF_SAYINGS = "wellbeing-sayings"
CARD = """# The model `{name}`

Suggests the 31 sub-categories of the mental well-being checklist (NMHDU 2011) before you have coded
anything: `suggester suggest --model {name}`. `suggester train` starts from it if your codebook is this
checklist, and what you code counts more the more of it there is.

**What it learned from is invented**, coders included: interviews with self-help groups that do not exist,
and single remarks ([what they are](../training_data/README.md)). It knows how language models imagine such
talk. It is no evidence about real groups, and its suggestions are proposals.

- Training: {n_turns:,} turns ({coded:,} coded) of {n_cases} groups, and {n_taught:,} sayings and examples,
  which teach but do not calibrate. English, mostly British.
- Encoder: all-MiniLM-L6-v2 (not part of the bundle). Kernel ridge regression on its vectors and on hashed
  words; {size:.0f} MB. It holds vectors of the invented passages and hashes of words, no text.
- Made by `python scripts/train_models.py`; {versions}.

## On groups that it had not seen ({n_folds} folds of whole groups, 95 % intervals by group)

| system | macro-AP | first right | of the codes, among the first three |
|---|---|---|---|
{rows}

Of turns that carry a code, how often the first suggestion is one of the coder's codes, and the share of the
coder's codes among the first three. The peer learns from the same turns, sayings and examples. Two coders and
all groups are of one make: on real talk expect less. Macro-AP is the mean over the codes of the average
precision with which turns are ranked. `{of_sayings}` comes beside this model: it learned from the sayings
and examples alone, and studies of the sample's own transcripts start from it. Code by code, this model:

| code | turns | precision | recall | average precision |
|---|---|---|---|---|
{per_code}

## On quotations written by another hand

{n_fit} invented quotations as articles print them, written from the names and definitions alone, and
{n_unfit} about what the checklist does not cover (`training_data/quotations.csv`; none taught the model, but
choices were made with an eye on them). The first suggestion is under the right heading: {heading:.2f}. One of
the first three is one of the quotation's codes: {any_of_three:.2f}. That a quotation fits some code is told
from its highest probability with an AUROC of {auroc:.2f} (of a fitting and another one, how often the fitting
one has the higher).
"""
# As many as there are passages: the kernel is exact.
LANDMARKS = 10_000


@dataclass(frozen=True)
class Material:
    """Passages with their codes; the first ``n_heard`` are turns of transcripts, the others only teach."""

    texts: list[str]
    codes: list[set[str]]
    context: list[str]
    around: list[str]
    cases: list[str]
    n_heard: int

    def rows(self, chosen: np.ndarray) -> np.ndarray:
        """These turns, and all that only teaches."""
        return np.concatenate([chosen, np.arange(self.n_heard, len(self.texts))])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cache", type=Path, default=ROOT / ".benchmark-cache", help="folder for vectors")
    parser.add_argument("--models", type=Path, default=ROOT / "models", help="where to write")
    arguments = parser.parse_args()
    encoder = CachedEncoder(SentenceEncoder(), arguments.cache)
    material, codebook, texts_sha256 = read_material()
    of_sayings = fitted(material, encoder, np.arange(0))
    measured = {
        NAME: assess(held_out(material, encoder, codebook)),
        OF_SAYINGS: assess(as_predicted(material, of_sayings, codebook)),
        "TF-IDF + logistic regression": assess(peer(material, codebook)),
        "cosine to name and definition": assess(zero_shot(material, encoder, codebook)),
    }
    model = fitted(material, encoder, np.arange(material.n_heard))
    overall = {name: figures(quality) for name, quality in measured.items()}
    about = {
        "training_data_sha256": digest(SAMPLE_STUDY),
        "transcripts_sha256": texts_sha256,
        "held_out_cases": overall,
        "versions": {name: version(name) for name in ("numpy", "scipy", "scikit-learn", "torch")},
    }
    model.save(arguments.models / NAME, about)
    of_sayings.save(arguments.models / OF_SAYINGS, {**about, "transcripts_sha256": []})
    text = card(material, measured, on_quotations(model, codebook), arguments.models / NAME)
    (arguments.models / f"{NAME}.md").write_text(text, encoding="utf-8")
    print(text)


def read_material() -> tuple[Material, Codebook, list[str]]:
    """All of training_data but the hidden themes, the codebook, and the hashes of the transcripts' texts."""
    transcripts, codebook, turns, cases = read_sample_study()
    taught = list(sayings())
    taught += [(example, {code.name}) for code in codebook for example in code.counting_examples]
    material = Material(
        texts=[passage.text for passage in turns.passages] + [text for text, _ in taught],
        codes=[set(codes) for codes in turns.codes] + [codes for _, codes in taught],
        context=contexts(turns.passages) + [""] * len(taught),
        around=surrounded(turns.passages, transcripts) + [text for text, _ in taught],
        cases=cases + [f"saying {number}" for number in range(len(taught))],
        n_heard=len(turns.passages),
    )
    return material, codebook, sorted(transcript.sha256 for transcript in transcripts)


def sayings() -> Iterator[tuple[str, set[str]]]:
    """The remarks of sayings.csv with their codes, an empty set for those that fit none."""
    with (SAMPLE_STUDY / "sayings.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["text"], codes_in(row)


def codes_in(row: dict[str, str]) -> set[str]:
    """The names in a row's cell ``codes``; none for what fits no code."""
    return {code.strip() for code in row["codes"].split(";") if code.strip()}


def fitted(material: Material, encoder: CachedEncoder, turns: np.ndarray) -> CodeSuggester:
    """The model of these turns and of all that only teaches."""
    rows = material.rows(turns)
    model = CodeSuggester(encoder, n_landmarks=LANDMARKS)
    return model.fit(
        [material.texts[i] for i in rows],
        [material.codes[i] for i in rows],
        [material.cases[i] for i in rows],
        [material.context[i] for i in rows],
        around=[material.around[i] for i in rows] if len(turns) else None,
        calibrates=[bool(i < material.n_heard) or not len(turns) for i in rows],
    )


def folds(material: Material) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows to train on and rows to predict: five folds of whole cases."""
    cases = np.array(material.cases[: material.n_heard])
    yield from GroupKFold(FOLDS).split(np.zeros(len(cases)), groups=cases)


def held_out(material: Material, encoder: CachedEncoder, codebook: Codebook) -> HeldOut:
    """Predictions for every turn by models that have not seen its group."""
    names = [code.name for code in codebook]
    probabilities, predicted = empty(material, names)
    for train, test in folds(material):
        model = fitted(material, encoder, train)
        columns = [names.index(code) for code in model.codes_]
        found = probabilities_of(material, model, test)
        probabilities[np.ix_(test, columns)] = found
        predicted[np.ix_(test, columns)] = found >= model.thresholds_
    return as_held_out(material, names, probabilities, predicted)


def as_predicted(material: Material, model: CodeSuggester, codebook: Codebook) -> HeldOut:
    """Predictions for every turn by a model that has seen none."""
    names = [code.name for code in codebook]
    probabilities, predicted = empty(material, names)
    columns = [names.index(code) for code in model.codes_]
    found = probabilities_of(material, model, np.arange(material.n_heard))
    probabilities[:, columns] = found
    predicted[:, columns] = found >= model.thresholds_
    return as_held_out(material, names, probabilities, predicted)


def probabilities_of(material: Material, model: CodeSuggester, turns: np.ndarray) -> np.ndarray:
    return model.predict_proba(
        [material.texts[i] for i in turns],
        [material.context[i] for i in turns],
        around=[material.around[i] for i in turns],
    )


def peer(material: Material, codebook: Codebook) -> HeldOut:
    """Words and word pairs with balanced one-vs-rest logistic regression, on the same rows."""
    names = [code.name for code in codebook]
    probabilities, _ = empty(material, names)
    for train, test in folds(material):
        rows = material.rows(train)
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
        known = words.fit_transform([material.texts[i] for i in rows])
        new = words.transform([material.texts[i] for i in test])
        for j, name in enumerate(names):
            carried = np.array([name in material.codes[i] for i in rows])
            model = LogisticRegression(C=10, class_weight="balanced", max_iter=1000).fit(known, carried)
            probabilities[test, j] = model.predict_proba(new)[:, 1]
    return as_held_out(material, names, probabilities, probabilities >= 0.5)


def zero_shot(material: Material, encoder: CachedEncoder, codebook: Codebook) -> HeldOut:
    """Cosine to "name: definition", with nothing learned (so no threshold either)."""
    names = [code.name for code in codebook]
    cosines = encoder.encode(material.texts[: material.n_heard]) @ (
        encoder.encode([f"{code.name}: {code.definition}" for code in codebook]).T
    )
    scores = np.asarray(cosines, np.float64)
    return as_held_out(material, names, scores, np.zeros(scores.shape, np.bool_))


def empty(material: Material, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    shape = (material.n_heard, len(names))
    return np.zeros(shape), np.zeros(shape, np.bool_)


def as_held_out(
    material: Material, names: list[str], probabilities: np.ndarray, predicted: np.ndarray
) -> HeldOut:
    targets = np.array([[name in codes for name in names] for codes in material.codes[: material.n_heard]])
    cases = sorted(set(material.cases[: material.n_heard]))
    groups = np.array([cases.index(case) for case in material.cases[: material.n_heard]])
    return HeldOut(tuple(names), probabilities, predicted, targets, groups)


@dataclass(frozen=True)
class OnQuotations:
    """Shares right at heading level (first suggestion) and at code level (any of three); AUROC of fitting."""

    n_fit: int
    n_unfit: int
    heading: float
    any_of_three: float
    auroc: float


def on_quotations(model: CodeSuggester, codebook: Codebook) -> OnQuotations:
    """How the model does on quotations.csv."""
    heading_of = {code.name: code.heading for code in codebook}
    with (SAMPLE_STUDY / "quotations.csv").open(encoding="utf-8", newline="") as file:
        quotations = [(row["text"], codes_in(row)) for row in csv.DictReader(file)]
    probabilities = model.predict_proba([text for text, _ in quotations])
    headings, threes = [], []
    for row, (_, codes) in zip(probabilities, quotations, strict=True):
        ranked = [model.codes_[j] for j in np.argsort(-row)]
        if codes:
            headings.append(heading_of[ranked[0]] in {heading_of[code] for code in codes})
            threes.append(bool(codes & set(ranked[:3])))
    fits = np.array([bool(codes) for _, codes in quotations])
    return OnQuotations(
        n_fit=int(fits.sum()),
        n_unfit=int((~fits).sum()),
        heading=float(np.mean(headings)),
        any_of_three=float(np.mean(threes)),
        auroc=float(roc_auc_score(fits, probabilities.max(axis=1))),
    )


def figures(quality: Quality) -> dict[str, float | None]:
    return {
        "macro_average_precision": quality.macro_average_precision.estimate,
        "precision_at_1": quality.precision_at_1.estimate,
        "recall_at_3": quality.recall_at_3.estimate,
    }


def digest(folder: Path) -> str:
    """SHA-256 over the tables and transcripts that the model was trained on."""
    total = hashlib.sha256()
    tables = ("cases.csv", "codebook.csv", "codings_first_pass.csv", "codings_second_pass.csv", "sayings.csv")
    for file in [*(folder / name for name in tables), *sorted(folder.glob("transcripts/*.txt"))]:
        total.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def card(material: Material, measured: dict[str, Quality], quotations: OnQuotations, bundle: Path) -> str:
    """The model card."""
    size = sum(file.stat().st_size for file in bundle.iterdir()) / 2**20
    coded = sum(map(bool, material.codes[: material.n_heard]))
    n_cases = len(set(material.cases[: material.n_heard]))
    rows = [
        f"| {name} | {figure_text(q.macro_average_precision)} | {figure_text(q.precision_at_1)} "
        f"| {figure_text(q.recall_at_3)} |"
        for name, q in measured.items()
    ]
    per_code = [
        f"| {code.code} | {code.n_passages} | {figure_text(code.precision)} | {figure_text(code.recall)} "
        f"| {figure_text(code.average_precision)} |"
        for code in measured[NAME].codes
    ]
    versions = json.loads((bundle / "bundle.json").read_text("utf-8"))["about"]["versions"]
    made_with = ", ".join(f"{name} {number}" for name, number in versions.items())
    n_taught = len(material.texts) - material.n_heard
    return CARD.format(
        name=NAME,
        of_sayings=OF_SAYINGS,
        n_turns=material.n_heard,
        coded=coded,
        n_cases=n_cases,
        n_taught=n_taught,
        size=size,
        versions=made_with,
        n_folds=FOLDS,
        rows="\n".join(rows),
        per_code="\n".join(per_code),
        **asdict(quotations),
    )


if __name__ == "__main__":
    main()
