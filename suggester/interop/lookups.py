"""Transcripts and codes as other programs' tables name them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from suggester.domain import Code, Codebook, Transcript, TranscriptNames, close_names, folded

_BETWEEN_PARTS = re.compile(r"\s*(?:\\|->|>|/|::|:)\s*")
_BETWEEN_CODES = re.compile(r"[;|\n]")


@dataclass(frozen=True, slots=True)
class Named:
    """What a cell names; empty ``codes`` come with the reason."""

    codes: tuple[Code, ...]
    reason: str = ""


class TranscriptCells:
    """Finds the transcript that a cell names."""

    def __init__(self, transcripts: Mapping[str, Transcript] | Iterable[Transcript]) -> None:
        given = transcripts.values() if isinstance(transcripts, Mapping) else transcripts
        self._transcripts = {transcript.name: transcript for transcript in given}
        self._names = TranscriptNames(self._transcripts)

    def find(self, name: str) -> Transcript | str:
        """The transcript, or the reason why it is none."""
        if name in self._transcripts:
            return self._transcripts[name]
        found = self._names.matching(name)
        if not found:
            return f"no transcript has this name{_closest(name, self._transcripts)}"
        return self._transcripts[found[0]] if len(found) == 1 else f"{len(found)} transcripts have this name"


class CodeNames:
    """Finds the codes that a cell names, by their name or by heading and name."""

    def __init__(self, codebook: Codebook) -> None:
        self._names = [code.name for code in codebook]
        self._codes = {folded(code.name): code for code in codebook}
        self._paths = {_path(f"{code.heading}/{code.name}"): code for code in codebook if code.heading}
        self._cells: dict[str, Named] = {}

    def find(self, cell: str) -> Named:
        """The codes of a cell: one, or several separated by ``;``, ``|`` or line breaks.

        The cell is split only if it is no code as a whole and every part is one.
        """
        if cell not in self._cells:
            self._cells[cell] = self._look_up(cell)
        return self._cells[cell]

    def _look_up(self, cell: str) -> Named:
        whole = self._one(cell)
        if whole:
            return Named((whole,))
        parts = [part for part in _BETWEEN_CODES.split(cell) if part.strip()]
        if not parts:
            return Named((), "no code")
        codes = [self._one(part) for part in parts]
        found = tuple(dict.fromkeys(code for code in codes if code))
        if None not in codes:
            return Named(found)
        unknown = [" ".join(part.split()) for part, code in zip(parts, codes, strict=True) if code is None]
        reasons = [f"no code '{shown(name)}' in the codebook{self._near(name)}" for name in unknown[:3]]
        return Named((), "; ".join(reasons))

    def _one(self, name: str) -> Code | None:
        found = self._codes.get(folded(name)) or self._paths.get(_path(name))
        if found is None and " > " in name:
            # MAXQDA writes whole paths, also where the codebook was given without headings.
            last = self._codes.get(folded(name.rpartition(" > ")[2]))
            found = last if last and not last.heading else None
        return found

    def _near(self, name: str) -> str:
        return _closest(name, self._names)


def shown(name: str) -> str:
    """A name for a message, cut short: in a table with shifted columns it is a passage."""
    return name if len(name) <= 60 else f"{name[:60]}..."


def _path(name: str) -> str:
    return _BETWEEN_PARTS.sub("/", folded(name))


def _closest(name: str, names: Iterable[str]) -> str:
    near = [f"'{known}'" for known in close_names(name, names, most=3)]
    return f" (closest: {', '.join(near)})" if near else ""
