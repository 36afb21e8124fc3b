"""Studies that are small, lopsided or odd: what the estimator makes of them."""

import numpy as np
import pytest
from sklearn.metrics.pairwise import rbf_kernel

from suggester import CodeSuggester
from suggester.domain import Basis
from suggester.errors import TooLittleToLearn
from suggester.learn.calibration import choose_thresholds, fit_calibration
from suggester.learn.encoders import unit_rows
from suggester.learn.features import WordWeights, describe
from suggester.learn.novelty import p_values
from suggester.learn.ridge import fit_ridge
from suggester.learn.similarity import fit_similarity
from tests.conftest import FakeEncoder


def fillers(n: int, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(f"w{j}" for j in rng.integers(0, 300, 15)) for _ in range(n)]


def test_a_code_that_cannot_be_learned_is_never_more_probable_for_a_lower_score():
    """Noise, with frequencies that differ by transcript: held-out scores point the wrong way."""
    backwards = 0
    for seed in range(5):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(5), 40)
        targets = rng.random((200, 3)) < rng.uniform(0.05, 0.3, (5, 3))[groups]
        held_out = fit_ridge(
            describe(FakeEncoder(), fillers(200, seed), None, None),
            targets,
            groups,
            n_landmarks=2000,
            random_state=0,
        ).held_out
        backwards += sum(np.corrcoef(held_out[:, j], targets[:, j])[0, 1] < 0 for j in range(3))
        calibration = fit_calibration(held_out, targets)
        assert (calibration.slope >= 0).all()
        p = calibration.probabilities(held_out)
        assert p.mean(axis=0) == pytest.approx(targets.mean(axis=0), abs=0.05)
    assert backwards > 0


