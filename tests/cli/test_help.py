"""Help: every command shows an example that the program would take, and the README names them all."""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import suggester
from suggester.cli.main import app

README = Path(__file__).parents[2] / "README.md"


def commands() -> Iterator[tuple[str, str]]:
    """The words that call each command, and its whole help."""

    def walk(command: object, words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield " ".join(words), str(getattr(command, "help", ""))
        else:
            for name, child in inner.items():
                yield from walk(child, (*words, name))

    yield from walk(typer.main.get_command(app), ())


COMMANDS = dict(commands())


def test_the_program_has_the_commands_that_these_tests_are_about() -> None:
    assert {"init", "import", "codings import", "codebook import", "train", "suggest"} <= COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_calls_this_command_with_options_that_it_has(name: str) -> None:
    found = re.search(r"Example: (suggester .+)", COMMANDS[name])
    assert found, "no example"
    words = shlex.split(found[1])
    assert words[1:][: len(name.split())] == name.split()
    command: Any = typer.main.get_command(app)
    for word in name.split():
        command = command.commands[word]
    arguments = words[1 + len(name.split()) :]
    # Parses the words, and ends the test with a usage error if they are wrong.
    command.make_context(name, arguments).close()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_names_the_command(name: str) -> None:
    assert re.search(rf"[\s`]{name}\b", " ".join(README.read_text(encoding="utf-8").split()))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_shows_the_example_on_a_line_of_its_own(name: str, cli: Callable[..., Any]) -> None:
    shown = cli(*name.split(), "--help")
    assert shown.code == 0
    assert any(line.strip(" │").startswith("Example: suggester") for line in shown.out.splitlines())


def test_the_program_says_its_version(cli: Callable[..., Any]) -> None:
    found = cli("--version")
    assert (found.code, found.out) == (0, f"suggester {suggester.__version__}\n")
