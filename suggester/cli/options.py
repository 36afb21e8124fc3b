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
HERE = Path()


def columns_of(pairs: list[str] | None) -> dict[str, str]:
    """``["text=Segment"]`` as ``{"text": "Segment"}``."""
    columns = {}
    for pair in pairs or []:
        what, separator, column = pair.partition("=")
        if not separator or not what.strip() or not column.strip():
            raise typer.BadParameter(f"'{pair}' is not of the form WHAT=COLUMN", param_hint="--column")
        columns[what.strip()] = column.strip()
    return columns
