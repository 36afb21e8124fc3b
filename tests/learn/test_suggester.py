"""`CodeSuggester` as its users see it."""

import json
import random

import numpy as np
import pytest
from scipy.special import expit

from suggester import CodeSuggester
from suggester.domain import Basis
from suggester.errors import BundleError, FileError, LearningError, TooLittleToLearn
from suggester.learn.evaluation import assess, cross_validate
from suggester.learn.features import describe
from tests.conftest import CODES, FILLER, NEUTRAL, FakeEncoder

RARE = "Unusual / code ☂"


def corpus(n_groups: int = 5, per_group: int = 16):
    """Passages with planted words: every fourth of each code and of none; two of the rare code."""
    rng = random.Random(7)
    passages, codes, groups = [], [], []
    for group in range(n_groups):
        for number in range(per_group):
            code = [*CODES, ""][number % 4]
            words = rng.sample((CODES.get(code) or NEUTRAL).split(), 4) + rng.choices(FILLER.split(), k=6)
            passages.append(" ".join(words))
            codes.append({code} if code else set())
            groups.append(f"transcript {group}")
    for row in (0, per_group):
        codes[row] = codes[row] | {RARE}
        passages[row] += " zanzibar quokka"
    return passages, codes, groups


@pytest.fixture(scope="module")
def model() -> CodeSuggester:
    passages, codes, groups = corpus()
    return CodeSuggester(encoder=FakeEncoder()).fit(passages, codes, groups)


def test_planted_codes_are_found_in_new_passages(model):
    found = model.predict(
        ["a shoulder to cry on and a hug, they listen", "lend a van for the shopping errand"]
    )
    assert found == [{"Emotional support"}, {"Practical support"}]


def test_probabilities_have_a_column_for_each_code_in_order(model):
    p = model.predict_proba(["hug", "van", "kettle"])
    assert model.codes_ == sorted([*CODES, RARE])
    assert p.shape == (3, 4)
    assert ((p >= 0) & (p <= 1)).all()
    assert model.predict_proba([]).shape == (0, 4)


def test_a_code_with_few_examples_rests_on_similarity_alone(model):
    basis = dict(zip(model.codes_, model.basis_, strict=True))
    assert basis[RARE] is Basis.SIMILARITY
    assert {basis[code] for code in CODES} == {Basis.TRAINED}


def test_talk_of_other_things_fits_the_codebook_less_than_coded_talk(model):
    p = model.novelty(
        ["a shoulder to cry on and a hug, they listen", "park kettle weather bus biscuits hall"]
    )
    assert p[0] > 0.1 > p[1] > 0


def test_the_same_seed_gives_the_same_model():
    passages, codes, groups = corpus()
    one, two = (
        CodeSuggester(encoder=FakeEncoder(), random_state=3).fit(passages, codes, groups) for _ in "ab"
    )
    assert np.array_equal(one.predict_proba(passages), two.predict_proba(passages))


def test_the_question_before_a_passage_counts():
    passages, codes, groups = corpus()
    context = ["who helps with errands?" if "Practical support" in c else "anything else?" for c in codes]
    model = CodeSuggester(encoder=FakeEncoder()).fit(passages, codes, groups, context)
    column = model.codes_.index("Practical support")
    asked, not_asked = model.predict_proba(
        ["well you know then"] * 2, ["who helps with errands?", "anything else?"]
    )[:, column]
    assert asked > not_asked


def test_without_groups_every_passage_stands_for_itself():
    passages, codes, _ = corpus()
    model = CodeSuggester(encoder=FakeEncoder()).fit(passages, codes)
    assert model.predict(["lend a van for the shopping errand"]) == [{"Practical support"}]


def test_saved_and_loaded_the_model_predicts_the_same(model, tmp_path):
    model.save(tmp_path / "bundle", {"note": "kept"})
    loaded = CodeSuggester.load(tmp_path / "bundle", encoder=FakeEncoder())
    passages = corpus()[0]
    assert loaded.predict_proba(passages) == pytest.approx(model.predict_proba(passages), abs=1e-9)
    assert loaded.novelty(passages) == pytest.approx(model.novelty(passages))
    assert (loaded.codes_, loaded.basis_) == (model.codes_, model.basis_)


