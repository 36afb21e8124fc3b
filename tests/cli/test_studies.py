"""`suggester init`, and how the commands find the study."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


def test_a_second_init_is_an_error_and_leaves_the_study_alone(cli: Cli, study: Path) -> None:
    before = (study / "project.db").read_bytes()
    again = cli("init", study)
    assert (again.code, again.out) == (2, "")
    assert "there is a study in this folder already" in again.err
    assert (study / "project.db").read_bytes() == before


def test_init_takes_the_folders_name_or_a_name(cli: Cli, tmp_path: Path) -> None:
    assert "'carers'" in cli("init", tmp_path / "carers").out
    assert "'Carers 2010'" in cli("init", tmp_path / "other", "--name", "Carers 2010").out


def test_init_says_how_to_go_on_with_this_study(cli: Cli, tmp_path: Path) -> None:
    made = cli("init", tmp_path / "carers")
    assert f"suggester import FILES -p {tmp_path / 'carers'}" in made.out


def test_without_a_study_the_message_says_how_to_make_one(cli: Cli) -> None:
    found = cli("status")
    assert (found.code, found.out) == (2, "")
    assert "there is no study in" in found.err and "suggester init FOLDER" in found.err


@pytest.mark.parametrize(
    "words",
    [
        ["import", "a.txt"],
        ["codebook", "show"],
        ["codings", "export", "out.csv"],
        ["codings", "undo", "1"],
        ["train"],
        ["suggest"],
    ],
    ids=" ".join,
)
def test_every_command_needs_a_study(cli: Cli, words: list[str]) -> None:
    found = cli(*words)
    assert found.code == 2 and "there is no study in" in found.err


def test_the_study_is_named_by_option_or_environment_or_found_above(
    cli: Cli, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    assert cli("init", other).code == 0
    deep = study / "letters" / "old"
    deep.mkdir(parents=True)

    monkeypatch.chdir(deep)
    assert cli("status", "--json").json["name"] == "study"
    monkeypatch.setenv("SUGGESTER_PROJECT", str(other))
    assert cli("status", "--json").json["name"] == "other"
    assert cli("status", "--json", "-p", study).json["name"] == "study"
    assert cli("status", "--json", "--project", deep).code == 2


def test_status_says_what_to_do_next_at_every_step(cli: Cli, study: Path, planted: Any) -> None:
    def following() -> str:
        found = cli("status", "-p", study)
        assert found.code == 0
        return str(found.out.splitlines()[-1])

    assert "suggester import FILES" in following()
    cli("import", *planted.transcripts, "-p", study)
    assert "suggester codebook import" in following()
    cli("codebook", "import", planted.codebook, "-p", study)
    assert "suggester codings import" in following()
    cli("codings", "import", planted.codings, "-p", study)
    assert "suggester codings finish" in following()
    cli("codings", "finish", *planted.coded, "--coder", "Kim", "-p", study)
    assert "suggester train" in following()
    cli("train", "-p", study)
    assert "suggester suggest" in following()
    cli("codings", "finish", planted.coded[0], "--coder", "Kim", "--not", "-p", study)
    assert "have changed" in following()


def test_status_counts_what_is_there(cli: Cli, coded: Path, planted: Any) -> None:
    found = cli("status", "--json", "-p", coded).json
    assert (found["transcripts"], found["passages"], found["codebook_version"]) == (6, 180, 1)
    assert found["coders"] == [
        {"coder": "Kim", "codings": len(planted.rows), "transcripts": 4, "finished": 4}
    ]
    assert {code["code"]: code["codings"] for code in found["codes"]} == {
        "Emotional support": 12,
        "Practical support": 12,
        "Learning": 12,
    }


def test_one_is_not_counted_as_several(cli: Cli, study: Path, tmp_path: Path) -> None:
    file = tmp_path / "One.txt"
    file.write_text("INT: How?\nAnna: We listened.\n", "utf-8")
    cli("import", file, "-p", study)
    assert "1 transcript, " in cli("status", "-p", study).out
