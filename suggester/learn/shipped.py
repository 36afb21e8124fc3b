"""The trained models that come with the program."""

import json
import sys
from pathlib import Path

from suggester.errors import BundleError, LearningError

# Beside the package in a checkout, below the interpreter's prefix where a wheel was installed.
_HOMES = (Path(__file__).parents[2] / "models", Path(sys.prefix) / "share" / "suggester" / "models")


def shipped_models() -> dict[str, Path]:
    """The folder of each model that comes with the program, by its name."""
    found = (file.parent for home in _HOMES for file in sorted(home.glob("*/bundle.json")))
    return {folder.name: folder for folder in found}


def shipped_model(name: str) -> Path:
    """The folder of the shipped model of this name.

    Raises
    ------
    LearningError
        None has it.
    """
    known = shipped_models()
    if name not in known:
        raise LearningError(
            f"no model named '{name}' comes with the program",
            remedy=f"There are: {', '.join(sorted(known)) or 'none'}.",
        )
    return known[name]


def description(folder: Path) -> dict[str, object]:
    """What a bundle says of itself, without its arrays: among others ``codes`` and ``about``.

    Raises
    ------
    BundleError
        It is damaged.
    """
    try:
        meta = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BundleError("is no whole model", file=folder, remedy="Install the program anew.") from error
    if not isinstance(meta, dict):
        raise BundleError("is no whole model", file=folder, remedy="Install the program anew.")
    return meta
