"""Captions (.vtt, .srt) as Zoom, Teams and Otter write them."""

import html
import re
from collections.abc import Sequence
from pathlib import Path

from suggester.corpus.labels import key_of
from suggester.corpus.marks import Layout, Line, accepted, marks_of
from suggester.corpus.readers.cues import Cue, Cues, cues_in
from suggester.corpus.reading import Conversation, Utterance
from suggester.errors import FileError
from suggester.files.text import decoded, read_bytes

_VOICE = re.compile(r"<v(?:\.[^\s>]+)?[ \t]+(?P<name>[^>]+)>(?P<said>.*?)(?=</v>|<v[ .]|\Z)", re.S)
_TAG = re.compile(r"</?(?:v|c|b|i|u|lang|ruby|rt|font)\b[^>]*>|<\d[\d:.]*>", re.I)


def read_vtt(path: Path, interviewer: Sequence[str] = (), encoding: str | None = None) -> Conversation:
    """The utterances of a WebVTT file: Teams' ``<v Name>`` or Zoom's ``Name: text``.

    Raises
    ------
    FileError
        The file is not well-formed.
    """
    found = decoded(read_bytes(path), path, encoding)
    if not found.text.startswith("WEBVTT"):
        raise _malformed(path, "WebVTT")
    return _conversation(path, _cues(found.text, path, "WebVTT"), interviewer, found.notes)


def read_srt(path: Path, interviewer: Sequence[str] = (), encoding: str | None = None) -> Conversation:
    """The utterances of a SubRip file, speakers told by ``Name: text``.

    Raises
    ------
    FileError
        The file is not well-formed.
    """
    found = decoded(read_bytes(path), path, encoding)
    return _conversation(path, _cues(found.text, path, "SubRip"), interviewer, found.notes)


def _cues(text: str, path: Path, kind: str) -> Cues:
    found = cues_in(text, is_vtt=kind == "WebVTT")
    if found.cues and all(cue.start is None for cue in found.cues):
        raise _malformed(path, kind)
    return found


def _malformed(path: Path, kind: str) -> FileError:
    return FileError(
        f"is no well-formed {kind} file",
        file=path,
        remedy="Export the captions again, or save them as .txt with 'Name: text' lines.",
    )


def _conversation(
    path: Path, found: Cues, interviewer: Sequence[str], notes: tuple[str, ...]
) -> Conversation:
    cues = found.cues
    voices = any(_VOICE.search(cue.raw) for cue in cues)
    spoken = _by_voice(cues) if voices else _by_label(cues, interviewer)
    utterances = _joined(spoken)
    if any(utterance.speaker for utterance in utterances):
        layout = "captions with voice tags" if voices else "captions with labels before a colon"
    else:
        layout = f"captions, {Layout.NONE}"
    if found.unreadable:
        unread = f"time stamps that could not be read: {found.unreadable}; what follows is in the cue before"
        notes = (*notes, unread)
    return Conversation(path.stem, layout, utterances, notes=notes)


def _by_voice(cues: Sequence[Cue]) -> list[tuple[Cue, str | None, str]]:
    spoken: list[tuple[Cue, str | None, str]] = []
    for cue in cues:
        voices = list(_VOICE.finditer(cue.raw))
        if not voices:
            spoken.append((cue, None, _clean(cue.raw)))
        elif before := _clean(cue.raw[: voices[0].start()]):
            spoken.append((cue, None, before))
        for voice, following in zip(voices, [*voices[1:], None], strict=True):
            spoken.append((cue, _clean(voice["name"]) or None, _clean(voice["said"])))
            # Text behind a closing tag has no voice, and is said all the same.
            after = _clean(cue.raw[voice.end() : following.start() if following else None])
            if after:
                spoken.append((cue, None, after))
    return spoken


def _by_label(cues: Sequence[Cue], interviewer: Sequence[str]) -> list[tuple[Cue, str | None, str]]:
    lines: list[Line] = []
    owners: list[Cue] = []
    start = 0
    for cue in cues:
        for content in _clean(cue.raw).split("\n"):
            # "10:30 Meeting:" is somebody speaking of a meeting: a cue has its stamp elsewhere.
            guarded = "" if content[:1].isdigit() else content
            lines.append(Line(start, start + len(content), guarded))
            owners.append(cue)
            start += len(content) + 1
    text = "\n".join("\n".join(_clean(cue.raw).split("\n")) for cue in cues)
    marks = {mark.start: mark for mark in marks_of(lines, Layout.COLON)}
    keys = accepted(marks.values(), Layout.COLON, frozenset(key_of(name) for name in interviewer))
    if 2 * len(marks) > len(cues):
        # Where most cues carry a label, one that occurs once is a speaker as well.
        keys = frozenset(key_of(mark.label) for mark in marks.values())
    spoken: list[tuple[Cue, str | None, str]] = []
    speaker: str | None = None
    for line, cue in zip(lines, owners, strict=True):
        mark = marks.get(line.start)
        labelled = mark is not None and key_of(mark.label) in keys
        if mark is not None and labelled:
            speaker = mark.label
        said = mark.said if mark is not None and labelled else line.start
        spoken.append((cue, speaker, text[said : line.end].strip()))
    return spoken


def _clean(raw: str) -> str:
    return html.unescape(_TAG.sub("", raw)).replace("\r", "").strip()


def _joined(spoken: Sequence[tuple[Cue, str | None, str]]) -> tuple[Utterance, ...]:
    """One utterance for consecutive cues of one speaker; a pause of two seconds ends a line."""
    utterances: list[Utterance] = []
    ended: float | None = None
    for cue, speaker, said in spoken:
        said = " ".join(said.split("\n"))
        if not said:
            continue
        last = utterances[-1] if utterances else None
        if last is not None and last.speaker == speaker:
            paused = cue.start is not None and ended is not None and cue.start - ended >= 2
            space = "\n" if paused else " "
            utterances[-1] = Utterance(last.text + space + said, speaker, last.seconds)
        else:
            utterances.append(Utterance(said, speaker, cue.start))
        ended = cue.end
    return tuple(utterances)
