"""From a text to its segments: which layout tells the speakers, and what each of them says."""

from collections import Counter
from collections.abc import Iterable, Sequence

from suggester.corpus.labels import key_of, known_role, looks_like_name
from suggester.corpus.marks import Layout, Line, Mark, accepted, lines_of, marks_of
from suggester.corpus.numbered import prompts_of, segments_between_prompts
from suggester.corpus.reading import Segment, Segmentation, trimmed
from suggester.corpus.stamps import leading_stamp, seconds_of, trailing_stamp
from suggester.domain import Role

_LABELLED = (Layout.COLON, Layout.TAB, Layout.STAMPED, Layout.OWN_LINE)


def segment(text: str, interviewer: Iterable[str] = ()) -> Segmentation:
    """Tell the speakers of a text.

    Parameters
    ----------
    text : str
        The transcript, LF line ends.
    interviewer : iterable of str
        Labels that are speakers even where they occur once.

    Returns
    -------
    Segmentation
        Segments in order, without white space, labels or stamps at their ends and never empty;
        text before the first label is in none. Without any label one segment holds everything.
    """
    named = frozenset(key_of(name) for name in interviewer)
    lines = lines_of(text)
    layout, marks = _best(lines, named)
    prompts = prompts_of(lines)
    if prompts and _labels_are_few(marks, len(prompts), named):
        once = [mark for mark in marks_of(lines, Layout.COLON) if _interviewers(mark.label, named)]
        return Segmentation(Layout.NUMBERED, segments_between_prompts(text, lines, prompts, once))
    if not marks:
        if rows := _numbered_rows(text, lines):
            return Segmentation(Layout.PARAGRAPH_NUMBERS, rows)
        start, end = trimmed(text, 0, len(text))
        return Segmentation(Layout.NONE, (Segment(start, end, None),) if start < end else ())
    if layout is Layout.COLON and _only_interviewers(marks, lines, named):
        segments = segments_between_prompts(text, lines, {}, marks)
        return Segmentation(Layout.INTERVIEWER_ONLY, segments, _left_out(lines, marks))
    notes = _left_out(lines, marks) if layout is Layout.COLON else ()
    return Segmentation(layout, _segments(text, marks), notes)


def labels_in(segments: Iterable[Segment]) -> tuple[str, ...]:
    """The labels of the segments, most frequent first."""
    return tuple(label for label, _ in Counter(s.speaker for s in segments if s.speaker).most_common())


def _best(lines: list[Line], named: frozenset[str]) -> tuple[Layout, list[Mark]]:
    best, found = Layout.NONE, list[Mark]()
    for layout in _LABELLED:
        marks = marks_of(lines, layout)
        keys = accepted(marks, layout, named)
        taken = _as_first_spelled([mark for mark in marks if key_of(mark.label) in keys])
        if len(taken) > len(found):
            best, found = layout, taken
    return best, found


def _as_first_spelled(marks: list[Mark]) -> list[Mark]:
    """One spelling per label where only case and spaces differ: the most frequent."""
    spellings: dict[str, Counter[str]] = {}
    for mark in marks:
        spellings.setdefault(key_of(mark.label), Counter())[mark.label] += 1
    chosen = {key: counts.most_common(1)[0][0] for key, counts in spellings.items()}
    return [Mark(mark.start, mark.said, chosen[key_of(mark.label)], mark.seconds) for mark in marks]


def _interviewers(label: str, named: frozenset[str]) -> bool:
    return key_of(label) in named or known_role(label) is Role.INTERVIEWER


def _labels_are_few(marks: Sequence[Mark], n_prompts: int, named: frozenset[str]) -> bool:
    others = [mark for mark in marks if not _interviewers(mark.label, named)]
    return 2 * len(others) < n_prompts and not any(known_role(mark.label) for mark in others)


def _only_interviewers(marks: Sequence[Mark], lines: list[Line], named: frozenset[str]) -> bool:
    if not all(_interviewers(mark.label, named) for mark in marks):
        return False
    starts = {mark.start for mark in marks}
    unlabelled = [line for line in lines if line.content.strip() and line.start not in starts]
    return len(unlabelled) >= len(marks) and sum(line.start > marks[0].start for line in unlabelled) > 0


def _segments(text: str, marks: list[Mark]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    ended: float | None = None
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        stop = following.start if following else len(text)
        seconds = mark.seconds
        start, end = trimmed(text, mark.said, stop)
        while start < end and (after := leading_stamp(text, start, end)) is not None:
            seconds = seconds_of(text[start:after]) if seconds is None else seconds
            start, end = trimmed(text, after, end)
        # F4 puts the stamp behind what was said: it is then the time at which the next turn starts.
        seconds = ended if seconds is None else seconds
        ended = None
        while start < end and (before := trailing_stamp(text, start, end)) is not None:
            ended = seconds_of(text[before:end])
            start, end = trimmed(text, start, before)
        if start < end:
            segments.append(Segment(start, end, mark.label, seconds))
    return tuple(segments)


def _numbered_rows(text: str, lines: list[Line]) -> tuple[Segment, ...]:
    """Paragraphs behind a column that counts 1, 2, 3 (as MAXQDA exports them), if this is such a text."""
    rows = [(line, line.content.split("\t", 1)[0]) for line in lines if "\t" in line.content]
    counted = [number.strip() for _, number in rows]
    if len(rows) < 3 or counted != [str(i) for i in range(1, len(rows) + 1)]:
        return ()
    stops = [*(line.start for line, _ in rows[1:]), len(text)]
    spans = [
        trimmed(text, line.start + len(number) + 1, stop)
        for (line, number), stop in zip(rows, stops, strict=True)
    ]
    return tuple(Segment(start, end, None) for start, end in spans if start < end)


def _left_out(lines: list[Line], marks: Sequence[Mark]) -> tuple[str, ...]:
    """Name the labels that occur too rarely to be speakers, for the researcher to judge."""
    taken = {key_of(mark.label) for mark in marks}
    rare = Counter(
        mark.label
        for mark in marks_of(lines, Layout.COLON)
        if key_of(mark.label) not in taken and looks_like_name(mark.label) and mark.start > marks[0].start
    )
    if not rare:
        return ()
    shown = ", ".join(f"'{label}'" for label, _ in rare.most_common(5))
    return (f"before a colon, but too rarely to be a speaker: {shown}",)
