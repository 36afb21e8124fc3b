"""Sentences of spoken text, as spans: abbreviations, ellipses, quotation marks, no punctuation at all."""

import re
from dataclasses import dataclass

from suggester.corpus.reading import trimmed
from suggester.corpus.words import ABBREVIATIONS

_END = re.compile(
    r"(?P<mark>[.!?…‽؟]+)[\"'”’»›)\]]*(?=\s)"  # a mark, quotation marks closing behind it, a space
    r"|[。！？]+[」』”）]*"  # no space is needed here
    r"|\n"
)
# One Chinese or Japanese sign counts as a word, for there are no spaces to count by.
_SIGN = re.compile("[぀-ヿ㐀-鿿豈-\ufaff]")
_WORD = re.compile(rf"{_SIGN.pattern}|[^\s぀-ヿ㐀-鿿豈-\ufaff]+")
_LAST_TOKEN = re.compile(r"[^\s(\"'“‘«]+\Z")
_WEAK = re.compile(r"[,;:–—]+(?=\s)|[，；：、]")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span ``[start, end)`` of a text and the number of words in it."""

    start: int
    end: int
    words: int


def count_words(text: str) -> int:
    """Number of words: runs without white space; each Chinese or Japanese sign by itself."""
    if text.isascii() or _SIGN.search(text) is None:
        return len(text.split())
    return sum(1 for _ in _WORD.finditer(text))


def sentences(text: str, start: int, end: int, longest: int) -> list[Stretch]:
    """Cut ``text[start:end]`` into sentences of at most ``longest`` words.

    A longer sentence is cut at commas, and where there are none between words, so that speech
    recognised without punctuation is cut as well. The stretches are in order, do not overlap,
    start and end on a sign that is no white space, and cover all of those.
    """
    found: list[Stretch] = []
    for first, last in _pieces(text, start, end, _sentence_ends(text, start, end)):
        stretch = Stretch(first, last, count_words(text[first:last]))
        found.extend([stretch] if stretch.words <= longest else _shortened(text, stretch, longest))
    return found


def _sentence_ends(text: str, start: int, end: int) -> list[int]:
    return [match.end() for match in _END.finditer(text, start, end) if _is_end(text, match, start, end)]


def _is_end(text: str, match: re.Match[str], start: int, end: int) -> bool:
    following = text[match.end() : min(end, match.end() + 40)].lstrip()[:1]
    if match.group() == "\n":
        # Text wrapped at a fixed width goes on in lower case.
        blank = text[match.end() : end].split("\n", 1)[0].strip() == ""
        return blank or not following.islower()
    mark = match["mark"]
    if mark is None:
        return True
    if following.islower():
        return False
    if mark != ".":
        return True
    token = _LAST_TOKEN.search(text, max(start, match.start() - 20), match.start())
    word = token.group() if token else ""
    initial = len(word) == 1 and word.isupper() and word != "I"
    return not initial and word.casefold() not in ABBREVIATIONS


def _pieces(text: str, start: int, end: int, cuts: list[int]) -> list[tuple[int, int]]:
    spans = (trimmed(text, first, last) for first, last in zip([start, *cuts], [*cuts, end], strict=True))
    return [(first, last) for first, last in spans if first < last]


def _shortened(text: str, sentence: Stretch, longest: int) -> list[Stretch]:
    """Cut one long sentence at commas, gathering clauses while they fit, else between words."""
    cuts = [match.end() for match in _WEAK.finditer(text, sentence.start, sentence.end)]
    clauses: list[Stretch] = []
    for first, last in _pieces(text, sentence.start, sentence.end, cuts):
        words = count_words(text[first:last])
        before = clauses[-1] if clauses else None
        if before is not None and before.words + words <= longest // 2:
            clauses[-1] = Stretch(before.start, last, before.words + words)
        else:
            clauses.append(Stretch(first, last, words))
    return [part for clause in clauses for part in _between_words(text, clause, longest)]


def _between_words(text: str, clause: Stretch, longest: int) -> list[Stretch]:
    if clause.words <= longest:
        return [clause]
    words = [match.span() for match in _WORD.finditer(text, clause.start, clause.end)]
    n_parts = -(-len(words) // max(1, longest // 2))
    size = -(-len(words) // n_parts)
    groups = [words[i : i + size] for i in range(0, len(words), size)]
    return [Stretch(group[0][0], group[-1][1], len(group)) for group in groups]
