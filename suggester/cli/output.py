"""What people and programs see: tables, JSON and progress bars."""

import dataclasses
import json
import re
import shutil
import textwrap
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
# All control characters but tab and line feed: one in a passage or a name could drive the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def harmless(text: str) -> str:
    """``text`` with a replacement character for each control character."""
    return _CONTROL.sub("\ufffd", text)


def say(text: str) -> None:
    """A line of the result, on standard output."""
    typer.echo(harmless(text))


def say_bold(text: str) -> None:
    """As `say`, in bold where the terminal can."""
    typer.secho(harmless(text), bold=True)


def say_wrapped(text: str, indent: int) -> None:
    """A longer text, wrapped to the terminal's width (100 characters at most) and indented."""
    width = max(40, min(shutil.get_terminal_size().columns, 100))
    margin = " " * indent
    say(textwrap.fill(text, width, initial_indent=margin, subsequent_indent=margin))


def warn(text: str) -> None:
    """A line that asks for attention, on standard error."""
    typer.secho(harmless(text), err=True, fg=typer.colors.YELLOW)


def fail(text: str) -> None:
    """What ended the command, on standard error."""
    typer.secho(f"Error: {harmless(text)}", err=True, fg=typer.colors.RED)


def print_json(value: object) -> None:
    """Any result object as JSON on standard output; undefined figures are null with their reason."""
    # In ASCII: whatever the terminal's encoding is, the program at the other end gets the same.
    typer.echo(json.dumps(value, default=_plain, allow_nan=False, indent=1))


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
        table.add_row(*(Text(harmless(cell)) for cell in row))
    Console().print(table)


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """Yield a callback that draws a bar for each kind of work, on a terminal, once it takes a while."""
    import time

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    tasks: dict[str, TaskID] = {}
    begun = time.monotonic()

    def show(what: str, done: int, total: int) -> None:
        if not console.is_terminal or (not tasks and time.monotonic() - begun < _BEFORE_A_BAR):
            return
        if what not in tasks:
            bars.start()
            tasks[what] = bars.add_task(what, total=total)
        bars.update(tasks[what], completed=done, total=total)

    try:
        yield show
    finally:
        if tasks:
            bars.stop()


def _plain(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path | Enum):
        return str(value)
    raise TypeError(f"cannot be written as JSON: {type(value).__name__}")
