"""The default encoder for real, and the cache in front of it."""

import socket
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suggester.errors import EncoderMissing
from suggester.learn import encoders, vector_cache
from suggester.learn.encoders import SentenceEncoder
from suggester.learn.vector_cache import CachedEncoder
from tests.conftest import FakeEncoder


@pytest.mark.real_encoder
def test_the_default_encoder_works_without_the_network(monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    encoder = SentenceEncoder()
    tail = " and after that the boat sank in the harbour with all its cargo"
    texts = ["They always listen to me.", "Somebody there hears me out.", "The bus is late.", "word " * 400]
    vectors = encoder.encode([*texts, texts[3] + tail * 10])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1
    assert vectors[3] @ vectors[4] < 0.98  # the end of a long text counts too
    assert encoder.encode(texts[::-1])[::-1] == pytest.approx(vectors[:4], abs=1e-5)


def test_a_model_that_is_not_there_is_an_error_and_no_download(tmp_path):
    with pytest.raises(EncoderMissing, match="Nothing is ever downloaded"):
        SentenceEncoder("sentence-transformers/all-mpnet-base-v2")
    with pytest.raises(EncoderMissing):
        SentenceEncoder(str(tmp_path))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder that looks like a model with a module in the root and one in a folder."""
    folder = tmp_path / "model"
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "modules.json").write_text('[{"path": ""}, {"path": "1_Pooling"}, {"path": "2_Normalize"}]')
    (folder / "model.safetensors").write_bytes(b"not the published weights")
    (folder / "tokenizer.json").write_text("{}")
    (folder / "1_Pooling" / "config.json").write_text("{}")
    return folder


def test_damaged_weights_are_refused(model, monkeypatch):
    monkeypatch.setattr("suggester.learn.encoders._default_folder", lambda: model)
    with pytest.raises(EncoderMissing, match="damaged"):
        _ = SentenceEncoder().fingerprint


def test_damaged_weights_are_refused_before_they_are_loaded_also_without_assertions(model):
    code = f"""
from pathlib import Path
from suggester.errors import EncoderMissing
from suggester.learn import encoders
encoders._default_folder = lambda: Path({str(model)!r})
try:
    encoders.SentenceEncoder().encode(["They listen."])
except EncoderMissing as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, text=True, check=False)
    assert "weights are damaged" in done.stdout, done.stderr


@pytest.mark.parametrize(
    "file", ["model.safetensors", "tokenizer.json", "modules.json", "1_Pooling/config.json"]
)
def test_what_decides_the_vectors_changes_the_fingerprint(model, file):
    before = SentenceEncoder(str(model)).fingerprint
    with (model / file).open("a") as opened:
        opened.write(" ")
    assert SentenceEncoder(str(model)).fingerprint != before


@pytest.mark.parametrize(
    "file", ["onnx/model.bin", "openvino/openvino_model.bin", "openvino/a/b.json", "card.md"]
)
def test_copies_for_other_run_times_do_not_change_the_fingerprint(model, file):
    before = SentenceEncoder(str(model)).fingerprint
    (model / file).parent.mkdir(parents=True, exist_ok=True)
    (model / file).write_text("{}")
    assert SentenceEncoder(str(model)).fingerprint == before


@pytest.mark.parametrize("content", ["[{", '[{"idx": 0}]', "[1]", "3"])
def test_a_model_whose_modules_cannot_be_told_is_refused(model, content):
    (model / "modules.json").write_text(content)
    with pytest.raises(EncoderMissing, match="modules"):
        _ = SentenceEncoder(str(model)).fingerprint


@given(st.lists(st.integers(0, encoders._BATCH + 50), max_size=60))
def test_batches_hold_every_row_once_like_lengths_together_and_no_more_than_the_budget(tokens):
    batches = list(encoders._batches(tokens))
    rows = [row for batch in batches for row in batch]
    assert sorted(rows) == list(range(len(tokens)))
    lengths = [tokens[row] for row in rows]
    assert lengths == sorted(lengths, reverse=True)
    for batch in batches:
        assert batch and (
            len(batch) == 1 or len(batch) * max(tokens[row] for row in batch) <= encoders._BATCH
        )


def test_batches_are_as_full_as_the_budget_lets_them_be():
    half = encoders._BATCH // 2
    assert list(encoders._batches([1, half, encoders._BATCH + 1, half])) == [[2], [1, 3], [0]]
    assert [len(batch) for batch in encoders._batches([0] * 10)] == [10]
    assert [len(batch) for batch in encoders._batches([256] * 20)] == [8, 8, 4]


