"""Codebooks as nested JSON or YAML: lists of codes, bare, under `codes`, or under `headings`."""

from dataclasses import dataclass
from pathlib import Path

from suggester.domain import Code
from suggester.errors import CodebookError
from suggester.interop.codebook_fields import FIELDS, LISTS, code_of, split_examples

_SHAPE = "Write a list of codes with names, or {codes: [...]}, or {headings: [{name, codes: [...]}]}."

# Where other programs put the codes below a code.
_BELOW = frozenset({
    "children", "child codes", "codes", "subcodes", "sub codes", "subcategories", "sub categories", "nodes",
    "headings", "subheadings", "sub headings",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlacedCode:
    """A code and where in its file it is."""

    code: Code
    place: str


def codes_in_tree(tree: object, path: Path) -> list[PlacedCode]:
    """The codes of a nested value in their order.

    Raises
    ------
    CodebookError
        Something is not of the shape that a codebook has; ``place`` says where.
    """
    return _Reader(path).whole(tree)


def tree_of(codes: tuple[Code, ...]) -> dict[str, object]:
    """The value to write: one flat list of codes, empty fields left out."""
    return {"codes": [_fields_of(code) for code in codes]}


def _fields_of(code: Code) -> dict[str, object]:
    fields: dict[str, object] = {"name": code.name}
    for name in FIELDS:
        value = getattr(code, name)
        if name != "name" and value:
            fields[name] = list(value) if name in LISTS else value
    return fields


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path

    def whole(self, tree: object) -> list[PlacedCode]:
        if isinstance(tree, list):
            return self._codes(tree, "codes", "")
        if not isinstance(tree, dict):
            raise self._error("is no codebook", None)
        top = {str(key).strip().casefold(): value for key, value in tree.items()}
        found: list[PlacedCode] = []
        if "headings" in top:
            headings = top["headings"]
            if not isinstance(headings, list):
                raise self._error("is not a list", "headings")
            for number, heading in enumerate(headings):
                found += self._heading(heading, f"headings[{number}]")
        if "codes" in top:
            found += self._codes(top["codes"], "codes", "")
        if "headings" not in top and "codes" not in top:
            raise self._error("has neither 'codes' nor 'headings'", None)
        return found

    def _heading(self, heading: object, place: str) -> list[PlacedCode]:
        if not isinstance(heading, dict):
            raise self._error("is not a heading with name and codes", place)
        fields = {str(key).strip().casefold(): value for key, value in heading.items()}
        name = self._text(fields.get("name", fields.get("heading")), f"{place}.name")
        if not name.strip():
            raise self._error("is empty", f"{place}.name")
        if "codes" not in fields:
            raise self._error("has no codes", place)
        self._refuse_below({key: value for key, value in fields.items() if key != "codes"}, place)
        return self._codes(fields["codes"], f"{place}.codes", name)

    def _codes(self, codes: object, place: str, heading: str) -> list[PlacedCode]:
        if not isinstance(codes, list):
            raise self._error("is not a list", place)
        return [self._code(code, f"{place}[{number}]", heading) for number, code in enumerate(codes)]

    def _code(self, code: object, place: str, heading: str) -> PlacedCode:
        if isinstance(code, str):
            code = {"name": code}
        if not isinstance(code, dict):
            raise self._error("is not a code with a name", place)
        keys = {_key(str(key)): value for key, value in code.items()}
        self._refuse_below(keys, place)
        fields = {"heading": heading}
        lists: dict[str, list[str]] = {}
        for field, names in FIELDS.items():
            name = next((name for name in map(_key, names) if name in keys), None)
            if name is None:
                continue
            where = f"{place}.{field}"
            if field in LISTS:
                lists[field] = self._examples(keys[name], where)
            else:
                fields[field] = self._text(keys[name], where) or fields.get(field, "")
        if not fields.get("name", "").strip():
            raise self._error("is empty or missing", f"{place}.name")
        return PlacedCode(code_of(fields, lists), place)

    def _refuse_below(self, keys: dict[str, object], place: str) -> None:
        """A code has nothing below it, and a heading codes only: what else is there would be lost."""
        for key, value in keys.items():
            nested = isinstance(value, list | dict) and bool(value)
            records = isinstance(value, list) and any(isinstance(part, dict) for part in value)
            if (nested and _key(key) in _BELOW) or (records and _key(key) not in _KNOWN):
                raise CodebookError(
                    "holds codes below a code or heading, and a codebook has headings and codes only",
                    file=self._path,
                    place=f"{place}.{key[:40]}",
                    remedy="Write {headings: [{name, codes: [...]}]}, or name the heading in each code.",
                )

    def _examples(self, value: object, place: str) -> list[str]:
        if isinstance(value, list):
            return [self._text(example, f"{place}[{number}]") for number, example in enumerate(value)]
        return split_examples(self._text(value, place))

    def _text(self, value: object, place: str) -> str:
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self._error("is not text", place)
        return str(value)

    def _error(self, problem: str, place: str | None) -> CodebookError:
        return CodebookError(problem, file=self._path, place=place, remedy=_SHAPE)


def _key(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").split()).casefold()


_KNOWN = frozenset(_key(name) for names in FIELDS.values() for name in names)