def test_a_rare_code_is_not_suggested_for_what_only_a_frequent_code_is_about():
    texts = fillers(200)
    codes: list[set[str]] = [{"Frequent"} if i % 3 else set() for i in range(200)]
    texts = [f"{text} apple apple" if carried else text for text, carried in zip(texts, codes, strict=True)]
    for i in (3, 60, 120):
        codes[i], texts[i] = {"Rare"}, f"{texts[i]} pear pear pear pear"
    model = CodeSuggester(encoder=FakeEncoder()).fit(texts, codes, [i // 40 for i in range(200)])
    assert dict(zip(model.codes_, model.basis_, strict=True))["Rare"] is Basis.SIMILARITY
    p = model.predict_proba(texts)[:, model.codes_.index("Rare")]
    frequent = [i for i in range(200) if codes[i] == {"Frequent"}]
    # Three of two hundred carry it.
    assert p[frequent].mean() < 0.05
    assert p[[3, 60, 120]].min() > 5 * p[frequent].mean()


def test_with_two_transcripts_similarity_still_tells_near_from_far():
    texts = [
        f"{'hug cry listen' if i % 2 else 'kettle bus park'} {filler}" for i, filler in enumerate(fillers(60))
    ]
    codes: list[set[str]] = [{"Support"} if i % 2 else set() for i in range(60)]
    codes[2], texts[2] = {"Rare"}, "quokka zanzibar marimba"
    model = CodeSuggester(encoder=FakeEncoder()).fit(texts, codes, [i // 30 for i in range(60)])
    near, far = model.predict_proba(["quokka zanzibar marimba", "door street morning"])[:, 0]
    assert model.codes_[0] == "Rare"
    assert near > 2 * far


def test_codes_that_every_passage_carries_leave_nothing_to_tell_them_from():
    texts = fillers(20)
    codes: list[set[str]] = [{"a", "b"} for _ in texts]
    codes[0] = {"a", "b", "rare"}
    with pytest.raises(TooLittleToLearn, match="nothing to tell it from"):
        CodeSuggester(encoder=FakeEncoder()).fit(texts, codes, [i // 5 for i in range(20)])


def test_a_code_on_every_passage_does_not_spoil_the_others():
    texts = [f"{'hug' if i % 2 else 'van'} {filler}" for i, filler in enumerate(fillers(40))]
    codes = [{"all", "hugs"} if i % 2 else {"all"} for i in range(40)]
    model = CodeSuggester(encoder=FakeEncoder()).fit(texts, codes, [i // 8 for i in range(40)])
    p = model.predict_proba(texts)
    assert p[:, 0].min() > 0.9
    assert p[1::2, 1].min() > p[::2, 1].max()


def test_passages_without_a_word_are_passages_too():
    texts = [f"{'hug' if i % 2 else 'van'} {filler}" for i, filler in enumerate(fillers(40))]
    texts[4], texts[12], texts[20] = "", "a", "!?"
    codes = [{"hugs"} if i % 2 else set() for i in range(40)]
    model = CodeSuggester(encoder=FakeEncoder()).fit(texts, codes, [i // 8 for i in range(40)])
    for odd in (["", "   ", "I", "☂", "the and of"], ["half of a pair \ud800"]):
        p = model.predict_proba(odd)
        assert ((p >= 0) & (p <= 1)).all()
        assert ((model.novelty(odd) > 0) & (model.novelty(odd) <= 1)).all()


def test_a_passage_is_predicted_the_same_alone_and_among_others():
    texts = [f"{'hug' if i % 2 else 'van'} {filler}" for i, filler in enumerate(fillers(40))]
    codes = [{"hugs"} if i % 2 else set() for i in range(40)]
    model = CodeSuggester(encoder=FakeEncoder()).fit(texts, codes, [i // 8 for i in range(40)])
    together = model.predict_proba(texts)
    alone = np.vstack([model.predict_proba([text]) for text in texts])
    assert alone == pytest.approx(together, abs=1e-6)


@pytest.mark.parametrize("with_around", [False, True])
def test_held_out_scores_with_weights_are_those_of_leaving_the_rows_out_of_the_sums(with_around, monkeypatch):
    """Against normal equations in the landmarks' coefficients, written out for each group."""
    from suggester.learn import ridge

    monkeypatch.setattr(ridge, "_WORD_WEIGHTS", (1.0,))
    rng = np.random.default_rng(3)
    texts = fillers(70)
    around = [f"{texts[i - 1]} {texts[i]}" for i in range(70)] if with_around else None
    features = describe(FakeEncoder(), texts, [f"question {i % 9}" for i in range(70)], None, around=around)
    targets = rng.random((70, 4)) < [0.5, 0.2, 0.1, 0.05]
    targets[:2, 3] = True
    groups = rng.integers(0, 6, 70)
    fitted = fit_ridge(features, targets, groups, n_landmarks=2000, random_state=0)
    words = WordWeights.of(features).weighted(features).astype(np.float64)
    near = 1.5 * rbf_kernel(features.dense.astype(np.float64), gamma=1.5)
    if features.around is not None:
        near = near / 2 + 0.75 * rbf_kernel(features.around.astype(np.float64), gamma=1.5)
    kernel = near + (words @ words.T).toarray() + 1.0
    counts = targets.sum(axis=0)
    rarity = np.sqrt(counts.mean() / counts)
    weight = np.array([rarity[row].mean() if row.any() else 1.0 for row in targets])
    penalty = ridge._PENALTY * (kernel + ridge._JITTER * 70 * np.eye(70))
    for group in range(6):
        rest, own = groups != group, groups == group
        weighted = kernel[rest].T * weight[rest]
        a = np.linalg.solve(weighted @ kernel[rest] + penalty, weighted @ targets[rest])
        assert fitted.held_out[own] == pytest.approx(kernel[own] @ a, abs=1e-5)


def test_p_values_of_exchangeable_scores_are_small_no_more_often_than_they_say():
    rng = np.random.default_rng(0)
    p = np.array([p_values(s[:1], s[1:])[0] for s in rng.integers(0, 30, (4000, 60)).astype(np.float64)])
    for a in (0.02, 0.05, 0.1, 0.5):
        assert (p <= a).mean() <= a + 3 * np.sqrt(a * (1 - a) / 4000)
    assert p_values(np.array([-1.0]), np.arange(9.0))[0] == pytest.approx(1 / 10)
    assert p_values(np.array([99.0]), np.arange(9.0))[0] == 1.0


def test_a_threshold_never_falls_between_equal_probabilities():
    p = np.repeat([0.9, 0.6, 0.6, 0.6, 0.1], 20)[:, None]
    targets = np.zeros((100, 1), np.bool_)
    targets[:30] = True
    threshold = choose_thresholds(p, targets)[0]
    assert threshold == pytest.approx(0.75)


def test_where_nearness_says_nothing_a_rare_code_is_as_probable_as_it_is_frequent():
    rng = np.random.default_rng(0)
    dense = unit_rows(rng.normal(size=(1000, 20)))
    targets = np.zeros((1000, 2), np.bool_)
    targets[rng.permutation(1000)[:100], 0] = True
    targets[[5, 300, 700, 900], 1] = True
    heads = fit_similarity(dense, targets, np.repeat(np.arange(10), 100), np.array([1]), np.array([0]), 0)
    p = heads.probabilities(unit_rows(rng.normal(size=(500, 20))))
    assert 0.002 < p.mean() < 0.008


def test_a_word_that_training_never_met_does_not_dilute_the_others():
    weights = WordWeights.of(describe(FakeEncoder(), ["hug cry", "van"], ["why hug", ""], None))
    plain, diluted = (
        weights.weighted(describe(FakeEncoder(), [text], ["why"], None)).toarray()
        for text in ("cry", "quokka cry zanzibar")
    )
    assert np.array_equal(plain, diluted)
    assert np.linalg.norm(plain) == pytest.approx(np.hypot(1, 0.5))
