"""Codebooks from .csv, .xlsx, .json and .yaml files, and written to them."""

import json
from pathlib import Path

from suggester.domain import Code, Codebook, folded
from suggester.errors import CodebookError, FileError, UnknownFormat
from suggester.files.atomic import replacing
from suggester.files.records import parse_json
from suggester.files.tables import Table, read_table, write_table
from suggester.files.text import read_text, refuse_name
from suggester.interop.codebook_fields import FIELDS, LISTS, code_of, join_examples, split_examples
from suggester.interop.codebook_trees import PlacedCode, codes_in_tree, tree_of
from suggester.interop.yaml_trees import read_yaml, write_yaml

_LARGEST = 5_000_000
_TABLES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm"})
_YAML = frozenset({".yaml", ".yml"})


def read_codebook(path: Path, encoding: str | None = None) -> Codebook:
    """Read a codebook from .csv, .tsv, .xlsx, .json or .yaml.

    A table needs a column for the name; heading, level, definition, include, exclude, examples,
    borderline, near_misses and color are read if they are there, other columns are not. Codes come
    without guid and version.

    Raises
    ------
    FileError, TableError
        The file cannot be read, is over 5 MB, or its header or a row is not usable.
    CodebookError
        No column for the name, no codes, a code without a name or two of the same name, or nested
        values of another shape; ``place`` names the row or the key.
    """
    path = Path(path)
    refuse_name(path)
    suffix = path.suffix.lower()
    if suffix not in _TABLES | _YAML | {".json"}:
        raise UnknownFormat(
            f"'{suffix}' is no codebook format", file=path, remedy="Use .csv, .xlsx, .json or .yaml."
        )
    _refuse_large(path)
    if suffix in _TABLES:
        codes = _codes_in_table(read_table(path, encoding))
    else:
        text = read_text(path, encoding)
        tree = read_yaml(text, path) if suffix in _YAML else parse_json(text, path)
        codes = codes_in_tree(tree, path)
    return _codebook(codes, path)


def write_codebook(path: Path, codebook: Codebook) -> None:
    """Write a codebook as .csv, .xlsx, .json or .yaml, so that `read_codebook` reads the same codes.

    Guids and the version belong to a study and are not written.

    Raises
    ------
    CodebookError
        There are no codes; or, in a table, an example contains `` | ``.
    FileError, UnknownFormat, TableError
        The file cannot be written; a cell is longer than Excel can hold.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if not codebook.codes:
        raise CodebookError("the codebook is empty", file=path, remedy="Add codes to it first.")
    if suffix in {".csv", ".xlsx"}:
        write_table(path, tuple(FIELDS), _rows(path, codebook), sheet="Codebook")
    elif suffix == ".json":
        with replacing(path) as temporary:
            text = json.dumps(tree_of(codebook.codes), ensure_ascii=False, indent=1)
            temporary.write_text(text + "\n", encoding="utf-8", newline="\n")
    elif suffix in _YAML:
        with replacing(path) as temporary:
            write_yaml(temporary, tree_of(codebook.codes))
    else:
        raise UnknownFormat(
            f"'{suffix}' is no codebook format", file=path, remedy="Use .csv, .xlsx, .json or .yaml."
        )


def _codes_in_table(table: Table) -> list[PlacedCode]:
    columns = {field: table.column(*names) for field, names in FIELDS.items()}
    if columns["name"] is None:
        raise CodebookError(
            f"no column for the code's name; the columns are {table.shown_columns}",
            file=table.path,
            place="row 1",
            remedy="Name it 'name' in the file's first row.",
        )
    found = []
    for row in table.rows:
        fields = {field: row.cells[column] for field, column in columns.items() if column is not None}
        code = code_of(fields, {field: split_examples(fields.get(field, "")) for field in LISTS})
        if not code.name:
            raise CodebookError(
                "has no name",
                file=table.path,
                place=f"row {row.number}",
                remedy="Give the code a name; a heading alone needs no row, each code names its own.",
            )
        found.append(PlacedCode(code, f"row {row.number}"))
    return found


def _codebook(codes: list[PlacedCode], path: Path) -> Codebook:
    if not codes:
        raise CodebookError("holds no codes", file=path, remedy="Give it at least one code with a name.")
    places: dict[str, str] = {}
    for placed in codes:
        key = folded(placed.code.name)
        if key in places:
            raise CodebookError(
                f"the code '{placed.code.name[:60]}' is there twice",
                file=path,
                place=f"{places[key]} and {placed.place}",
                remedy="Give each code a name of its own, for instance with its heading in front.",
            )
        places[key] = placed.place
    return Codebook(tuple(placed.code for placed in codes))


def _rows(path: Path, codebook: Codebook) -> list[list[str]]:
    return [[_cell(path, code, field) for field in FIELDS] for code in codebook]


def _cell(path: Path, code: Code, field: str) -> str:
    value = getattr(code, field)
    cell = join_examples(value) if field in LISTS else str(value)
    if cell is None:
        raise CodebookError(
            f"an example of the code '{code.name}' contains ' | ', which separates examples in a table",
            file=path,
            remedy="Write the codebook as .json or .yaml.",
        )
    return cell


def _refuse_large(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise FileError(
            f"cannot be read: {error.strerror or error}",
            file=path,
            remedy="Check the name and the permissions of the file.",
        ) from error
    if size > _LARGEST:
        raise FileError(
            f"has {size // 1_000_000} MB, too much for a codebook",
            file=path,
            remedy="Check that it is the codebook and not the transcripts.",
        )