def test_a_bundle_holds_no_word_of_the_passages_and_no_pickle(model, tmp_path):
    model.save(tmp_path / "bundle")
    files = sorted((tmp_path / "bundle").iterdir())
    assert [file.suffix for file in files] == [".safetensors", ".json"]
    everything = b"".join(file.read_bytes() for file in files)
    assert b"zanzibar" not in everything
    assert b"shoulder" not in everything


@pytest.mark.parametrize(
    "damage",
    [
        lambda f: (f / "arrays.safetensors").write_bytes((f / "arrays.safetensors").read_bytes()[:500]),
        lambda f: (f / "arrays.safetensors").unlink(),
        lambda f: (f / "bundle.json").write_text("[]"),
        lambda f: (f / "bundle.json").write_text("{"),
        lambda f: rewrite(f, format=99),
        lambda f: rewrite(f, codes=["one too few"]),
        lambda f: rewrite(f, thresholds=[0.5]),
    ],
)
def test_a_damaged_bundle_is_refused(model, tmp_path, damage):
    model.save(tmp_path / "bundle")
    damage(tmp_path / "bundle")
    with pytest.raises(BundleError):
        CodeSuggester.load(tmp_path / "bundle", encoder=FakeEncoder())


def rewrite(folder, **changes):
    meta = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    (folder / "bundle.json").write_text(json.dumps(meta | changes), encoding="utf-8")


def test_a_bundle_of_another_encoder_is_refused(model, tmp_path):
    model.save(tmp_path / "bundle")
    other = FakeEncoder()
    other.fingerprint = "another"
    with pytest.raises(LearningError, match="another encoder"):
        CodeSuggester.load(tmp_path / "bundle", encoder=other)


