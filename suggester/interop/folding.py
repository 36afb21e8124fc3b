"""A text in which typography is folded away, with the way back to the offsets of the text itself."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

_SPACES = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)
# One code point for one, so that no offset changes.
_FOLDS = str.maketrans(
    dict.fromkeys(_SPACES, " ")
    | dict.fromkeys("‘’‚‛′`´", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
)
# Soft hyphens, zero-width spaces and joiners, byte-order marks: seen by nobody, dropped by many programs.
_UNSEEN = "\xad\u200b\u2060\ufeff"
# A Latin, Greek or Cyrillic letter with its accents, and a Korean syllable in its parts: one piece in one
# program, several in another.
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_COMPOSABLE = (
    rf"[^\s{_MARKS}{_UNSEEN}][{_MARKS}{_UNSEEN}]*[{_MARKS}]|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?"
)
# What goes with the character before it: an accent, or the vowel or the last part of a Korean syllable.
_CONTINUES = re.compile(rf"[{_UNSEEN}]*[{_MARKS}\u1161-\u1175\u11a8-\u11c2]")
_CHANGES_LENGTH = re.compile(rf"[ {_UNSEEN}]{{2,}}|[{_UNSEEN}]|-[-{_UNSEEN}]*-|…|{_COMPOSABLE}")
_ELLIPSIS_AROUND = re.compile(
    r"^(?:\s*(?:\[\.\.\.\]|\(\.\.\.\)|\.{3,}))+|(?:(?:\[\.\.\.\]|\(\.\.\.\)|\.{3,})\s*)+$"
)


@dataclass(frozen=True, slots=True)
class _Change:
    """A stretch of the text that has another length once folded."""

    start: int
    end: int
    folded_start: int
    folded_end: int


class FoldedText:
    """A text with runs of white space, quotation marks, dashes and ellipses folded to plain ones.

    Case and letters are kept. Accents of Latin, Greek and Cyrillic letters and the syllables of modern
    Korean are composed (NFC); other scripts stay as they are written. ``folded`` is what is searched;
    `source_span` leads back.
    """

    def __init__(self, text: str) -> None:
        self._changes: list[_Change] = []
        pieces: list[str] = []
        plain = text.translate(_FOLDS)
        done = length = 0
        for match in _CHANGES_LENGTH.finditer(plain):
            piece = _folded_piece(match[0])
            length += match.start() - done
            self._changes.append(_Change(match.start(), match.end(), length, length + len(piece)))
            pieces += [plain[done : match.start()], piece]
            length += len(piece)
            done = match.end()
        self.folded = "".join([*pieces, plain[done:]])
        self._starts = [change.folded_start for change in self._changes]

    def source_span(self, folded_start: int, folded_end: int) -> tuple[int, int] | None:
        """The span of the text under ``[folded_start, folded_end)`` of ``folded``.

        None if an end of it is within something that is one in the text, such as an ellipsis.
        """
        first = self._change_at(folded_start)
        if first is None:
            start = folded_start
        elif folded_start >= first.folded_end:
            start = first.end + folded_start - first.folded_end
        elif folded_start == first.folded_start:
            start = first.start
        else:
            return None
        last = self._change_at(folded_end - 1)
        if last is None:
            end = folded_end
        elif folded_end - 1 >= last.folded_end:
            end = last.end + folded_end - last.folded_end
        elif folded_end == last.folded_end:
            end = last.end
        else:
            return None
        return start, end

    def _change_at(self, folded_place: int) -> _Change | None:
        """The last change that begins at or before this place."""
        index = bisect_right(self._starts, folded_place) - 1
        return self._changes[index] if index >= 0 else None


def folded_quote(quote: str) -> str:
    """``quote`` folded as `FoldedText` folds, without outer white space."""
    return FoldedText(quote).folded.strip(" ")


def cuts_a_letter(text: str, place: int) -> bool:
    """Whether what ends at this place leaves a letter there without its accent, or half a syllable."""
    return _CONTINUES.match(text, place) is not None


def without_ellipses(quote: str) -> str:
    """A folded quote without the ellipses that mark where it was cut off."""
    return _ELLIPSIS_AROUND.sub("", quote).strip(" ")


def _folded_piece(piece: str) -> str:
    if piece == "…":
        return "..."
    if piece[0] == "-" and piece[-1] == "-":
        return "-"
    if piece[0] == " " or piece[0] in _UNSEEN:
        return " " if " " in piece else ""
    return unicodedata.normalize("NFC", re.sub(f"[{_UNSEEN}]", "", piece))
