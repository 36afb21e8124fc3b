"""A trained model on disk: arrays in safetensors, the rest in JSON. Nothing in it can run."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suggester.domain import Basis
from suggester.errors import BundleError, FileError
from suggester.learn.calibration import KNOTS, Calibration
from suggester.learn.features import HASHES, WordWeights
from suggester.learn.ridge import Heads, rows_of_sparse
from suggester.learn.similarity import SimilarityHeads

FORMAT = 3
_ARRAYS = "arrays.safetensors"
_META = "bundle.json"
_INTEGERS = frozenset({"word_rows", "idf_rows", "few_owner", "trained", "few"})
_OF_HEADS = ("landmarks", "coefficients", "linear", "bias", "word_rows", "word_weights", "idf_rows", "idf")


@dataclass(frozen=True, slots=True)
class Parts:
    """What was learned. ``trained`` and ``few`` are the columns of codes with a head and without; the scores
    of all ``heads`` are added up (the last were fitted, those before it are of the model it started from);
    ``fit_calibration`` the sorted fit scores of coded passages held out."""

    heads: tuple[Heads, ...]
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

    try:
        if folder.exists() and not {item.name for item in folder.iterdir()} <= {_ARRAYS, _META}:
            # A bundle among other files, too: replacing the folder would take those with it.
            raise FileError("is a folder with something else in it", file=folder, remedy="Name a new folder.")
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
        _check_meta(meta)
        arrays = load_file(folder / _ARRAYS)
        _check_arrays(arrays, len(meta["codes"]))
        parts = _parts(arrays)
    except (OSError, ValueError, KeyError, TypeError, RecursionError, SafetensorError) as error:
        raise BundleError(
            f"is no whole model ({type(error).__name__})", file=folder, remedy="Train it again."
        ) from error
    return parts, meta


def _arrays(parts: Parts) -> dict[str, NDArray[Any]]:
    arrays = {
        "centre": parts.calibration.centre,
        "spread": parts.calibration.spread,
        "slope": parts.calibration.slope,
        "intercept": parts.calibration.intercept,
        "curve": parts.calibration.curve,
        "few_examples": parts.similarity.examples,
        "few_owner": parts.similarity.owner,
        "few_base": parts.similarity.base,
        "few_line": np.array([parts.similarity.slope, parts.similarity.shift]),
        "trained": parts.trained,
        "few": parts.few,
        "fit_calibration": parts.fit_calibration,
    }
    for number, heads in enumerate(parts.heads):
        if heads.around is not None:
            arrays[f"{number}.around"] = heads.around.astype(np.float16)
        arrays |= {f"{number}.{name}": array for name, array in _arrays_of_heads(heads).items()}
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _arrays_of_heads(heads: Heads) -> dict[str, NDArray[Any]]:
    # Only the words that occurred: row numbers, weights and inverse document frequencies.
    rows = np.unique(heads.words.nonzero()[0])
    known, in_context = (np.flatnonzero(idf) for idf in (heads.weights.words, heads.weights.context_words))
    return {
        "landmarks": heads.landmarks.astype(np.float16),
        "coefficients": heads.coefficients,
        "linear": heads.linear,
        "bias": heads.bias,
        "word_rows": rows,
        "word_weights": heads.words[rows].toarray().astype(np.float16),
        "idf_rows": np.concatenate([known, in_context + HASHES]),
        "idf": np.concatenate([heads.weights.words[known], heads.weights.context_words[in_context]]),
    }


def _parts(a: dict[str, NDArray[Any]]) -> Parts:
    return Parts(
        heads=tuple(
            _heads({name: a[f"{number}.{name}"] for name in _OF_HEADS}, a.get(f"{number}.around"))
            for number in _numbers(a)
        ),
        calibration=Calibration(a["centre"], a["spread"], a["slope"], a["intercept"], a["curve"]),
        similarity=SimilarityHeads(
            a["few_examples"], a["few_owner"], a["few_base"], *map(float, a["few_line"])
        ),
        trained=a["trained"],
        few=a["few"],
        fit_calibration=a["fit_calibration"],
    )


def _heads(a: dict[str, NDArray[Any]], around: NDArray[Any] | None) -> Heads:
    idf = np.zeros(2 * HASHES, np.float32)
    idf[a["idf_rows"]] = a["idf"]
    return Heads(
        weights=WordWeights(idf[:HASHES], idf[HASHES:]),
        landmarks=np.asarray(a["landmarks"], np.float32),
        around=None if around is None else np.asarray(around, np.float32),
        coefficients=a["coefficients"],
        linear=a["linear"],
        words=rows_of_sparse(a["word_rows"], np.asarray(a["word_weights"], np.float32), 2 * HASHES),
        bias=a["bias"],
    )


def _numbers(a: dict[str, NDArray[Any]]) -> range:
    """Heads are numbered from nought: the first number that is lacking ends them."""
    found = range(sum(name.endswith(".bias") for name in a))
    if not found:
        raise KeyError("0.bias")
    return found


def _check_meta(meta: dict[str, Any]) -> None:
    codes = meta["codes"]
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise TypeError("codes are not names")
    if len(set(codes)) != len(codes):
        raise ValueError("a code is there twice")
    if len(meta["basis"]) != len(codes) or not set(meta["basis"]) <= set(Basis):
        raise ValueError("what the codes rest on is not said")
    for key in ("thresholds", "n_examples"):
        if np.array(meta[key], np.float64).shape != (len(codes),):
            raise ValueError(f"{key} and codes differ")
    encoder = meta["encoder"]
    if not isinstance(encoder["name"], str) or not isinstance(encoder["sha256"], str):
        raise TypeError("the encoder has no name")
    if not isinstance(meta["random_state"], int):
        raise TypeError("the seed is no number")


def _check_arrays(a: dict[str, NDArray[Any]], n_codes: int) -> None:
    """Every array has the shape that the others ask for: numpy would stretch or misplace some in silence."""
    for name, array in a.items():
        whole = name.rpartition(".")[2] in _INTEGERS
        if not np.issubdtype(array.dtype, np.integer if whole else np.floating):
            raise TypeError(f"{name} holds another kind of numbers")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds something that is no number")
    trained, few = len(a["trained"]), len(a["few"])
    examples = a["few_owner"].shape
    dimensions = a["0.landmarks"].shape[1:2]
    shapes = {
        "centre": (trained,),
        "spread": (trained,),
        "slope": (trained,),
        "intercept": (trained,),
        "curve": (len(KNOTS) + 2,),
        "few_examples": (*examples, *dimensions),
        "few_owner": (*examples[:1],),
        "few_base": (few,),
        "few_line": (2,),
        "fit_calibration": (a["fit_calibration"].size,),
    }
    for number in _numbers(a):
        landmarks, words, idf = (
            a[f"{number}.{name}"].shape[:1] for name in ("landmarks", "word_rows", "idf_rows")
        )
        shapes |= {
            f"{number}.landmarks": (*landmarks, *dimensions),
            f"{number}.coefficients": (*landmarks, trained),
            f"{number}.linear": (*dimensions, trained),
            f"{number}.bias": (trained,),
            f"{number}.word_rows": words,
            f"{number}.word_weights": (*words, trained),
            f"{number}.idf_rows": idf,
            f"{number}.idf": idf,
        }
        if f"{number}.around" in a:
            shapes[f"{number}.around"] = shapes[f"{number}.landmarks"]
        for rows in (a[f"{number}.word_rows"], a[f"{number}.idf_rows"]):
            if len(rows) and (rows[0] < 0 or rows[-1] >= 2 * HASHES or (np.diff(rows) <= 0).any()):
                raise ValueError("word rows are out of place")
    for name, shape in shapes.items():
        if a[name].shape != shape:
            raise ValueError(f"{name} has another shape")
    if not np.array_equal(np.sort(np.concatenate([a["trained"], a["few"]])), np.arange(n_codes)):
        raise ValueError("columns and codes differ")
    if not np.array_equal(np.unique(a["few_owner"]), np.arange(few)):
        raise ValueError("a code without examples")
