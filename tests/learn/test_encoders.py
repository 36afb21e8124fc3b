"""The default encoder for real, and the cache in front of it."""

import socket

import numpy as np
import pytest

from suggester.errors import EncoderMissing
from suggester.learn import vector_cache
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


def test_damaged_weights_are_refused(tmp_path, monkeypatch):
    (tmp_path / "model.safetensors").write_bytes(b"not the published weights")
    monkeypatch.setattr("suggester.learn.encoders._default_folder", lambda: tmp_path)
    with pytest.raises(EncoderMissing, match="damaged"):
        _ = SentenceEncoder().fingerprint


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
