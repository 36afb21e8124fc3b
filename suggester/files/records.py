"""Lists of flat JSON objects as lines of cells, and rows written as JSON."""

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from suggester.errors import FileError, TableError


def record_lines(text: str, path: Path) -> list[tuple[int, list[str]]]:
    """A header and the records of a .json list or a .jsonl file, as lines of a table.

    The header has number 0; a record has its place in the list, or its line, from 1. A key that a
    record lacks, and ``null``, is an empty cell.

    Raises
    ------
    FileError
        It is not JSON, or not a list of objects.
    TableError
        A value is neither text, number, true, false nor null.
    """
    if path.suffix.lower() == ".jsonl":
        # Not splitlines(): text within JSON may hold other line breaks than LF.
        lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
        records = [(number, parse_json(line, path, number)) for number, line in lines]
    else:
        whole = parse_json(text, path)
        if not isinstance(whole, list):
            raise FileError("is not a list of records", file=path, remedy="Write it as [{...}, {...}].")
        records = list(enumerate(whole, start=1))
    columns: dict[str, None] = {}
    for number, record in records:
        if not isinstance(record, dict):
            raise FileError(
                "is not a record", file=path, place=f"row {number}", remedy="Write each row as {...}."
            )
        columns.update(dict.fromkeys(record))
    if not columns:
        return []
    body = [
        (number, [_cell(record.get(name), path, number, name) for name in columns])
        for number, record in records
        if isinstance(record, dict)
    ]
    return [(0, list(columns)), *body]


def parse_json(text: str, path: Path, row: int | None = None) -> object:
    """The value of a JSON text.

    Raises
    ------
    FileError
        It is not JSON, is nested too deeply, has a number that is none (NaN), or an object has the same
        key twice.
    """
    remedy = "Check it with a JSON editor, or save the table as .csv."
    try:
        value: object = json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno if row is None else row}, column {error.colno}"
        raise FileError(f"is not JSON: {error.msg}", file=path, place=place, remedy=remedy) from error
    except (RecursionError, ValueError) as error:
        problem = "is nested too deeply" if isinstance(error, RecursionError) else f"is not usable: {error}"
        place_of_row = None if row is None else f"row {row}"
        raise FileError(problem, file=path, place=place_of_row, remedy=remedy) from error
    return value


def write_json(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a list of objects."""
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    text = json.dumps(records, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def write_json_lines(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write one object a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            record = dict(zip(columns, row, strict=True))
            file.write(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        # Python would keep the last one and drop the others in silence.
        raise ValueError("an object has the same key twice")
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON value")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _cell(value: object, path: Path, number: int, column: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value).replace("\r\n", "\n").replace("\r", "\n")
    raise TableError(
        f"'{column[:40]}' holds a list or an object",
        file=path,
        place=f"row {number}",
        remedy="Give each record plain values: text or numbers.",
    )
