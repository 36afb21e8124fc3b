"""What a bundle refuses to be made of, and what it does not take with it."""

import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from suggester import CodeSuggester
from suggester.errors import BundleError, FileError
from tests.conftest import FakeEncoder


@pytest.fixture(scope="module")
def model() -> CodeSuggester:
    passages = [f"{'cry hug' if i % 2 else 'van forms'} number {i}" for i in range(24)]
    codes = [{"Emotional"} if i % 2 else {"Practical"} for i in range(24)]
    codes[0], codes[1] = {"Practical", "Rare"}, set()
    return CodeSuggester(encoder=FakeEncoder()).fit(passages, codes, [i // 4 for i in range(24)])


@pytest.fixture
def bundle(model, tmp_path):
    model.save(tmp_path / "bundle")
    return tmp_path / "bundle"


ARRAYS = {
    "fewer landmarks": ("0.landmarks", lambda a: a[:-1]),
    "landmarks of fewer dimensions": ("0.landmarks", lambda a: a[:, :-1]),
    "fewer coefficients": ("0.coefficients", lambda a: a[:, :-1]),
    "one bias for all": ("0.bias", lambda a: a[:1]),
    "flat word weights": ("0.word_weights", np.ravel),
    "fewer word weights": ("0.word_weights", lambda a: a[:-1]),
    "word rows beyond the vocabulary": ("0.word_rows", lambda a: a + 2**21),
    "word rows in disorder": ("0.word_rows", lambda a: a[::-1]),
    "word rows before the vocabulary": ("0.word_rows", lambda a: a - a[0] - 1),
    "fewer frequencies than words": ("0.idf", lambda a: a[:-1]),
    "one spread for all": ("spread", lambda a: a[:1]),
    "one centre for all": ("centre", lambda a: a[:1]),
    "one intercept for all": ("intercept", lambda a: a[:1]),
    "a curve of fewer pieces": ("curve", lambda a: a[:-1]),
    "a slope that is no number": ("slope", lambda a: a * np.nan),
    "an owner that is no code": ("few_owner", lambda a: a + 5),
    "no examples": ("few_owner", lambda a: a[:0]),
    "examples of fewer dimensions": ("few_examples", lambda a: a[:, :-1]),
    "a third number of the line": ("few_line", lambda a: np.append(a, 1.0)),
    "columns in fractions": ("trained", lambda a: a.astype(np.float64)),
    "a column twice": ("trained", lambda a: np.append(a[:-1], a[0])),
    "a table of fit scores": ("fit_calibration", lambda a: a[:, None]),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_that_do_not_go_together_are_refused(bundle, name):
    key, change = ARRAYS[name]
    arrays = load_file(bundle / "arrays.safetensors")
    arrays[key] = np.ascontiguousarray(change(arrays[key].copy()))
    save_file(arrays, bundle / "arrays.safetensors")
    with pytest.raises(BundleError, match="no whole model"):
        CodeSuggester.load(bundle, encoder=FakeEncoder())


def test_a_bundle_without_one_of_its_arrays_is_refused(bundle):
    whole = load_file(bundle / "arrays.safetensors")
    for key in whole:
        save_file({name: a for name, a in whole.items() if name != key}, bundle / "arrays.safetensors")
        with pytest.raises(BundleError):
            CodeSuggester.load(bundle, encoder=FakeEncoder())


def test_json_without_one_of_its_keys_is_refused(bundle):
    file = bundle / "bundle.json"
    whole = json.loads(file.read_text(encoding="utf-8"))
    for key in set(whole) - {"about"}:
        file.write_text(json.dumps({k: v for k, v in whole.items() if k != key}), encoding="utf-8")
        with pytest.raises(BundleError):
            CodeSuggester.load(bundle, encoder=FakeEncoder())


@pytest.mark.parametrize(
    "change",
    [
        {"codes": ["Emotional", "Practical", "Rare", "too long"]},
        {"codes": ["Emotional", "Emotional", "Rare"]},
        {"codes": [1, 2, 3]},
        {"codes": "abc"},
        {"thresholds": ["a", "b", "c"]},
        {"thresholds": [0.5, [0.5], 0.5]},
        {"n_examples": [1]},
        {"encoder": "default"},
        {"encoder": {"name": "default"}},
        {"encoder": {"name": None, "sha256": "a"}},
        {"random_state": "zero"},
    ],
)
def test_json_that_means_nothing_is_refused(bundle, change):
    file = bundle / "bundle.json"
    meta = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(meta | change), encoding="utf-8")
    with pytest.raises(BundleError):
        CodeSuggester.load(bundle, encoder=FakeEncoder())


def test_json_nested_without_end_is_refused(bundle):
    (bundle / "bundle.json").write_text("[" * 200_000, encoding="utf-8")
    with pytest.raises(BundleError):
        CodeSuggester.load(bundle, encoder=FakeEncoder())


def test_every_array_cut_short_anywhere_is_refused(bundle):
    file = bundle / "arrays.safetensors"
    whole = file.read_bytes()
    for share in (0.0, 0.0001, 0.3, 0.999999):
        file.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(BundleError):
            CodeSuggester.load(bundle, encoder=FakeEncoder())


def test_a_file_beside_a_bundle_is_never_replaced(model, bundle):
    (bundle / "notes.docx").write_text("irreplaceable")
    with pytest.raises(FileError, match="something else"):
        model.save(bundle)
    assert (bundle / "notes.docx").read_text() == "irreplaceable"


def test_a_file_in_the_bundles_place_is_an_error_and_stays(model, tmp_path):
    (tmp_path / "bundle").write_text("mine")
    with pytest.raises(FileError, match="cannot be written"):
        model.save(tmp_path / "bundle")
    assert (tmp_path / "bundle").read_text() == "mine"
    assert [item.name for item in tmp_path.iterdir()] == ["bundle"]


def test_saving_leaves_nothing_but_the_bundle(model, tmp_path):
    for _ in "ab":
        model.save(tmp_path / "models" / "new")
    assert [item.name for item in (tmp_path / "models").iterdir()] == ["new"]


def test_a_model_saved_loaded_and_saved_again_has_the_same_bytes(bundle, tmp_path):
    CodeSuggester.load(bundle, encoder=FakeEncoder()).save(tmp_path / "again")
    for name in ("arrays.safetensors", "bundle.json"):
        assert (tmp_path / "again" / name).read_bytes() == (bundle / name).read_bytes()


def test_a_loaded_model_predicts_bit_for_bit_what_the_saved_one_did(model, bundle):
    texts = ["cry and a hug", "the van", "", "zzz", "forms forms number 3"]
    loaded = CodeSuggester.load(bundle, encoder=FakeEncoder())
    assert np.array_equal(loaded.predict_proba(texts), model.predict_proba(texts))
    assert loaded.predict(texts) == model.predict(texts)
