"""The program `suggester`: its commands, and the one place where an error becomes a message."""

import os
import sys

import typer

from suggester.cli import codebook, codings, importing, init, status, suggest, train
from suggester.errors import SuggesterError

app = typer.Typer(
    help="Machine-learning assisted coding for qualitative researchers. Everything stays on this machine.\n\n"
    "Start with: suggester init my-study",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init")(init.init)
app.command("import")(importing.import_)
app.add_typer(codebook.app, name="codebook")
app.add_typer(codings.app, name="codings")
app.command("status")(status.status)
app.command("train")(train.train)
app.command("suggest")(suggest.suggest)


def run() -> None:
    """Run the program; errors that the user can solve end it with a message and exit code 2."""
    try:
        app()
    except SuggesterError as error:
        typer.secho(f"Error: {error}", err=True, fg=typer.colors.RED)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("Stopped. What was finished before is kept.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone (| head); nothing more to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
