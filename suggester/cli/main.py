"""The program `suggester`: its commands, and the one place where an error becomes a message."""

import io
import sys
from typing import Annotated

import typer

from suggester import __version__
from suggester.cli import codebook, codings, importing, init, removing, status, suggest, train, transcripts
from suggester.cli.output import fail
from suggester.errors import SuggesterError


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"suggester {__version__}")
        raise typer.Exit


app = typer.Typer(
    help="Machine-learning assisted coding for qualitative researchers. Everything stays on this machine.\n\n"
    "Start with: suggester init my-study",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def program(
    version: Annotated[
        bool,
        typer.Option("--version", help="Say which version this is.", callback=_say_version, is_eager=True),
    ] = False,
) -> None:
    """The options of the program itself."""


app.command("init")(init.init)
app.command("import")(importing.import_)
app.add_typer(codebook.app, name="codebook")
app.add_typer(codings.app, name="codings")
app.command("transcripts")(transcripts.transcripts)
app.command("remove")(removing.remove)
app.command("status")(status.status)
app.command("train")(train.train)
app.command("suggest")(suggest.suggest)

_STOPPED = 130


def run() -> None:
    """Run the program; errors that the user can solve end it with a message and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a character shows a question mark for it.
            stream.reconfigure(errors="replace")
    try:
        app()
    except SuggesterError as error:
        fail(str(error))
        sys.exit(2)
    except SystemExit as end:
        # Typer makes this of Ctrl-C, without a word.
        if end.code == _STOPPED:
            typer.echo("Stopped. What was finished before is kept.", err=True)
        raise
