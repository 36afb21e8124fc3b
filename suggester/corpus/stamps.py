"""Time stamps in transcripts: 0:12, [00:01:02], (1:02:03.5), F4's #00:01:23-4#, 0:0:1.5 --> 0:0:3.2."""

import re

_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,-]\d{1,6})?"
_TIMES = rf"{_TIME}(?:[^\S\n]*(?:-->|--?|–)[^\S\n]*{_TIME})?"

STAMP = rf"[\[(<{{]?#?{_TIMES}#?[\])>}}]?"
"""Pattern of one time stamp or a range of two, without groups, to be built into others."""

_PARTS = re.compile(r"(\d{1,3}):(\d{1,2})(?::(\d{1,2}))?(?:[.,-](\d{1,6}))?")
_BARE = r"\d{1,2}:\d{1,2}(?::\d{1,2})?(?:[.,]\d{1,6})?"
_RANGE = rf"[\[(]?{_BARE}\s*(?:-->|--?|–)\s*{_BARE}[\])]?"
_MARKED = rf"(?:\[{_TIMES}\]|\({_TIMES}\)|#{_TIMES}#)"

STAMP_LINE = re.compile(rf"[^\S\n]*(?:{_RANGE}|{STAMP})[^\S\n]*")
"""A line that holds nothing but a time stamp or a range of two (use with ``fullmatch``)."""

# A bare 10:30 at the end of a sentence may be a time of day, so it needs brackets or its own line.
_TRAILING = re.compile(rf"(?:\s*{_MARKED}|(?:^|\n)[^\S\n]*(?:{_RANGE}|{STAMP}))\s*\Z")
_LEADING = re.compile(rf"\s*(?:{_MARKED}|(?:{_RANGE}|{STAMP})[^\S\n]*\n)\s*")


def seconds_of(stamp: str) -> float | None:
    """Seconds since the start for a stamp in any of the usual forms, None for anything else.

    >>> seconds_of("#00:01:23-4#")
    83.4
    """
    found = _PARTS.search(stamp)
    if found is None:
        return None
    first, second, third, fraction = found.groups()
    whole = int(first) * 60 + int(second)
    if third is not None:
        whole = whole * 60 + int(third)
    return whole + (int(fraction) / 10 ** len(fraction) if fraction else 0.0)


def trailing_stamp(text: str, start: int, end: int) -> int | None:
    """Where a stamp at the end of ``text[start:end]`` starts, or None if there is none."""
    # Stamps are short: looking at the end only keeps this linear in the text's length.
    begin = max(start, end - 60)
    found = _TRAILING.search(text[begin:end])
    return None if found is None else begin + found.start()


def leading_stamp(text: str, start: int, end: int) -> int | None:
    """Where a stamp at the start of ``text[start:end]`` ends, or None if there is none."""
    found = _LEADING.match(text[start : min(end, start + 80)])
    return None if found is None else start + found.end()
