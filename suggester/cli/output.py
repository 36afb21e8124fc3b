"""What people and programs see: tables, JSON and progress bars."""

import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.progress import TaskID

Progress = Callable[[str, int, int], None]
_BEFORE_A_BAR = 0.5


def say(text: str) -> None:
    """A line of the result, on standard output."""
    typer.echo(text)


def warn(text: str) -> None:
    """A line that asks for attention, on standard error."""
    typer.secho(text, err=True, fg=typer.colors.YELLOW)


def print_json(value: object) -> None:
    """Any result object as JSON on standard output; undefined figures are null with their reason."""
    typer.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=1))


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()
) -> None:
    """A table as wide as the terminal; the columns in ``numbers`` are set to the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", title_style="bold", pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place in numbers else "left", overflow="fold")
    for row in rows:
        # Text, not markup: a passage may hold square brackets.
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """Yield a callback that draws a bar for each kind of work, on standard error, once it takes a while."""
    import time

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    tasks: dict[str, TaskID] = {}
    begun = time.monotonic()

    def show(what: str, done: int, total: int) -> None:
        if not tasks and time.monotonic() - begun < _BEFORE_A_BAR:
            return
        if what not in tasks:
            bars.start()
            tasks[what] = bars.add_task(what, total=total)
        bars.update(tasks[what], completed=done, total=total)

    try:
        yield show
    finally:
        bars.stop()


def _plain(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path | Enum):
        return str(value)
    raise TypeError(f"cannot be written as JSON: {type(value).__name__}")
