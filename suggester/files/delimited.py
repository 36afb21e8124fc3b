"""Lines of cells from CSV text, and rows written as CSV."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from suggester.errors import FileError

_SEPARATORS = ",;\t"
# The line that Excel writes and hides to say what separates the cells.
_EXCEL_HINT = re.compile(r"\"?sep=(.)\"?\n")


def csv_lines(text: str, path: Path) -> list[tuple[int, list[str]]]:
    """The lines of CSV text with their numbers, from 1, as a spreadsheet shows them.

    Raises
    ------
    FileError
        A quotation mark is out of place.
    """
    hint = _EXCEL_HINT.match(text)
    if hint:
        text = text[hint.end() :]
    separator = hint[1] if hint else _separator(text)
    # Cells of hand-coded passages are long: the module's limit of 128 kB is not enough.
    csv.field_size_limit(2**31 - 1)
    lines: list[tuple[int, list[str]]] = []
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            lines.append((len(lines) + 1, line))
    except csv.Error as error:
        raise FileError(
            f"is not well-formed CSV: {error}",
            file=path,
            place=f"row {len(lines) + 1}",
            remedy="Look for a quotation mark that is opened and never closed, or save it as .xlsx.",
        ) from error
    return lines


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write UTF-8 with a mark in front, which makes Excel read it as UTF-8."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def _separator(text: str) -> str:
    """The separator that occurs most in the first filled line, quoted cells aside."""
    counts = dict.fromkeys(_SEPARATORS, 0)
    quoted = False
    at_cell_start = True
    for character in text.lstrip("\n"):
        if character == '"' and (quoted or at_cell_start):
            # After a closing mark another one reopens the cell: that is how CSV doubles them.
            at_cell_start = quoted
            quoted = not quoted
        elif quoted:
            continue
        elif character == "\n":
            break
        else:
            at_cell_start = character in _SEPARATORS
            if at_cell_start:
                counts[character] += 1
    return max(_SEPARATORS, key=counts.__getitem__)
