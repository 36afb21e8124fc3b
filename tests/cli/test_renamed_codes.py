"""What a trained model suggests after its codebook has changed."""

from pathlib import Path
from typing import Any

import pytest

from suggester.project import Project
from tests.cli.conftest import Cli

OLD = ("Emotional support", "Practical support", "Learning")


@pytest.fixture
def book(tmp_path: Path) -> Any:
    def write(*names: str) -> Path:
        path = tmp_path / "changed.csv"
        path.write_text("\n".join(["name,heading", *(f"{name},Mutual aid" for name in names)]), "utf-8")
        return path

    return write


def suggested(cli: Cli, study: Path) -> list[tuple[str, float, int]]:
    found = cli("suggest", "--json", "-p", study)
    assert found.code == 0
    return [
        (s["code"], s["probability"], len(s["evidence"]))
        for item in found.json["passages"]
        for s in item["suggestions"]
    ]


def test_a_renamed_code_is_suggested_by_its_new_name_with_its_evidence(
    cli: Cli, trained: Path, book: Any
) -> None:
    before = suggested(cli, trained)
    file = book("Emotional support", "Practical support", "Growth")
    assert cli("codebook", "import", file, "--rename", "Learning=Growth", "-p", trained).code == 0
    renamed = [("Growth" if code == "Learning" else code, p, n) for code, p, n in before]
    assert suggested(cli, trained) == renamed
    found = cli("suggest", "-p", trained)
    assert found.err == "" and "Growth" in found.out
    assert cli("status", "--json", "-p", trained).json["model_outdated"] is False


def test_codes_that_swap_their_names_swap_their_suggestions(cli: Cli, trained: Path, book: Any) -> None:
    before = suggested(cli, trained)
    swap = ["--rename", "Learning=Practical support", "--rename", "Practical support=Learning"]
    assert cli("codebook", "import", book(*OLD), *swap, "-p", trained).code == 0
    other = {"Learning": "Practical support", "Practical support": "Learning"}
    assert suggested(cli, trained) == [(other.get(code, code), p, n) for code, p, n in before]


def test_what_is_recorded_is_recorded_by_the_models_own_names(cli: Cli, trained: Path, book: Any) -> None:
    file = book("Emotional support", "Practical support", "Growth")
    cli("codebook", "import", file, "--rename", "Learning=Growth", "-p", trained)
    suggested(cli, trained)
    with Project.open(trained) as study:
        run = study.store.latest_model()
        assert run is not None
        assert {row.code for row in study.store.suggestions(run)} == set(OLD)


@pytest.mark.parametrize("names", [(*OLD, "Trust"), OLD[:2]])
def test_codes_that_came_or_went_are_said_to_be_a_change_of_the_codebook(
    cli: Cli, trained: Path, book: Any, names: tuple[str, ...]
) -> None:
    cli("codebook", "import", book(*names), "--drop", "-p", trained)
    found = cli("suggest", "-p", trained)
    assert "The codebook has changed since the model was trained" in found.err
    assert "codings have changed" not in found.err
    assert "The codebook has changed" in cli("status", "-p", trained).out
    cli("train", "-p", trained)
    assert cli("suggest", "-p", trained).err == ""
