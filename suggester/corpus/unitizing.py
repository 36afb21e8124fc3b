"""Unitizing: the passages of a transcript that get codes."""

import re

from suggester.corpus.reading import trimmed
from suggester.corpus.sentences import Stretch, count_words, sentences
from suggester.domain import Passage, Role, Transcript, Turn, Unit

_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_LINE_END = re.compile(r"\n")


def unitize(transcript: Transcript, unit: Unit = Unit.WINDOW, words: int = 40) -> tuple[Passage, ...]:
    """Cut the turns of a transcript into passages.

    Parameters
    ----------
    transcript : Transcript
        The text and its turns.
    unit : Unit
        Whole turns; paragraphs (between blank lines or, in a text without any, lines); lines; or
        windows of whole sentences.
    words : int
        Size of a window, in words. Windows of one turn are made of even size, at least a third of
        this unless the turn is shorter.

    Returns
    -------
    tuple of Passage
        In order, inside one turn each, not overlapping, never empty, and together covering all of
        the turns' text but white space. The context of a participant's passage is the nearest
        interviewer's turn before it.

    Raises
    ------
    ValueError
        ``words`` is not positive.
    """
    if words < 1:
        raise ValueError(f"a window needs at least one word, not {words}")
    text = transcript.text
    separator = _BLANK_LINES if unit is Unit.PARAGRAPH and _BLANK_LINES.search(text) else _LINE_END
    passages: list[Passage] = []
    context = ""
    for turn in transcript.turns:
        if unit is Unit.TURN:
            spans = [trimmed(text, turn.start, turn.end)]
        elif unit is Unit.WINDOW:
            spans = _windows(text, turn, words)
        else:
            spans = _between(text, turn, separator)
        own = "" if turn.role is Role.INTERVIEWER else context
        passages.extend(
            Passage(transcript.name, start, end, text[start:end], turn.speaker, turn.role, own)
            for start, end in spans
            if start < end
        )
        if turn.role is Role.INTERVIEWER:
            context = text[turn.start : turn.end]
    return tuple(passages)


def _between(text: str, turn: Turn, separator: re.Pattern[str]) -> list[tuple[int, int]]:
    spans, start = [], turn.start
    for match in separator.finditer(text, turn.start, turn.end):
        spans.append(trimmed(text, start, match.start()))
        start = match.end()
    return [*spans, trimmed(text, start, turn.end)]


def _windows(text: str, turn: Turn, words: int) -> list[tuple[int, int]]:
    if round(count_words(text[turn.start : turn.end]) / words) <= 1:
        return [trimmed(text, turn.start, turn.end)]
    parts = sentences(text, turn.start, turn.end, longest=2 * words)
    windows = _without_crumbs(_evenly(parts, words), words)
    return [(window.start, window.end) for window in windows]


def _evenly(parts: list[Stretch], words: int) -> list[Stretch]:
    """Group sentences into windows of nearly equal size: each goes where its middle falls."""
    total = sum(part.words for part in parts)
    n_windows = max(1, round(total / words))
    windows: list[Stretch] = []
    before, current = 0, -1
    for part in parts:
        place = min(n_windows - 1, int((before + part.words / 2) * n_windows / max(1, total)))
        before += part.words
        if place == current:
            windows[-1] = _joined(windows[-1], part)
        else:
            windows.append(part)
            current = place
    return windows


def _without_crumbs(windows: list[Stretch], words: int) -> list[Stretch]:
    """Join each window below a third of the size to its smaller neighbour."""
    windows = list(windows)
    place = 0
    while place < len(windows) and len(windows) > 1:
        if 3 * windows[place].words >= words:
            place += 1
            continue
        left_is_smaller = place > 0 and (
            place + 1 == len(windows) or windows[place - 1].words <= windows[place + 1].words
        )
        first = place - 1 if left_is_smaller else place
        windows[first : first + 2] = [_joined(windows[first], windows[first + 1])]
        place = first
    return windows


def _joined(first: Stretch, second: Stretch) -> Stretch:
    return Stretch(first.start, second.end, first.words + second.words)
