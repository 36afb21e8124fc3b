"""How names are compared, and which transcript a table's name means."""

import re
import unicodedata
from collections.abc import Iterable

# Of texts and tables, and of the recordings that transcripts are often named after.
_SUFFIX = re.compile(
    r"\.(?:txt|md|docx?|odt|rtfd?|pdf|pages|key|eml|log|vtt|srt|csv|tsv|xlsx|html?|json|xml|ya?ml"
    r"|mp3|mp4|m4a|wav|wma|aac|ogg|flac|mov|avi)$"
)


def folded(name: str) -> str:
    """A name as names are compared: case, runs of white space and Unicode normalisation aside.

    The same file has its accents in one piece on Windows and in two on a Mac.
    """
    return unicodedata.normalize("NFC", " ".join(name.split()).casefold())


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
