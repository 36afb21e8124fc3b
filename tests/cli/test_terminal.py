"""What reaches the terminal: no control codes, no markup, no passages where none belong."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from suggester.cli.main import run
from suggester.cli.output import harmless, print_json

Cli = Callable[..., Any]
ODD = "\x1b[2J\x1b]0;owned\x07[red]alarm[/red] \x9b31m :warning:"


@pytest.fixture
def odd(cli: Cli, study: Path, planted: Any) -> Path:
    """A trained study with control codes and markup in passages, speakers, names, codes and headings."""
    waiting = planted.transcripts[4]
    # Once: a text full of them is refused as none.
    waiting.write_text(waiting.read_text("utf-8").replace(" tutor", f" tutor {ODD}", 1), "utf-8")
    strange = planted.folder / "Fay\x1b[2J[red].txt"
    planted.transcripts[5].rename(strange)
    for path in planted.transcripts[:4]:
        assert cli("import", path, "-p", study).code == 0
    assert_clean(cli("import", waiting, strange, "-p", study))
    book = planted.folder / "odd.csv"
    lines = planted.codebook.read_text("utf-8").replace("Mutual aid", "Mutual\x1b[2J[bold]aid")
    book.write_text(lines, "utf-8")
    assert_clean(cli("codebook", "import", book, "-p", study))
    assert cli("codings", "import", planted.codings, "--finished", "-p", study).code == 0
    assert_clean(cli("train", "-p", study))
    return study


def assert_clean(found: Any) -> None:
    assert found.code == 0
    for written in (found.out, found.err):
        assert not {sign for sign in written if sign != "\n" and not sign.isprintable()}


def test_control_codes_and_markup_are_shown_not_obeyed(cli: Cli, odd: Path) -> None:
    found = cli("suggest", "--limit", 50, "-p", odd)
    assert_clean(found)
    assert "[red]alarm[/red]" in found.out and ":warning:" in found.out and "\ufffd[2J" in found.out
    for words in (["status"], ["codebook", "show"], ["import", "no\x1b[2Jne.txt"]):
        written = cli(*words, "-p", odd)
        assert "\x1b" not in written.out + written.err and "\ufffd[2J" in written.out + written.err


def test_control_codes_in_error_messages_are_shown_not_obeyed(cli: Cli, odd: Path) -> None:
    found = cli("suggest", "no\x1b[2Jbody", "-p", odd)
    assert found.code == 2 and "no\ufffd[2Jbody" in found.err


def test_json_holds_the_text_as_it_is_in_ascii(cli: Cli, odd: Path) -> None:
    found = cli("suggest", "--json", "-p", odd)
    assert found.out.isascii() and "\x1b" not in found.out
    assert any(ODD in item["passage"]["text"] for item in found.json["passages"])


def test_harmless_keeps_line_breaks_tabs_and_letters() -> None:
    assert harmless("a\tb\nÜ 🙂 ع") == "a\tb\nÜ 🙂 ع"
    assert harmless("".join(map(chr, range(32)))) == "\ufffd" * 9 + "\t\n" + "\ufffd" * 21
    assert harmless("\x7f\x80\x9f") == "\ufffd" * 3


def test_undefined_figures_never_become_nan_in_json() -> None:
    with pytest.raises(ValueError, match="JSON"):
        print_json({"figure": float("nan")})


def test_no_passage_is_shown_by_commands_that_do_not_show_passages(
    cli: Cli, study: Path, planted: Any, tmp_path: Path, csv_writer: Any
) -> None:
    passages = [row["text"] for row in planted.rows]
    shifted = [[r["transcript"], int(r["start"]) + 3, r["end"], "", "Lerning"] for r in planted.rows[:3]]
    misplaced = [[row["transcript"], "", "", f"x{row['text']}", "Learning"] for row in planted.rows[:3]]
    wrong = tmp_path / "wrong.csv"
    csv_writer(wrong, [["transcript", "start", "end", "text", "code"], *shifted, *misplaced])
    swapped = tmp_path / "swapped.csv"
    # A table without its header: the first row's passages become column names.
    csv_writer(swapped, [[row["text"] for row in planted.rows[:3]], ["a", "b", "c"]])
    for words in (
        ["import", *planted.transcripts],
        ["import", *planted.transcripts, "--json"],
        ["codebook", "import", planted.codebook],
        ["codings", "import", wrong, "--coder", "Kim"],
        ["codings", "import", wrong, "--coder", "Kim", "--json"],
        ["codings", "import", swapped, "--coder", "Kim"],
        ["codings", "import", planted.codings, "--finished"],
        ["codings", "export", tmp_path / "out.csv"],
        ["status"],
        ["status", "--json"],
        ["train"],
        ["train", "--json"],
    ):
        found = cli(*words, "-p", study)
        shown = found.out + found.err
        assert not [passage for passage in passages if passage in shown], words


@pytest.mark.parametrize(
    "words",
    [
        ["import", "{file}"],
        ["codebook", "import", "{codebook}"],
        ["codebook", "show"],
        ["codings", "import", "{codings}"],
        ["status"],
        ["train"],
        ["suggest"],
    ],
    ids=lambda words: " ".join(words),
)
def test_json_output_parses_and_is_all_there_is(
    cli: Cli, trained: Path, planted: Any, words: list[str]
) -> None:
    files = {"file": planted.transcripts[0], "codebook": planted.codebook, "codings": planted.codings}
    found = cli(*[word.format(**files) for word in words], "--json", "-p", trained)
    assert (found.code, found.err) == (0, "") and isinstance(found.json, dict)


def test_a_terminal_that_lacks_characters_gets_question_marks(
    study: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "Übung 🙂.txt"
    path.write_text("INT: So?\nAnna: Yes.\n", "utf-8")
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "cp1252", write_through=True))
    monkeypatch.setattr(sys, "argv", ["suggester", "import", str(path), "-p", str(study)])
    try:
        run()
    except SystemExit as end:
        assert not end.code
    assert "Übung ?" in written.getvalue().decode("cp1252")


def test_nothing_but_the_result_is_written_where_there_is_no_terminal(cli: Cli, trained: Path) -> None:
    found = cli("suggest", "--limit", 0, "-p", trained)
    assert found.err == ""