def test_saving_over_something_else_is_refused_and_over_a_bundle_replaces_it(model, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.docx").write_text("irreplaceable")
    with pytest.raises(FileError, match="something else"):
        model.save(mine)
    assert (mine / "thesis.docx").read_text() == "irreplaceable"
    model.save(tmp_path / "bundle", {"n": 1})
    model.save(tmp_path / "bundle", {"n": 2})
    assert json.loads((tmp_path / "bundle" / "bundle.json").read_text(encoding="utf-8"))["about"] == {"n": 2}


def test_too_little_to_learn_from_is_said_with_the_reason():
    passages, codes, groups = corpus()
    fresh = CodeSuggester(encoder=FakeEncoder())
    with pytest.raises(TooLittleToLearn, match="no passage is coded"):
        fresh.fit(passages, [set() for _ in codes], groups)
    with pytest.raises(TooLittleToLearn, match="one transcript"):
        fresh.fit(passages, codes, ["the same"] * len(passages))
    with pytest.raises(TooLittleToLearn, match="5 examples"):
        fresh.fit(passages[:8], codes[:8], groups[:4] + ["another"] * 4)
    with pytest.raises(TooLittleToLearn, match="nothing to tell it from"):
        fresh.fit(passages, [{"everything"}] * len(codes), groups)
    with pytest.raises(LearningError, match="not been trained"):
        fresh.predict(["anything"])


def test_lengths_that_differ_are_an_error():
    passages, codes, groups = corpus()
    with pytest.raises(ValueError, match="length"):
        CodeSuggester(encoder=FakeEncoder()).fit(passages, codes[:-1], groups)


def test_cross_validation_never_trains_on_the_transcript_it_predicts(monkeypatch):
    passages, codes, groups = corpus()
    seen = []
    fit = CodeSuggester.fit_features
    monkeypatch.setattr(
        CodeSuggester,
        "fit_features",
        lambda self, features, codes, groups, *more: (
            seen.append(set(groups)) or fit(self, features, codes, groups, *more)
        ),
    )
    held_out = cross_validate(CodeSuggester(encoder=FakeEncoder()), passages, codes, groups)
    assert len(seen) == 5
    assert [len(trained_on) for trained_on in seen] == [4] * 5
    # Each transcript is missing from exactly one training part: the one that predicts it.
    assert sorted(min({0, 1, 2, 3, 4} - trained_on) for trained_on in seen) == [0, 1, 2, 3, 4]
    assert held_out.probabilities.shape == held_out.targets.shape == (len(passages), 4)


def test_figures_of_planted_codes_are_high_and_those_of_one_transcript_undefined():
    passages, codes, groups = corpus()
    codes[1] = codes[1] | {"once"}
    quality = assess(cross_validate(CodeSuggester(encoder=FakeEncoder()), passages, codes, groups))
    by_code = {code.code: code for code in quality.codes}
    assert quality.precision_at_1.estimate > 0.9
    # All five transcripts have all right, or nearly: what varies has its estimate inside the interval.
    for figure in (quality.precision_at_1, quality.macro_f1, quality.micro_f1):
        assert figure.low is None or figure.low <= figure.estimate <= figure.high
    assert by_code["Practical support"].n_passages == sum("Practical support" in c for c in codes)
    assert by_code["once"].recall.estimate is None
    assert "one transcript" in by_code["once"].recall.undefined_because


def test_a_model_starts_from_another_and_says_what_each_code_rests_on():
    passages, codes, groups = corpus()
    first = CodeSuggester(encoder=FakeEncoder()).fit(passages, codes, groups)
    # Her own coding so far: one of the codes, in another sense, and no other.
    own = [{"Mine"} if i % 3 == 0 else set() for i in range(len(passages))]
    second = CodeSuggester(encoder=FakeEncoder(), start=first).fit(passages, own, groups)
    assert set(second.codes_) == {*first.headed, "Mine"}
    basis = dict(zip(second.codes_, second.basis_, strict=True))
    assert basis["Mine"] == "trained" and basis["Learning"] == "starting model"


def test_what_is_coded_counts_more_the_more_of_it_there_is(tmp_path):
    passages, codes, groups = corpus()
    first = CodeSuggester(encoder=FakeEncoder()).fit(passages, codes, groups)
    new = ["tutor lesson class course"]
    swapped = [{"Practical support"} if "Learning" in c else c - {"Practical support"} for c in codes]

    def of(n: int) -> np.ndarray:
        """How much more the starting model's code than her own fits, in the raw scores."""
        rows = [i for i, group in enumerate(groups) if group in sorted(set(groups))[:n]]
        model = CodeSuggester(encoder=FakeEncoder(), start=first)
        model.fit([passages[i] for i in rows], [swapped[i] for i in rows], [groups[i] for i in rows])
        model.save(tmp_path / f"m{n}")
        loaded = CodeSuggester.load(tmp_path / f"m{n}", encoder=FakeEncoder())
        p = model.predict_proba(new)
        assert loaded.predict_proba(new) == pytest.approx(p, abs=1e-6)
        features = describe(FakeEncoder(), new, None)
        scores = sum(heads.scores(features) for heads in model._parts.heads)[0]
        at = {model.codes_[j]: scores[i] for i, j in enumerate(model._parts.trained)}
        return at["Learning"] - at["Practical support"]

    assert of(2) > of(5)


def test_what_only_teaches_does_not_change_how_probable_things_are():
    passages, codes, groups = corpus()
    extra = [f"tutor lesson class course {i}" for i in range(200)]
    everything = (passages + extra, codes + [{"Learning"}] * 200, [*groups, *range(100, 300)])
    model = CodeSuggester(encoder=FakeEncoder())
    mask = [True] * len(passages) + [False] * 200
    model.fit(*everything, calibrates=mask)
    # "Fits the codebook" and the codes' frequencies rest on the passages alone.
    assert len(model._parts.fit_calibration) == sum(map(bool, codes))
    place = model._parts.trained.tolist().index(model.codes_.index("Learning"))
    share = np.mean(["Learning" in c for c in codes])
    shifted = model._parts.calibration.intercept[place]
    loose = CodeSuggester(encoder=FakeEncoder()).fit(*everything)._parts.calibration.intercept[place]
    assert expit(shifted) < share + 0.1 < expit(loose)


def test_a_name_in_place_of_a_set_of_codes_is_an_error():
    passages, _, groups = corpus()
    with pytest.raises(TypeError, match="set of names"):
        CodeSuggester(encoder=FakeEncoder()).fit(passages, ["Learning"] * len(passages), groups)
