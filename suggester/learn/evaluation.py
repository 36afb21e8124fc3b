"""What held-out transcripts say: figures from models that never saw the transcript they are tested on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suggester.domain import Basis, CodeQuality, Quality, Statistic
from suggester.errors import TooLittleToLearn
from suggester.learn.features import Features
from suggester.learn.metrics import (
    average_precision,
    f1_from_counts,
    mean_of_defined,
    precision_at_1,
    recall_at_3,
    resamples,
    statistic,
)
from suggester.learn.suggester import MIN_EXAMPLES, MIN_GROUPS, CodeSuggester

Floats = NDArray[np.float64]

FOLDS = 5
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Predictions for every passage by models trained without its group.

    ``probabilities``, ``predicted`` and ``targets`` are (n, k) over ``codes``; ``groups`` (n,) number what
    was held out together: a transcript, or all of a case.
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
    """Predict every passage by a model of the same settings trained without its group.

    Groups (transcripts, or cases) are dealt into five folds (fewer if there are fewer); calibration and
    thresholds are learned anew inside each training part. ``model`` itself is not changed.

    Raises
    ------
    TooLittleToLearn
        Without one of the folds there is not enough to train on.
    """
    features = model.describe(passages, context)
    return cross_validate_features(model, features, codes, groups, progress=progress)


def cross_validate_features(
    model: CodeSuggester,
    features: Features,
    codes: Sequence[set[str]],
    groups: Sequence[object],
    *,
    calibrates: Sequence[bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> HeldOut:
    """As `cross_validate`, on features at hand; ``calibrates`` as in `CodeSuggester.fit`."""
    from joblib import Parallel, delayed
    from sklearn.model_selection import GroupKFold
    from threadpoolctl import threadpool_limits

    names = sorted(set(model.start.headed if model.start else ()).union(*codes))
    column = {name: j for j, name in enumerate(names)}
    targets = np.zeros((len(codes), len(names)), np.bool_)
    for i, carried in enumerate(codes):
        targets[i, [column[name] for name in carried]] = True
    group = _numbered(groups)
    n_groups = len(np.unique(group))
    probabilities = np.zeros(targets.shape)
    predicted = np.zeros(targets.shape, np.bool_)
    if n_groups < MIN_GROUPS:
        raise TooLittleToLearn(
            "all coded passages are from one transcript, so none can be held out",
            remedy="Code a second transcript.",
        )
    # Once for all folds: the start is the same in each, and so are the codes' names.
    start_scores, name_vectors = model.start_scores(features), model.name_vectors(names)
    folds = list(GroupKFold(min(FOLDS, n_groups)).split(np.zeros(len(group)), groups=group))

    def predict(train: NDArray[np.intp], test: NDArray[np.intp]) -> tuple[CodeSuggester, Floats]:
        fold = CodeSuggester(
            model.encoder, model.random_state, start=model.start, n_landmarks=model.n_landmarks
        )
        fold.fit_features(
            features[train],
            [codes[i] for i in train],
            [int(g) for g in group[train]],
            None if calibrates is None else [calibrates[i] for i in train],
            None if start_scores is None else start_scores[train],
            name_vectors,
        )
        return fold, fold.proba_features(features[test], None if start_scores is None else start_scores[test])

    # Two at a time, for each holds a matrix of all passages and landmarks, with one thread for the algebra.
    with threadpool_limits(1):
        in_turn = Parallel(n_jobs=_AT_ONCE, backend="threading", return_as="generator")(
            delayed(predict)(*rows) for rows in folds
        )
        for done, ((_, test), (fold, found)) in enumerate(zip(folds, in_turn, strict=True), start=1):
            known = [column[name] for name in fold.codes_]
            probabilities[np.ix_(test, known)] = found
            predicted[np.ix_(test, known)] = found >= fold.thresholds_
            if progress:
                progress(done, len(folds))
    return HeldOut(tuple(names), probabilities, predicted, targets, group)


def assess(
    held_out: HeldOut,
    *,
    transcripts: Sequence[object] | None = None,
    complete: Sequence[bool] | None = None,
    random_state: int = 0,
) -> Quality:
    """Figures with 95 % intervals from 1,000 bootstrap resamples of whole groups (`metrics.statistic`).

    Parameters
    ----------
    transcripts : sequence of hashable, length n, optional
        The transcript of each passage, where groups are something larger; only counted.
    complete : sequence of bool, length n, optional
        Whether all codes of the passage are known, as in a transcript that a coder has finished (default:
        of all). Of others only the codes are known that were given: they tell of recall, but not that a
        suggestion is wrong, so precision, F1 and average precision leave them out. The share of right first
        suggestions and of codes among the first three count the others' coded passages too, as nothing else
        could be said before anything is finished: they are then lower bounds.
    """
    h = held_out
    known = np.array([True] * len(h.targets) if complete is None else complete, np.bool_)
    where = h.groups if transcripts is None else _numbered(transcripts)
    n_groups = int(h.groups.max()) + 1
    weights = resamples(n_groups, random_state)
    coded = h.targets.sum(axis=1) > 0
    n_coded, n_known = int(coded.sum()), len(np.unique(h.groups[known]))
    unknown = _why_unknown(n_known)

    def totals(matrix: NDArray[np.bool_]) -> Floats:
        return weights @ _per_group(matrix, h.groups, n_groups)

    hits, positives = totals(h.predicted & h.targets), totals(h.targets)
    right, chosen, carried = (
        totals(matrix & known[:, None]) for matrix in (h.predicted & h.targets, h.predicted, h.targets)
    )
    rank = [
        average_precision(h.probabilities[known, j], h.targets[known, j], h.groups[known], weights)
        for j in range(len(h.codes))
    ]
    ap, seen = np.column_stack(rank), carried[0] > 0

    def overall(values: Floats, rows: NDArray[np.bool_], why: str = "", reflected: bool = False) -> Statistic:
        return statistic(
            values,
            n_groups=len(np.unique(h.groups[rows])),
            n_units=int(rows.sum()),
            n_transcripts=len(np.unique(where[rows])),
            undefined_because=why,
            reflected=reflected,
        )

    def of_code(j: int) -> CodeQuality:
        carrying = h.targets[:, j]
        spread = len(np.unique(h.groups[carrying]))
        alone = "" if spread >= MIN_GROUPS else "all its passages are from one transcript or case"
        alone = alone if spread else "no passage carries it"
        never = "it was never suggested" if chosen[0, j] == 0 else ""
        with np.errstate(invalid="ignore", divide="ignore"):
            precision, recall = right[:, j] / chosen[:, j], hits[:, j] / positives[:, j]
        return CodeQuality(
            code=h.codes[j],
            n_passages=int(positives[0, j]),
            n_transcripts=len(np.unique(where[carrying])),
            basis=Basis.TRAINED
            if positives[0, j] >= MIN_EXAMPLES and spread >= MIN_GROUPS
            else Basis.SIMILARITY,
            precision=overall(precision, known & h.predicted[:, j], unknown or never or alone),
            recall=overall(recall, carrying, alone),
            average_precision=overall(ap[:, j], known & carrying, unknown or alone),
        )

    return Quality(
        n_passages=len(h.targets),
        n_coded=n_coded,
        n_transcripts=len(np.unique(where)),
        n_complete=len(np.unique(where[known])),
        n_folds=min(FOLDS, n_groups),
        precision_at_1=overall(precision_at_1(h.probabilities, h.targets, h.groups, weights), coded),
        recall_at_3=overall(recall_at_3(h.probabilities, h.targets, h.groups, weights), coded),
        macro_f1=overall(mean_of_defined(f1_from_counts(right, chosen, carried)[:, seen]), known, unknown),
        micro_f1=overall(
            f1_from_counts(right.sum(axis=1), chosen.sum(axis=1), carried.sum(axis=1)), known, unknown
        ),
        macro_average_precision=overall(mean_of_defined(ap[:, seen]), known, unknown, True),
        codes=tuple(of_code(j) for j in range(len(h.codes))),
    )


def _why_unknown(n_known: int) -> str:
    """Why nothing can be said of wrong suggestions; empty if it can."""
    if n_known >= MIN_GROUPS:
        return ""
    finished = "no transcript is" if n_known == 0 else "only one transcript or case is"
    return f"{finished} marked as finished, so what is uncoded elsewhere is unknown, not wrong"


def _numbered(names: Sequence[object]) -> NDArray[np.intp]:
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], np.intp)


def _per_group(matrix: NDArray[np.bool_], groups: NDArray[np.intp], n_groups: int) -> Floats:
    counts = np.zeros((n_groups, matrix.shape[1]))
    np.add.at(counts, groups, matrix)
    return counts
