"""A trained model on disk: arrays in safetensors, the rest in JSON. Nothing in it can run."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suggester.errors import BundleError, FileError
from suggester.learn.calibration import Calibration
from suggester.learn.features import WordWeights
from suggester.learn.ridge import LinearHeads, rows_of_sparse
from suggester.learn.similarity import SimilarityHeads

FORMAT = 1
_ARRAYS = "arrays.safetensors"
_META = "bundle.json"


@dataclass(frozen=True, slots=True)
class Parts:
    """What was learned. ``trained`` and ``few`` are the columns of codes with a head and without;
    ``fit_calibration`` the sorted fit scores of coded passages held out."""

    heads: LinearHeads
    calibration: Calibration
    similarity: SimilarityHeads
    trained: NDArray[np.intp]
    few: NDArray[np.intp]
    fit_calibration: NDArray[np.float64]


def write_bundle(folder: Path, parts: Parts, meta: dict[str, Any]) -> None:
    """Write the bundle beside ``folder`` and put it in place at once; an older bundle there is replaced.

    Raises
    ------
    FileError
        The place cannot be written, or holds something that is no bundle.
    """
    from safetensors.numpy import save

    if folder.exists() and any(folder.iterdir()) and not (folder / _META).is_file():
        raise FileError("is a folder with something else in it", file=folder, remedy="Name a new folder.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
            new = Path(temporary) / "new"
            new.mkdir()
            # Its own `save_file` hides a full disk behind an error of another kind.
            (new / _ARRAYS).write_bytes(save(_arrays(parts)))
            text = json.dumps({"format": FORMAT, **meta}, ensure_ascii=False, indent=1)
            (new / _META).write_text(text + "\n", encoding="utf-8")
            if folder.exists():
                folder.replace(Path(temporary) / "old")
            new.replace(folder)
    except OSError as error:
        raise FileError(
            f"cannot be written: {error.strerror or error}",
            file=folder,
            remedy="Check the folder's permissions and the space left on the disk.",
        ) from error


def read_bundle(folder: Path) -> tuple[Parts, dict[str, Any]]:
    """The parts and the JSON of a bundle.

    Raises
    ------
    BundleError
        It is damaged, incomplete, or of another format.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        meta = json.loads((folder / _META).read_text(encoding="utf-8"))
        if not isinstance(meta, dict) or meta.get("format") != FORMAT:
            raise BundleError(
                "is a model of another format", file=folder, remedy="Train it again with this version."
            )
        parts = _parts(load_file(folder / _ARRAYS))
        _check(parts, meta)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise BundleError(
            f"is no whole model ({type(error).__name__})", file=folder, remedy="Train it again."
        ) from error
    return parts, meta


def _arrays(parts: Parts) -> dict[str, NDArray[Any]]:
    rows = np.unique(parts.heads.words.nonzero()[0])
    arrays = {
        "dense": parts.heads.dense,
        "bias": parts.heads.bias,
        # Only the words that occurred: row numbers and their weights.
        "word_rows": rows,
        "word_weights": parts.heads.words[rows].toarray(),
        "idf_words": parts.heads.weights.words,
        "idf_context": parts.heads.weights.context_words,
        "centre": parts.calibration.centre,
        "spread": parts.calibration.spread,
        "slope": parts.calibration.slope,
        "intercept": parts.calibration.intercept,
        "few_examples": parts.similarity.examples,
        "few_owner": parts.similarity.owner,
        "few_base": parts.similarity.base,
        "few_line": np.array([parts.similarity.slope, parts.similarity.shift]),
        "trained": parts.trained,
        "few": parts.few,
        "fit_calibration": parts.fit_calibration,
    }
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _parts(a: dict[str, NDArray[Any]]) -> Parts:
    weights = WordWeights(a["idf_words"], a["idf_context"])
    n_rows = len(weights.words) + len(weights.context_words)
    words = rows_of_sparse(a["word_rows"], a["word_weights"], n_rows)
    return Parts(
        heads=LinearHeads(weights, a["dense"], words, a["bias"]),
        calibration=Calibration(a["centre"], a["spread"], a["slope"], a["intercept"]),
        similarity=SimilarityHeads(
            a["few_examples"], a["few_owner"], a["few_base"], *map(float, a["few_line"])
        ),
        trained=a["trained"],
        few=a["few"],
        fit_calibration=a["fit_calibration"],
    )


def _check(parts: Parts, meta: dict[str, Any]) -> None:
    n = len(meta["codes"])
    columns = np.sort(np.concatenate([parts.trained, parts.few]))
    if not np.array_equal(columns, np.arange(n)) or len(meta["thresholds"]) != n:
        raise ValueError("columns and codes differ")
    if not parts.heads.dense.shape[1] == len(parts.trained) == len(parts.calibration.slope):
        raise ValueError("heads and codes differ")
