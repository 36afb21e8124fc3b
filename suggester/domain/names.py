"""How names are compared, and which transcript a table's name means."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

# Of texts and tables, and of the recordings that transcripts are often named after.
_SUFFIX = re.compile(
    r"\.(?:txt|md|docx?|odt|rtfd?|pdf|pages|key|eml|log|vtt|srt|csv|tsv|xlsx|html?|json|xml|ya?ml"
    r"|mp3|mp4|m4a|wav|wma|aac|ogg|flac|mov|avi)$"
)

# In a table with shifted columns a name may be a whole passage, which takes long to compare.
_LONGEST_COMPARED = 200


def folded(name: str) -> str:
    """A name as names are compared: case, runs of white space and Unicode normalisation aside.

    The same file has its accents in one piece on Windows and in two on a Mac.
    """
    return unicodedata.normalize("NFC", " ".join(name.split()).casefold())


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """What names are sorted by as people count: P2 before P10."""
    parts = re.split(r"([0-9]+)", folded(name))
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def close_names(name: str, names: Iterable[str], most: int = 5) -> tuple[str, ...]:
    """The names that may be meant: those that begin with what was typed, those that contain it, and those
    that are spelt much alike."""
    typed = _stem(name)[:_LONGEST_COMPARED]
    known = {folded(known): known for known in sorted(names, key=natural_key)}
    starting = [key for key in known if typed and key.startswith(typed)]
    holding = [key for key in known if typed and typed in key]
    alike = get_close_matches(typed, list(known))
    return tuple(known[key] for key in list(dict.fromkeys([*starting, *holding, *alike]))[:most])


def counted(number: int, what: str, several: str = "") -> str:
    """``1 transcript``, ``2 transcripts``, ``1,000 transcripts``; ``several`` where an s is not enough."""
    return f"{number:,} {what if number == 1 else several or f'{what}s'}"


class TranscriptNames:
    """Finds transcripts by name: the same one (`folded`), else the same without the files' endings.

    "interview 3.docx" means "Interview 3", if no other transcript could be meant.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_key: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for name in names:
            self._by_key.setdefault(folded(name), []).append(name)
            self._by_stem.setdefault(_stem(name), []).append(name)

    def matching(self, name: str) -> tuple[str, ...]:
        """The transcripts that ``name`` could mean: one, several, or none."""
        return tuple(self._by_key.get(folded(name)) or self._by_stem.get(_stem(name)) or ())


def _stem(name: str) -> str:
    return _SUFFIX.sub("", folded(name))
