"""Numbered questions: a written guide's prompts as numbered lines, the answers unlabelled below them."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from suggester.corpus.marks import Line, Mark
from suggester.corpus.reading import Segment, trimmed

_NUMBERED = re.compile(
    r"\s*(?P<top>\d{1,2})(?P<sub>(?:\.(?:[a-z]|[ivx]{1,4}|\d{1,2}))*)(?P<dot>[.)]?)\s+(?=\S)"
)
_LETTERED = re.compile(r"\s*(?:[a-z]\.[ivx]{1,4}[.)]?|[a-h]\)|[ivx]{1,4}\))\s+(?=\S)")
_HEADED = re.compile(r"\s*[^\W\d_][\w' -]{1,28}:\s*$")
_DIRECTION = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*$")
_FEWEST = 3


def prompts_of(lines: Sequence[Line]) -> dict[int, int]:
    """The lines that ask: number of the line to the offset of its words, behind the number.

    Numbers have to go up by small steps, which sets prompts apart from "15 days before that";
    empty where fewer than three such lines are followed by an answer each.
    """
    prompts: dict[int, int] = {}
    top = 0
    for number, line in enumerate(lines):
        found = _NUMBERED.match(line.content)
        if found is not None and _continues(top, found, line.content):
            top = int(found["top"])
        elif not prompts or (found := _LETTERED.match(line.content) or _HEADED.match(line.content)) is None:
            continue
        behind = 0 if found.re is _HEADED else found.end()
        prompts[number] = line.start + behind
    return prompts if _are_answered(prompts, lines) else {}


def segments_between_prompts(
    text: str, lines: Sequence[Line], prompts: Mapping[int, int], marks: Sequence[Mark]
) -> tuple[Segment, ...]:
    """Segments of a text in which only the interviewer's lines are marked.

    Each prompt and each labelled line is a segment that ends with its line. The unlabelled lines
    below are one segment; stage directions at its edges, "(reads the task)", are nobody's speech.
    """
    labelled = {mark.start: mark for mark in marks}
    segments: list[Segment] = []
    open_from: int | None = None
    last: int | None = None
    for number, line in enumerate(lines):
        mark = labelled.get(line.start)
        if number in prompts or mark is not None:
            if open_from is not None and last is not None:
                segments.append(Segment(open_from, last, None))
            open_from = last = None
            said = mark.said if mark is not None else prompts[number]
            start, end = trimmed(text, said, line.end)
            if start < end:
                speaker = mark.label if mark is not None else None
                seconds = mark.seconds if mark is not None else None
                segments.append(Segment(start, end, speaker, seconds, prompt=mark is None))
        elif segments and line.content.strip() and not _DIRECTION.match(line.content):
            start, last = trimmed(text, line.start, line.end)
            open_from = start if open_from is None else open_from
    if open_from is not None and last is not None:
        segments.append(Segment(open_from, last, None))
    return tuple(segments)


def _continues(top: int, found: re.Match[str], content: str) -> bool:
    number, sub, dot = int(found["top"]), found["sub"], found["dot"]
    if not max(1, top) <= number <= top + 3:
        return False
    if sub:
        return True
    following = content[found.end()]
    # Without a full stop behind it, "4 data sets" is speech; so is a number that repeats.
    return number > top and (not following.islower() if not dot else not following.isdigit())


def _are_answered(prompts: Mapping[int, int], lines: Sequence[Line]) -> bool:
    filled = [number for number, line in enumerate(lines) if line.content.strip()]
    answered = sum(current in prompts and following not in prompts for current, following in pairwise(filled))
    return len(prompts) >= _FEWEST and answered >= max(2, len(prompts) / 3)
