"""`suggester init`: make a study."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from suggester.cli.output import say
from suggester.domain import Unit


def init(
    folder: Annotated[Path, typer.Argument(help="The study's folder; it is made if it is not there.")],
    name: Annotated[str | None, typer.Option(help="The study's name.", show_default="the folder's")] = None,
    unit: Annotated[
        Unit, typer.Option(help="What a passage is: the piece of text that gets codes.")
    ] = Unit.WINDOW,
    words: Annotated[int, typer.Option(min=5, max=1000, help="Words in a window, about.")] = 40,
) -> None:
    """Make a study.

    A folder that will hold transcripts, codebook, codings and models.

    Example: suggester init my-study
    """
    from suggester.project import Project

    with Project.create(folder, name) as study:
        study.set_unitizing(unit, words)
        say(f"Made the study '{study.name}' in {study.folder}.")
        say(f"Next: suggester import FILES -p {shlex.quote(str(folder))}")
