"""`suggester import`: transcripts in, and what is said of those that stay out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


def interview(path: Path, text: str = "INT: How was it?\nAnna: We listened to each other.\n") -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def outcomes(found: Any) -> dict[str, str]:
    return {item["name"]: item["outcome"] for item in found.json["transcripts"]}


def test_bad_files_among_good_ones_stay_out_alone_and_are_named(
    cli: Cli, study: Path, tmp_path: Path
) -> None:
    good = [interview(tmp_path / "One.txt"), interview(tmp_path / "Two.txt", "INT: And?\nBen: Alone.\n")]
    empty = tmp_path / "Empty.txt"
    empty.touch()
    fake = tmp_path / "Fake.docx"
    fake.write_bytes(b"no archive")
    folder = tmp_path / "Folder.txt"
    folder.mkdir()
    odd = tmp_path / "Sound.mp3"
    odd.write_bytes(b"\0")
    bad = [empty, fake, folder, odd, tmp_path / "Missing.txt"]
    found = cli("import", good[0], *bad, good[1], "-p", study)
    assert found.code == 2
    refused = [line for line in found.err.splitlines() if line.startswith("Not imported:")]
    assert len(refused) == len(bad)
    assert all(path.name in line for path, line in zip(bad, refused, strict=True))
    assert cli("status", "--json", "-p", study).json["transcripts"] == 2


def test_the_file_is_named_also_where_the_study_refuses_it(cli: Cli, study: Path, tmp_path: Path) -> None:
    first = interview(tmp_path / "First.txt")
    twin = interview(tmp_path / "Second copy.txt")
    found = cli("import", first, twin, "-p", study)
    assert found.code == 2
    assert "Second copy.txt: 'Second copy' has the same text as 'First'" in found.err


def test_when_all_files_are_refused_no_empty_table_is_shown(cli: Cli, study: Path) -> None:
    found = cli("import", "missing.txt", "-p", study)
    assert (found.code, found.out) == (2, "")


def test_importing_again_changes_nothing(cli: Cli, study: Path, tmp_path: Path) -> None:
    path = interview(tmp_path / "One.txt")
    assert outcomes(cli("import", path, "--json", "-p", study)) == {"One": "new"}
    again = cli("import", path, "--json", "-p", study)
    assert (again.code, outcomes(again)) == (0, {"One": "same"})
    assert cli("status", "--json", "-p", study).json["transcripts"] == 1


def test_a_changed_text_is_refused_until_it_may_replace(cli: Cli, study: Path, tmp_path: Path) -> None:
    path = interview(tmp_path / "One.txt")
    cli("import", path, "-p", study)
    interview(path, "INT: How was it?\nAnna: We listened, and cried.\n")
    refused = cli("import", path, "-p", study)
    assert refused.code == 2 and "'One' with another text" in refused.err
    assert outcomes(cli("import", path, "--replace", "--json", "-p", study)) == {"One": "replaced"}


def test_a_coded_text_is_never_replaced(cli: Cli, coded: Path, planted: Any) -> None:
    path = planted.transcripts[0]
    path.write_text("INT: All new?\nAnna: Yes.\n", encoding="utf-8")
    found = cli("import", path, "--replace", "-p", coded)
    assert found.code == 2 and "codings point into it" in found.err
    assert cli("codings", "export", "out.json", "-p", coded).code == 0


def test_a_guessed_interviewer_is_said_and_a_named_one_is_not(cli: Cli, study: Path, tmp_path: Path) -> None:
    talk = "Maria: How are you?\nAnna: Well enough, we all help one another.\n" * 3
    path = interview(tmp_path / "One.txt", talk)
    guessed = cli("import", path, "-p", study)
    assert guessed.code == 0
    assert "guessed: 'Maria'" in guessed.err and "--interviewer" in guessed.err
    named = cli("import", path, "--interviewer", "anna", "-p", study)
    assert (named.code, named.err) == (0, "")
    assert "Anna" in named.out and "same text, turns read anew" in named.out


def test_an_interviewer_who_is_not_there_is_an_error_with_the_labels(
    cli: Cli, study: Path, tmp_path: Path
) -> None:
    talk = "INT: How are you?\nAnna: Well enough.\n" * 3
    found = cli("import", interview(tmp_path / "One.txt", talk), "--interviewer", "Zoe", "-p", study)
    assert found.code == 2 and "no speaker is called 'Zoe'" in found.err and "'Anna'" in found.err


def test_cases_come_with_the_transcripts_or_by_the_name(
    cli: Cli, study: Path, tmp_path: Path, csv_writer: Any
) -> None:
    paths = [interview(tmp_path / f"{name}.txt", f"INT: {name}?\nAnna: Yes.\n") for name in ("G1-a", "G2-a")]
    table = tmp_path / "cases.csv"
    csv_writer(table, [["transcript", "case", "town"], ["G1-a", "Carers", "Leeds"], ["G3-a", "Lost", "York"]])
    found = cli("import", *paths, "--cases", table, "-p", study)
    assert found.code == 2
    assert "cases.csv, row 3: the study has no transcript 'G3-a'" in found.err
    assert "Cases with their variables: 1." in found.out
    assert cli("import", *paths, "--case-pattern", "(?P<case>[^-]+)-", "-p", study).code == 0
    assert cli("status", "--json", "-p", study).json["cases"] >= 2


def test_a_table_of_cases_that_cannot_be_read_is_said_before_anything_is_imported(
    cli: Cli, study: Path, tmp_path: Path
) -> None:
    path = interview(tmp_path / "One.txt")
    found = cli("import", path, "--cases", tmp_path / "none.csv", "-p", study)
    assert found.code == 2 and "none.csv" in found.err
    assert cli("status", "--json", "-p", study).json["transcripts"] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--column", "text"], "no '=' between two names"),
        (["--case-pattern", "("], "no regular expression"),
        (["--case-pattern", "x"], "no group called 'case'"),
        (["--encoding", "klingon"], "no known encoding"),
    ],
)
def test_options_that_make_no_sense_say_so(
    cli: Cli, study: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    found = cli("import", interview(tmp_path / "One.txt"), *words, "-p", study)
    assert found.code == 2 and said in found.err


def test_files_with_odd_names_come_in_under_them(cli: Cli, study: Path, tmp_path: Path) -> None:
    names = ["a, b; 'c' \"d\"", "[red] x", "-p", "Übung 2 🙂", "100% %s {}", "a.b.c"]
    paths = [interview(tmp_path / f"{name}.txt", f"INT: {n}?\nAnna: Yes.\n") for n, name in enumerate(names)]
    found = cli("import", "--json", "-p", study, *paths)
    assert (found.code, sorted(outcomes(found))) == (0, sorted(names))
    shown = cli("import", "-p", study, *paths)
    assert all(name in shown.out for name in names)


def test_a_folder_in_place_of_its_files_says_how_to_name_them(cli: Cli, study: Path, tmp_path: Path) -> None:
    found = cli("import", tmp_path, "-p", study)
    assert found.code == 2 and f"is a folder. Name its files, as in: {tmp_path}/*.docx" in found.err


def test_a_changed_text_names_the_option_that_replaces_it(cli: Cli, study: Path, tmp_path: Path) -> None:
    cli("import", interview(tmp_path / "One.txt"), "-p", study)
    changed = interview(tmp_path / "One.txt", "INT: How?\nAnna: Otherwise.\n")
    assert "--replace" in cli("import", changed, "-p", study).err
