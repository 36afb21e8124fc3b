"""What held-out transcripts say: figures from models that never saw the transcript they are tested on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suggester.domain import Basis, CodeQuality, Quality, Statistic
from suggester.errors import TooLittleToLearn
from suggester.learn.features import Features, describe
from suggester.learn.metrics import (
    average_precision,
    f1_from_counts,
    mean_of_defined,
    precision_at_1,
    recall_at_3,
    statistic,
)
from suggester.learn.suggester import MIN_EXAMPLES, MIN_GROUPS, CodeSuggester

Floats = NDArray[np.float64]

FOLDS = 5
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Predictions for every passage by models trained without its fold of transcripts.

    ``probabilities``, ``predicted`` and ``targets`` are (n, k) over ``codes``; ``groups`` (n,) number the
    transcripts.
    """

    codes: tuple[str, ...]
    probabilities: Floats
    predicted: NDArray[np.bool_]
    targets: NDArray[np.bool_]
    groups: NDArray[np.intp]


def cross_validate(
    model: CodeSuggester,
    passages: Sequence[str],
    codes: Sequence[set[str]],
    groups: Sequence[object],
    context: Sequence[str] | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> HeldOut:
    """Predict every passage by a model of the same settings trained without its transcripts.

    Transcripts are dealt into five folds (fewer if there are fewer); calibration and thresholds are
    learned anew inside each training part. ``model`` itself is not changed.

    Raises
    ------
    TooLittleToLearn
        Without one of the folds there is not enough to train on.
    """
    features = describe(model._encoder(), passages, context)
    return cross_validate_features(model, features, codes, groups, progress=progress)


def cross_validate_features(
    model: CodeSuggester,
    features: Features,
    codes: Sequence[set[str]],
    groups: Sequence[object],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> HeldOut:
    """As `cross_validate`, on features at hand."""
    from sklearn.model_selection import GroupKFold

    names = sorted(set().union(*codes))
    column = {name: j for j, name in enumerate(names)}
    targets = np.zeros((len(codes), len(names)), np.bool_)
    for i, carried in enumerate(codes):
        targets[i, [column[name] for name in carried]] = True
    numbers: dict[object, int] = {}
    group = np.array([numbers.setdefault(g, len(numbers)) for g in groups], np.intp)
    probabilities = np.zeros(targets.shape)
    predicted = np.zeros(targets.shape, np.bool_)
    if len(numbers) < MIN_GROUPS:
        raise TooLittleToLearn(
            "all coded passages are from one transcript, so none can be held out",
            remedy="Code a second transcript.",
        )
    folds = GroupKFold(min(FOLDS, len(numbers)))
    for done, (train, test) in enumerate(folds.split(np.zeros(len(group)), groups=group), start=1):
        fold = CodeSuggester(encoder=model.encoder, random_state=model.random_state)
        fold.fit_features(features[train], [codes[i] for i in train], [int(g) for g in group[train]])
        known = [column[name] for name in fold.codes_]
        found = fold.proba_features(features[test])
        probabilities[np.ix_(test, known)] = found
        predicted[np.ix_(test, known)] = found >= fold.thresholds_
        if progress:
            progress(done, folds.get_n_splits())
    return HeldOut(tuple(names), probabilities, predicted, targets, group)


def assess(held_out: HeldOut, random_state: int = 0) -> Quality:
    """Figures with 95 % percentile intervals from 1,000 bootstrap resamples of whole transcripts."""
    h = held_out
    n_groups = int(h.groups.max()) + 1
    rng = np.random.default_rng(random_state)
    draws = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=RESAMPLES)
    # The first row is the sample itself, so one pass gives estimate and resamples.
    weights = np.vstack([np.ones(n_groups, np.intp), draws]).astype(np.float64)
    coded = h.targets.any(axis=1)
    n, n_coded = len(h.targets), int(coded.sum())

    hits, chosen, positives = (
        _per_group(matrix, h.groups, n_groups) for matrix in (h.predicted & h.targets, h.predicted, h.targets)
    )
    hits, chosen, positives = weights @ hits, weights @ chosen, weights @ positives
    ap = np.column_stack(
        [
            average_precision(h.probabilities[:, j], h.targets[:, j], h.groups, weights)
            for j in range(len(h.codes))
        ]
    )
    seen = positives[0] > 0

    def summary(values: Floats, n_units: int) -> Statistic:
        return statistic(values, n_units=n_units, n_transcripts=n_groups)

    codes = []
    for j, name in enumerate(h.codes):
        spread = len(np.unique(h.groups[h.targets[:, j]]))
        n_carrying = int(positives[0, j])
        enough = n_carrying >= MIN_EXAMPLES and spread >= MIN_GROUPS
        with np.errstate(invalid="ignore", divide="ignore"):
            precision, recall = hits[:, j] / chosen[:, j], hits[:, j] / positives[:, j]

        def own(values: Floats, why: str, n: int = n_carrying, spread: int = spread) -> Statistic:
            return statistic(values, n_units=n, n_transcripts=spread, undefined_because=why)

        alone = "" if spread >= MIN_GROUPS else "all its passages are from one transcript"
        codes.append(
            CodeQuality(
                code=name,
                n_passages=n_carrying,
                n_transcripts=spread,
                basis=Basis.TRAINED if enough else Basis.SIMILARITY,
                precision=own(
                    precision, "it was never suggested" if chosen[0, j] == 0 else alone, int(chosen[0, j])
                ),
                recall=own(recall, alone),
                average_precision=own(ap[:, j], alone),
            )
        )
    return Quality(
        n_passages=n,
        n_coded=n_coded,
        n_transcripts=n_groups,
        n_folds=min(FOLDS, n_groups),
        precision_at_1=summary(precision_at_1(h.probabilities, h.targets, h.groups, weights), n_coded),
        recall_at_3=summary(recall_at_3(h.probabilities, h.targets, h.groups, weights), n_coded),
        macro_f1=summary(mean_of_defined(f1_from_counts(hits, chosen, positives)[:, seen]), n),
        micro_f1=summary(f1_from_counts(hits.sum(axis=1), chosen.sum(axis=1), positives.sum(axis=1)), n),
        macro_average_precision=summary(mean_of_defined(ap[:, seen]), n),
        codes=tuple(codes),
    )


def _per_group(matrix: NDArray[np.bool_], groups: NDArray[np.intp], n_groups: int) -> Floats:
    counts = np.zeros((n_groups, matrix.shape[1]))
    np.add.at(counts, groups, matrix)
    return counts
