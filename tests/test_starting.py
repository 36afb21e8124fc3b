"""Models that need no hand codings: those that come with the program, and the codebook's definitions."""

import json
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from suggester.domain import Basis, Code, Codebook, Transcript
from suggester.errors import BundleError, LearningError
from suggester.learn import shipped
from suggester.learn.definitions import model_from_definitions
from suggester.learn.encoders import SentenceEncoder
from suggester.learn.shipped import description, shipped_model, shipped_models
from suggester.learn.suggester import CodeSuggester
from suggester.learn.vector_cache import CachedEncoder
from suggester.starting import starting_model
from tests.conftest import FakeEncoder

BOOK = Codebook(
    (
        Code("Emotional support", "Mutual aid", definition="cry listen tears hug"),
        Code("Learning", "Mutual aid", examples=("course tutor class lesson", "a lesson by the tutor")),
    )
)
PASSAGES = [
    "tutor lesson class course",
    "cry hug tears listen",
    "van bus kettle rain",
    "the forms and the van",
]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one shipped model, 'mutual-aid', that was taught by the transcript 'seen'."""
    codes = [{"Learning"}, {"Emotional support"}, set(), set()] * 6
    model = CodeSuggester(FakeEncoder()).fit(PASSAGES * 6, codes, [i // 4 for i in range(24)])
    home = tmp_path / "models"
    model.save(home / "mutual-aid", {"transcripts_sha256": [Transcript("x", "seen", ()).sha256]})
    monkeypatch.setattr(shipped, "_HOMES", (home, tmp_path / "nowhere"))
    return home


@pytest.fixture
def encoder(tmp_path: Path) -> CachedEncoder:
    return CachedEncoder(FakeEncoder(), tmp_path / "cache")


def test_definitions_rank_codes_before_anything_is_coded():
    model = model_from_definitions(BOOK, FakeEncoder())
    assert model.codes_ == ["Emotional support", "Learning"]
    assert set(model.basis_) == {Basis.DEFINITION}
    p = model.predict_proba(PASSAGES)
    assert p[0, 1] > p[0, 0] and p[1, 0] > p[1, 1]
    assert (model.novelty(PASSAGES) == 1).all()


def test_a_code_without_a_definition_is_known_by_its_name():
    model = model_from_definitions(Codebook((Code("tutor class"), Code("hug"))), FakeEncoder())
    p = model.predict_proba(PASSAGES)
    assert p[0].argmax() == 0 and p[1].argmax() == 1


def test_borderline_examples_teach_their_code_without_the_reasons_after_them():
    book = Codebook((Code("A", borderline=("van bus [counts: tutor class]",)), Code("B", examples=("hug",))))
    model = model_from_definitions(book, FakeEncoder())
    p = model.predict_proba(["van bus", "hug"])
    assert p[0, 0] > p[0, 1] and p[1, 1] > p[1, 0]
    as_example = Codebook((Code("A", examples=("van bus",)), Code("B", examples=("hug",))))
    plain = model_from_definitions(as_example, FakeEncoder())
    assert (model.predict_proba(PASSAGES) == plain.predict_proba(PASSAGES)).all()


def test_near_misses_teach_nothing():
    missing = Codebook(tuple(replace(code, near_misses=("van rain [Learning]",)) for code in BOOK))
    with_them, without = (model_from_definitions(book, FakeEncoder()) for book in (missing, BOOK))
    assert (with_them.predict_proba(PASSAGES) == without.predict_proba(PASSAGES)).all()


def test_a_codes_own_examples_outweigh_its_definition_once_there_are_enough():
    start = model_from_definitions(BOOK, FakeEncoder())
    codes = [{"Learning"}, set(), set(), set()] * 6
    model = CodeSuggester(FakeEncoder(), start=start).fit(PASSAGES * 6, codes, [i // 4 for i in range(24)])
    assert dict(zip(model.codes_, model.basis_, strict=True)) == {
        "Emotional support": Basis.DEFINITION,
        "Learning": Basis.TRAINED,
    }
    earlier = model._parts.heads[0]
    learning = model._parts.trained.tolist().index(model.codes_.index("Learning"))
    assert not earlier.coefficients[:, learning].any()
    assert earlier.coefficients.any()


def test_a_dozen_codings_do_not_undo_what_the_start_knows():
    codes = [{"Learning"}, {"Emotional support"}, set(), set()] * 40
    start = CodeSuggester(FakeEncoder()).fit(PASSAGES * 40, codes, [i // 16 for i in range(160)])
    own = [{"Emotional support"}, set(), set()] * 4
    mine = [PASSAGES[1], PASSAGES[2], PASSAGES[3]] * 4
    model = CodeSuggester(FakeEncoder(), start=start).fit(mine, own, [i // 6 for i in range(12)])
    before, after = (m.predict_proba(PASSAGES[:1])[0, m.codes_.index("Learning")] for m in (start, model))
    # She has not used the code yet; that is no reason to take it from a passage that says so plainly.
    assert before > 0.8 and after > 0.5
    assert (
        model.thresholds_[model.codes_.index("Learning")] == start.thresholds_[start.codes_.index("Learning")]
    )
    assert not model.knows_what_fits and start.knows_what_fits


@pytest.mark.usefixtures("shelf")
def test_a_shipped_model_is_taken_for_a_codebook_that_it_knows_and_else_the_definitions(encoder):
    found = starting_model("auto", BOOK, encoder, [])
    assert found.name == "mutual-aid" and found.model is not None
    other = Codebook((Code("Hope"), Code("Faith"), Code("learning")))
    assert starting_model("auto", other, encoder, []).name == "definitions"
    # Asked for by name it is taken for the one code that it knows, as this codebook spells it.
    named = starting_model("mutual-aid", other, encoder, [])
    assert named.model is not None and "learning" in named.model.codes_


@pytest.mark.usefixtures("shelf")
def test_a_shipped_model_never_starts_a_study_that_taught_it(encoder):
    seen = [Transcript("another name", "seen", ())]
    assert starting_model("auto", BOOK, encoder, seen).name == "definitions"
    with pytest.raises(LearningError, match="would flatter"):
        starting_model("mutual-aid", BOOK, encoder, seen)


@pytest.mark.usefixtures("shelf")
def test_none_is_no_model_and_an_unknown_name_lists_those_there_are(encoder):
    assert starting_model("none", BOOK, encoder, []).model is None
    with pytest.raises(LearningError, match="There are: mutual-aid"):
        starting_model("welbeing", BOOK, encoder, [])


def test_another_encoder_or_a_damaged_description_is_said(shelf, encoder):
    meta = json.loads((shelf / "mutual-aid" / "bundle.json").read_text())
    meta["encoder"]["sha256"] = "other"
    (shelf / "mutual-aid" / "bundle.json").write_text(json.dumps(meta))
    assert starting_model("auto", BOOK, encoder, []).name == "definitions"
    with pytest.raises(LearningError, match="another encoder"):
        starting_model("mutual-aid", BOOK, encoder, [])
    (shelf / "mutual-aid" / "bundle.json").write_text("{")
    with pytest.raises(BundleError):
        starting_model("mutual-aid", BOOK, encoder, [])


def test_the_shipped_checklist_model_is_whole_and_holds_no_text():
    folder = shipped_models()["wellbeing-checklist"]
    assert folder == shipped_model("wellbeing-checklist")
    meta = description(folder)
    assert len(meta["codes"]) == 31 and len(meta["about"]["transcripts_sha256"]) == 48
    data = Path(__file__).parent.parent / "training_data"
    words = (data / "transcripts" / "farmers-cumbria-group.txt").read_text("utf-8").split()
    content = b"".join(file.read_bytes() for file in folder.iterdir())
    longest = sorted(set(words), key=len)[-20:]
    assert [word for word in longest if word.encode() in content] == []


@pytest.mark.real_encoder
def test_the_shipped_model_ranks_what_people_say_and_knows_what_fits_nothing():
    """In words that are in no file of the training data."""
    model = CodeSuggester.load(shipped_model("wellbeing-checklist"), encoder=SentenceEncoder())
    said = {
        "Somebody always puts the kettle on and lets you weep until you are done.": "Emotional support",
        "They knock two quid off for anyone who is on the dole.": "Cost of participating",
        "I do the raffle, and they say they can't run it without me.": "Having a valued role",
        "There's a ramp now, and she signs for the deaf.": "Accessible and acceptable services",
    }
    p = model.predict_proba([*said, "The lottery turned our form down because of one missing box."])
    for row, code in zip(p, said.values(), strict=False):
        assert code in [model.codes_[j] for j in np.argsort(-row)[:3]]
    assert p[-1].max() < p[:-1].max(axis=1).min()


def test_a_damaged_shipped_model_is_refused(tmp_path):
    copy = Path(copytree(shipped_model("wellbeing-checklist"), tmp_path / "copy"))
    arrays = copy / "arrays.safetensors"
    arrays.write_bytes(arrays.read_bytes()[:-1000])
    with pytest.raises(BundleError):
        CodeSuggester.load(copy, encoder=FakeEncoder())


@pytest.mark.usefixtures("shelf")
def test_scores_of_the_start_at_hand_give_the_same_probabilities_as_scoring_anew(encoder):
    start = starting_model("mutual-aid", BOOK, encoder, ()).model
    codes = [{"Learning"}, {"Emotional support"}, {"New"}, set()] * 6
    model = CodeSuggester(encoder, start=start).fit(PASSAGES * 6, codes, [i // 4 for i in range(24)])
    features = model.describe(PASSAGES)
    at_hand = model.proba_features(features, model.start_scores(features))
    assert model.codes_ == ["Emotional support", "Learning", "New"]
    assert at_hand == pytest.approx(model.proba_features(features), abs=1e-6)
