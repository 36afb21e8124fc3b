"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

ProjectOption = Annotated[
    Path,
    typer.Option(
        "-p",
        "--project",
        metavar="DIR",
        envvar="SUGGESTER_PROJECT",
        show_default="this folder, or the nearest study above it",
        help="The study's folder.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
EncodingOption = Annotated[
    str | None, typer.Option(help="Encoding of text files; found out by itself if not given.")
]
ColumnOption = Annotated[
    list[str] | None,
    typer.Option(metavar="WHAT=COLUMN", help="A table's own column name, as in: --column text=Segment"),
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace the file if there is one of this name.")
]
HERE = Path()


def pairs_of(values: list[str] | None, option: str) -> dict[str, str]:
    """``["text=Segment"]`` as ``{"text": "Segment"}``."""
    pairs = {}
    for value in values or []:
        left, separator, right = value.partition("=")
        if not separator or not left.strip() or not right.strip():
            raise typer.BadParameter(f"'{value}' has no '=' between two names", param_hint=option)
        pairs[left.strip()] = right.strip()
    return pairs
