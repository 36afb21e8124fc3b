"""YAML as nested lists, mappings and text: no types, no aliases, no objects."""

import re
from pathlib import Path
from typing import Any

from suggester.errors import CodebookError

_DEEPEST = 20
_RARE_BREAKS = re.compile("[\x85\u2028\u2029\ufeff]")
_EMPTY_WORDS = frozenset({"", "~", "null", "Null", "NULL"})


def read_yaml(text: str, path: Path) -> object:
    """The value of a YAML text, built from its events.

    Every scalar stays text: a code named `No` or `1.10` is neither false nor 1.1. Aliases, with
    which a small file can grow without bound, are refused.

    Raises
    ------
    CodebookError
        It is not YAML, or has aliases, a merge key, a key twice, several documents or very deep nesting.
    """
    import yaml

    try:
        builder = _Builder(path)
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            builder.take(event)
    except yaml.YAMLError as error:
        # Not the error's own message: it quotes the text.
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark is not None else None
        raise _error("is not well-formed YAML", path, place) from error
    return builder.value


def write_yaml(path: Path, tree: object) -> None:
    """Write a value as YAML with its characters as they are."""
    import yaml

    def represent(dumper: Any, value: str) -> Any:
        # PyYAML's other styles change these line breaks; between double marks it escapes them.
        style = '"' if _RARE_BREAKS.search(value) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    dumper: Any = type("Dumper", (yaml.SafeDumper,), {})
    dumper.add_representer(str, represent)
    text = yaml.dump(tree, Dumper=dumper, allow_unicode=True, sort_keys=False, width=100)
    path.write_text(text, encoding="utf-8", newline="\n")


class _Builder:
    """Puts a stream of YAML events together; a loop, so that deep nesting cannot exhaust the stack."""

    def __init__(self, path: Path) -> None:
        self.value: object = None
        self._path = path
        self._documents = 0
        self._open: list[list[object] | dict[str, object]] = []
        self._keys: list[str | None] = []

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        place = f"line {event.start_mark.line + 1}" if event.start_mark else None
        if kind == "AliasEvent":
            raise _error("has an alias (*name)", self._path, place)
        if kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                raise _error("holds several documents", self._path, place)
        elif kind == "ScalarEvent":
            if event.style is None and event.value == "<<" and self._at_key():
                # Merging is refused like aliases, its usual company.
                raise _error("has a merge key (<<)", self._path, place)
            empty = event.style is None and event.value in _EMPTY_WORDS
            self._put(None if empty else event.value, place)
        elif kind in {"MappingStartEvent", "SequenceStartEvent"}:
            if len(self._open) >= _DEEPEST:
                raise _error("is nested too deeply", self._path, place)
            opened: list[object] | dict[str, object] = {} if kind == "MappingStartEvent" else []
            self._put(opened, place)
            self._open.append(opened)
            self._keys.append(None)
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            self._open.pop()
            self._keys.pop()

    def _at_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1], dict) and self._keys[-1] is None

    def _put(self, value: object, place: str | None) -> None:
        if not self._open:
            self.value = value
            return
        inner = self._open[-1]
        if isinstance(inner, list):
            inner.append(value)
        elif self._keys[-1] is not None:
            inner[self._keys[-1]] = value
            self._keys[-1] = None
        elif not isinstance(value, str):
            raise _error("has a key that is not text", self._path, place)
        elif value in inner:
            raise _error(f"has the key '{value[:40]}' twice", self._path, place)
        else:
            self._keys[-1] = value


def _error(problem: str, path: Path, place: str | None) -> CodebookError:
    return CodebookError(
        problem, file=path, place=place, remedy="Check it with a YAML editor, or save the codebook as .csv."
    )
