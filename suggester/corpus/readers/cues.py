"""Cues of caption files (.vtt, .srt), read leniently: people edit them, and no word may be lost."""

import re
from dataclasses import dataclass

_ARROW = r"(?:-[ -]?[ ]?>|→)"
_CLOCK = r"-?\d+(?:[:：][ ]?\d+|[.,;．，。]\d+)*[.,:]?"
_SETTING = r"(?:region|line|position|size|align|vertical|[XY][12]|[DLSTA]):\S+"
_STAMP = re.compile(
    rf"\s*(?P<start>{_CLOCK})\s*{_ARROW}\s*(?P<end>{_CLOCK})(?=\s|$)(?:\s+{_SETTING})*\s*(?P<rest>.*)", re.I
)
_BETWEEN = re.compile(r"[:：.,;．，。]")
_INDEX = re.compile(r"\s*-?\d+(?:\.\d*)?\s*")
_COMMENT = re.compile(r"NOTE(?:\s|$)")
_STYLE = re.compile(r"(?:STYLE|REGION)\s*$")


@dataclass(frozen=True, slots=True)
class Cue:
    """What a caption shows, its lines as they are; None for the times where no stamp precedes it."""

    start: float | None
    end: float | None
    raw: str


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of a file in its order, and how many of its time stamps could not be read."""

    cues: tuple[Cue, ...]
    unreadable: int


def cues_in(text: str, *, is_vtt: bool) -> Cues:
    """The cues of a caption file.

    Stamps may lack hours or fractions and have commas or full stops. What follows a blank line, or a
    stamp that makes no sense, belongs to the cue before. Of WebVTT, the head, comments and styles are
    left out, and the names of cues; of SubRip their numbers.
    """
    lines = text.split("\n")
    stamps = {number: found for number, line in enumerate(lines) if (found := _stamp(line))}
    skipped = _names(lines, stamps, is_vtt)
    if is_vtt:
        skipped |= _asides(lines, stamps)
    cues: list[Cue] = []
    unreadable = 0
    start: float | None = None
    end: float | None = None
    said: list[str] = []
    for number, line in enumerate(lines):
        found = stamps.get(number)
        if found is None:
            if number not in skipped and line.strip():
                said.append(line)
            continue
        times = (_seconds(found["start"]), _seconds(found["end"]))
        if None in times:
            unreadable += 1
        else:
            cues.append(Cue(start, end, "\n".join(said)))
            (start, end), said = times, []
        if found["rest"].strip():
            said.append(found["rest"])
    cues.append(Cue(start, end, "\n".join(said)))
    return Cues(tuple(cue for cue in cues if cue.start is not None or cue.raw), unreadable)


def _stamp(line: str) -> re.Match[str] | None:
    found = _STAMP.fullmatch(line)
    # "5 -> 6" may be said; a time has several parts.
    return found if found and (_BETWEEN.search(found["start"]) or _BETWEEN.search(found["end"])) else None


def _names(lines: list[str], stamps: dict[int, re.Match[str]], is_vtt: bool) -> set[int]:
    """The lines that name or number the cue below them."""
    above = [
        number - 1 for number in stamps if number and number - 1 not in stamps and lines[number - 1].strip()
    ]
    numbers = {number for number in above if _INDEX.fullmatch(lines[number])}
    if not is_vtt:
        return numbers
    first = {number for number in above if number == 0 or not lines[number - 1].strip()}
    # Where few cues have names, words before a stamp are what was said after a blank line.
    usual = 2 * len(first) > len(stamps)
    return numbers | {number for number in first if usual or len(lines[number].split()) == 1}


def _asides(lines: list[str], stamps: dict[int, re.Match[str]]) -> set[int]:
    """The lines of WebVTT's head, its comments, and the styles before the first cue."""
    aside: set[int] = set()
    inside = True
    first = min(stamps, default=len(lines))
    for number, line in enumerate(lines):
        opens = number > 0 and not lines[number - 1].strip()
        if opens and (_COMMENT.match(line) or (number < first and _STYLE.match(line))):
            inside = True
        elif not line.strip() or number in stamps:
            inside = False
        if inside:
            aside.add(number)
    return aside


def _seconds(clock: str) -> float | None:
    """Seconds for 1:02:03.5, 02:03,500 and the like; None for what is no time."""
    clock = clock.replace(" ", "").rstrip(".,:")
    parts = _BETWEEN.split(clock)
    marks = _BETWEEN.findall(clock)
    whole = len(parts)
    if whole == 4 or (whole > 1 and marks[-1] not in ":：" and (whole == 2 or marks[0] in ":：")):
        whole -= 1
    if not (whole <= 3 and len(parts) <= 4 and all(part.isdecimal() and len(part) <= 9 for part in parts)):
        return None
    if any(len(part) > 2 or int(part) > 59 for part in parts[1:whole]):
        return None
    seconds = 0.0
    for part in parts[:whole]:
        seconds = seconds * 60 + int(part)
    return seconds + (int(parts[-1]) / 10 ** len(parts[-1]) if len(parts) > whole else 0.0)
