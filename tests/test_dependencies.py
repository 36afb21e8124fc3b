"""Imports point inwards, heavy libraries stay at home, and every exported name is there."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import suggester

ROOT = Path(suggester.__file__).parent

PACKAGES = {"corpus", "store", "learn", "discover", "agree", "interop"}
INNER = {"files", "domain", "errors"}
# The modules beside the packages that join them into one study.
FACADE = {
    "project",
    "passages",
    "training",
    "suggesting",
    "status",
    "reports",
    "removing",
    "starting",
    "importing",
    "finishing",
    "codebook_changes",
}

# What the facade gives back, and the options it takes; never the packages behind it.
OUTWARD = {"project", "reports", "report", "files.tables", "corpus.ReadingOptions", "domain", "errors"}

# For each part of the program, the parts that it may import besides itself.
MAY_IMPORT = {
    "errors": set[str](),
    "domain": {"errors"},
    "files": {"domain", "errors"},
    **{package: set(INNER) for package in (*PACKAGES, "report")},
    **dict.fromkeys(FACADE, PACKAGES | FACADE | INNER),
    "cli": {"__version__", *OUTWARD},
    "web": OUTWARD,
    "__init__": {"project", "corpus.ReadingOptions", "errors", "learn.suggester.CodeSuggester"},
}

# Where each heavy library may be imported, and whether at the top of a module there.
HOMES = {
    "torch": {"learn"},
    "sentence_transformers": {"learn"},
    "transformers": {"learn"},
    "sklearn": {"learn", "discover"},
    "safetensors": {"learn"},
    "joblib": {"learn"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "lxml": {"interop", "corpus", "files"},
    "docx": {"corpus", "report"},
    "odfdo": {"corpus"},
    "pypdf": {"corpus"},
    "striprtf": {"corpus"},
    "openpyxl": {"files"},
    "charset_normalizer": {"files"},
    "yaml": {"interop"},
    "fastapi": {"web"},
    "matplotlib": {"report"},
    "typer": {"cli"},
    "rich": {"cli"},
}
AT_THE_TOP = {("store", "sqlalchemy"), ("store", "alembic"), ("cli", "typer")}


@dataclass(frozen=True)
class Import:
    """``name`` as it is imported by ``module``; ``top`` if that happens when the module is loaded."""

    module: str
    name: str
    top: bool

    @property
    def part(self) -> str:
        return part_of(self.module)


def part_of(module: str) -> str:
    names = module.split(".")
    return names[1] if len(names) > 1 else "__init__"


def imports() -> Iterator[Import]:
    for path in sorted(ROOT.rglob("*.py")):
        names = ["suggester", *path.relative_to(ROOT).with_suffix("").parts]
        if names[-1] == "__init__":
            names.pop()
        yield from _imports_of(ast.parse(path.read_text("utf-8")), ".".join(names), top=True)


def _imports_of(node: ast.AST, module: str, top: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(module, alias.name, top) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"{module} has a relative import, which this test cannot follow"
            yield from (Import(module, f"{child.module}.{alias.name}", top) for alias in child.names)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            # Never run, but a rule of the layout all the same.
            yield from _imports_of(child, module, top=False)
        else:
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _imports_of(child, module, top and not function)


def test_the_rule_names_every_part_of_the_program() -> None:
    parts = {part_of(found.module) for found in imports()}
    assert parts <= MAY_IMPORT.keys()


def test_imports_point_inwards() -> None:
    wrong = [
        f"{found.module} imports {found.name}"
        for found in imports()
        if found.name.startswith("suggester.") and not _allowed(found)
    ]
    assert not wrong


def _allowed(found: Import) -> bool:
    inner = found.name.removeprefix("suggester.")
    allowed = MAY_IMPORT[found.part] | {found.part}
    return any(inner == name or inner.startswith(f"{name}.") for name in allowed)


def test_heavy_libraries_are_imported_at_home_and_where_they_are_used() -> None:
    wrong = []
    for found in imports():
        library = found.name.split(".")[0]
        if library in HOMES and found.part not in HOMES[library]:
            wrong.append(f"{found.module} imports {library}")
        elif library in HOMES and found.top and (found.part, library) not in AT_THE_TOP:
            wrong.append(f"{found.module} imports {library} at its top")
    assert not wrong


def test_the_domain_is_made_of_the_standard_library() -> None:
    foreign = [
        found.name
        for found in imports()
        if found.part in {"domain", "errors"}
        and found.name.split(".")[0] not in {"suggester", *sys.stdlib_module_names}
    ]
    assert not foreign


def test_every_exported_name_is_there() -> None:
    modules = ["suggester", *(found.name for found in walk_packages([str(ROOT)], "suggester."))]
    # A migration script runs inside Alembic alone.
    modules = [name for name in modules if ".migrations." not in name]
    exporting = [module for name in modules if hasattr(module := import_module(name), "__all__")]
    assert {"suggester", "suggester.domain", "suggester.store"} <= {module.__name__ for module in exporting}
    missing = [
        f"{module.__name__}.{name}"
        for module in exporting
        for name in module.__all__
        if not hasattr(module, name)
    ]
    assert not missing
    assert sorted(dir(suggester)) == sorted(suggester.__all__)


def test_a_name_that_is_not_exported_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Nonsense"):
        _ = suggester.Nonsense


LEARNING = {"torch", "sentence_transformers", "transformers", "sklearn"}
RUN = """
import sys
sys.argv = ["suggester", *{words!r}]
try:
    from suggester.cli.main import run
    run()
except SystemExit as end:
    assert not end.code, end.code
{check}
"""
CHECK = "loaded = {unwanted!r} & sys.modules.keys(); assert not loaded, loaded"


def fresh(code: str) -> None:
    """Run Python code in a process of its own; it must succeed."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_the_package_loads_next_to_nothing() -> None:
    check = CHECK.format(unwanted={"numpy", "sqlalchemy", *LEARNING})
    fresh(f"import sys, suggester\n{check}")


def test_help_loads_no_database_and_no_numbers() -> None:
    check = CHECK.format(unwanted={"numpy", "sqlalchemy", *LEARNING})
    fresh(RUN.format(words=["--help"], check=check))


def test_commands_that_do_not_learn_load_no_learning_library(tmp_path: Path) -> None:
    study = str(tmp_path / "study")
    (tmp_path / "Anna.txt").write_text("INT: How?\nAnna: We listen.\n", "utf-8")
    (tmp_path / "codebook.csv").write_text("name\nListening\n", "utf-8")
    codings = "transcript,code,text,coder\nAnna,Listening,We listen.,Kim\n"
    (tmp_path / "codings.csv").write_text(codings, "utf-8")
    # One process for all of them: what one command loads would show after the next too.
    commands = [
        ["init", study],
        ["import", str(tmp_path / "Anna.txt"), "-p", study],
        ["codebook", "import", str(tmp_path / "codebook.csv"), "-p", study],
        ["codings", "import", str(tmp_path / "codings.csv"), "-p", study],
        ["codings", "export", str(tmp_path / "out.csv"), "-p", study],
        ["status", "-p", study],
    ]
    fresh("".join(RUN.format(words=words, check="") for words in commands) + CHECK.format(unwanted=LEARNING))
    assert (tmp_path / "out.csv").read_text("utf-8-sig").count("Listening") == 1