def test_nothing_is_encoded_twice(tmp_path):
    texts = ["one two", "three", "one two", ""]
    first = CachedEncoder(FakeEncoder(), tmp_path)
    vectors = first.encode(texts)
    second = CachedEncoder(FakeEncoder(), tmp_path)
    assert np.array_equal(second.encode(texts), vectors)
    assert (first.encoded, second.encoded) == (3, 0)
    assert vectors == pytest.approx(FakeEncoder().encode(texts))


def test_the_cache_holds_no_text(tmp_path):
    CachedEncoder(FakeEncoder(), tmp_path).encode(["a secret about zanzibar"])
    assert all(b"zanzibar" not in file.read_bytes() for file in tmp_path.iterdir())


def test_a_damaged_cache_is_put_aside(tmp_path):
    CachedEncoder(FakeEncoder(), tmp_path).encode(["one"])
    (file,) = tmp_path.glob("*.db")
    file.write_bytes(b"rubbish" * 1000)
    again = CachedEncoder(FakeEncoder(), tmp_path)
    again.encode(["one"])
    assert again.encoded == 1
    assert list(tmp_path.glob("*.damaged"))


def test_what_was_encoded_before_a_stop_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(vector_cache, "_SAVED_EVERY", 10)

    class Stopping(FakeEncoder):
        calls = 0

        def encode(self, texts, progress=None):
            self.calls += 1
            if self.calls == 3:
                raise KeyboardInterrupt
            return super().encode(texts, progress)

    texts = [f"text {number}" for number in range(50)]
    with pytest.raises(KeyboardInterrupt):
        CachedEncoder(Stopping(), tmp_path).encode(texts)
    rest = CachedEncoder(FakeEncoder(), tmp_path)
    rest.encode(texts)
    assert rest.encoded == 30


def test_without_a_place_to_write_it_works_and_remembers_nothing(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cached = CachedEncoder(FakeEncoder(), tmp_path / "file")
    assert cached.encode(["one"]).shape == cached.encode(["one"]).shape
    assert cached.encoded == 2


@pytest.fixture(scope="module")
def default() -> SentenceEncoder:
    return SentenceEncoder()


@pytest.mark.real_encoder
@pytest.mark.parametrize(
    "text",
    ["we talked about it " * 150, "Krankenversicherungsbeitrag " * 180, "大家都很高兴" * 200, "x, " * 900],
    ids=["600 words", "long words", "no spaces", "signs"],
)
def test_the_model_reads_every_token_of_a_long_text(default, text):
    (parts,) = default._in_parts([text])
    assert "".join(part.text for part in parts) == text
    lengths = [len(default._model.tokenizer(part.text)["input_ids"]) for part in parts]
    assert len(parts) > 1
    assert max(lengths) <= default._model.max_seq_length


@pytest.mark.real_encoder
def test_the_end_of_a_text_without_spaces_counts(default):
    beginning = "大家都很高兴" * 60
    one, other = default.encode([beginning, beginning + "然后她去世了我们都很悲伤" * 20])
    assert one @ other < 0.99


@pytest.mark.real_encoder
def test_what_stands_beside_a_text_does_not_change_its_vector(default):
    long = "we talked about the bus and the hall " * 60
    texts = ["", "half of a pair \ud800", "They listen.", long]
    together = default.encode(texts)
    for text, vector in zip(texts, together, strict=True):
        assert default.encode([text])[0] == pytest.approx(vector, abs=1e-5)


@pytest.mark.real_encoder
def test_a_folder_is_an_encoder_and_one_byte_changed_in_the_default_is_seen(default, tmp_path, monkeypatch):
    folder = tmp_path / "copy"
    copytree(default.folder, folder)
    copy = SentenceEncoder(str(folder))
    assert copy.fingerprint == default.fingerprint
    assert copy.encode(["They listen."]) == pytest.approx(default.encode(["They listen."]), abs=1e-6)
    pooling = folder / "1_Pooling" / "config.json"
    pooling.write_text(pooling.read_text().replace("true", "false"))
    assert SentenceEncoder(str(folder)).fingerprint != default.fingerprint
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(-1000, 2)
        byte = file.read(1)
        file.seek(-1000, 2)
        file.write(bytes([byte[0] ^ 1]))
    monkeypatch.setattr("suggester.learn.encoders._default_folder", lambda: folder)
    with pytest.raises(EncoderMissing, match="damaged"):
        SentenceEncoder().encode(["They listen."])
