"""Where in a text a speaker may be named: labels before a colon, before a tab, on lines of their own."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from suggester.corpus.labels import (
    NAME,
    is_header_word,
    key_of,
    known_role,
    looks_like_name,
    may_be_label,
    stem_of,
)
from suggester.corpus.stamps import STAMP, STAMP_LINE, seconds_of


class Layout(StrEnum):
    """How speakers are told in a text, in the words a researcher is shown."""

    COLON = "labels before a colon"
    TAB = "labels before a tab, or in the first column of a table"
    STAMPED = "labels with a time stamp on a line of their own"
    OWN_LINE = "labels on a line of their own"
    NUMBERED = "numbered questions"
    PARAGRAPH_NUMBERS = "numbered paragraphs, no speakers found"
    INTERVIEWER_ONLY = "only the interviewer's lines have a label"
    NONE = "no speakers found"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text: ``text[start:end]``, its line end aside."""

    start: int
    end: int
    content: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A label in the text: its line starts at ``start``, what is said starts at ``said``."""

    start: int
    said: int
    label: str
    seconds: float | None


_BEFORE = rf"[^\S\n]*(?:\d{{1,4}}\t+)?(?:(?P<before>{STAMP})[^\S\n]*[-–—]?[^\S\n]*)?"
_AFTER = rf"(?:[^\S\n]*(?P<after>{STAMP}))?"
_PATTERNS = {
    Layout.COLON: re.compile(
        rf"{_BEFORE}(?:\*\*|__)?(?P<label>{NAME}){_AFTER}(?:\*\*|__)?[^\S\n]*[:：](?!//|(?<=\d:)\d\d(?!\d))"
        rf"(?:\*\*|__)?(?:[^\S\n]*(?P<later>{STAMP})(?!\d|:))?"
    ),
    Layout.TAB: re.compile(rf"{_BEFORE}(?P<label>{NAME})(?:[^\S\n\t]*(?P<after>{STAMP}))?[ ]?\t+(?=\S)"),
    Layout.STAMPED: re.compile(
        rf"[^\S\n]*(?:(?P<label>{NAME})[ \t\u00a0,|–-]*(?P<after>{STAMP})"
        rf"|(?P<before>{STAMP})[ \t\u00a0–-]*(?P<second>{NAME}))[^\S\n]*$"
    ),
    Layout.OWN_LINE: re.compile(rf"[^\S\n]*(?P<label>{NAME})[^\S\n]*$"),
}


def lines_of(text: str) -> list[Line]:
    """The lines of a text in order, LF being the only line end."""
    lines, start = [], 0
    for content in text.split("\n"):
        lines.append(Line(start, start + len(content), content))
        start += len(content) + 1
    return lines


def marks_of(lines: list[Line], layout: Layout) -> list[Mark]:
    """Every place where ``layout`` could name a speaker; most of a text's are none (see `accepted`)."""
    skip = _header_lines(lines) if layout is Layout.COLON else set()
    marks = []
    for number, line in enumerate(lines):
        found = _PATTERNS[layout].match(line.content)
        if found is None or number in skip:
            continue
        groups = found.groupdict()
        label = (groups["label"] or groups.get("second") or "").strip()
        if not may_be_label(label):
            continue
        if layout is Layout.OWN_LINE and not _opens_block(lines, number):
            continue
        stamp = groups.get("before") or groups.get("after") or groups.get("later")
        marks.append(Mark(line.start, line.start + found.end(), label, seconds_of(stamp) if stamp else None))
    return marks


def accepted(marks: Iterable[Mark], layout: Layout, named: frozenset[str] = frozenset()) -> frozenset[str]:
    """Keys of the labels that are speakers, by how often they recur.

    Three times makes a speaker, two suffice for a known word ("INT", "Interviewee"), one for a
    label in ``named``. Beside accepted speakers, once suffices for a known word and for a label
    that differs in its number only (P1, P2), twice for a name beside a known word.
    """
    marks = list(marks)
    counts = Counter(key_of(mark.label) for mark in marks)
    labels = {key_of(mark.label): mark.label for mark in reversed(marks)}
    known = {key: known_role(label) for key, label in labels.items()}
    taken = {
        key
        for key, count in counts.items()
        if key in named
        or (count >= 2 and known[key] is not None)
        or (count >= 3 and looks_like_name(labels[key]))
    }
    if layout is Layout.OWN_LINE and not any(known[key] or labels[key].isupper() for key in taken):
        # "Yes." said thrice on a line of its own is no speaker; a known word or capitals are.
        return frozenset(taken & named)
    if not taken:
        return frozenset()
    stems = {stem_of(labels[key]) for key in taken}
    beside_known = any(known[key] for key in taken)
    stamped = layout is Layout.STAMPED and sum(counts[key] for key in taken) >= 3
    for key, count in counts.items():
        label = labels[key]
        same_kind = any(sign.isdigit() for sign in label) and stem_of(label) in stems
        if known[key] or same_kind or (looks_like_name(label) and (stamped or (beside_known and count >= 2))):
            taken.add(key)
    return frozenset(taken)


def _opens_block(lines: list[Line], number: int) -> bool:
    before = lines[number - 1].content if number else ""
    after = next((line.content for line in lines[number + 1 : number + 3] if line.content.strip()), "")
    return bool(after) and (not before.strip() or STAMP_LINE.fullmatch(before) is not None)


_FIELD = re.compile(rf"\s*(?P<label>{NAME})\s*:\s*(?P<value>\S.{{0,80}})$")


def _header_lines(lines: list[Line]) -> set[int]:
    """Lines of a header, such as "Interviewer: Anna Berg" next to "Date: 3 May", that name no turn."""
    fields: dict[int, tuple[str, str]] = {}
    for number, line in enumerate(lines[:40]):
        found = _FIELD.match(line.content)
        if found is not None:
            fields[number] = (found["label"].strip(), found["value"].strip())
    skip: set[int] = set()
    for number, (label, _) in fields.items():
        if not is_header_word(label):
            continue
        for step in (-1, 1):
            beside = number + step
            while beside in fields and (_names_someone(*fields[beside]) or is_header_word(fields[beside][0])):
                skip.add(beside)
                beside += step
    return skip


def _names_someone(label: str, value: str) -> bool:
    long_word = known_role(label) is not None and len(stem_of(label)) > 4
    return long_word and len(value.split()) <= 4 and value[-1] not in ".?!…"
