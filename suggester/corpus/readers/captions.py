"""Captions (.vtt, .srt) as Zoom, Teams and Otter write them."""

import html
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from suggester.corpus.labels import key_of
from suggester.corpus.marks import Layout, Line, accepted, marks_of
from suggester.corpus.reading import Conversation, Utterance
from suggester.errors import FileError
from suggester.files.text import read_text

_VOICE = re.compile(r"<v(?:\.[^\s>]+)?[ \t]+(?P<name>[^>]+)>(?P<said>.*?)(?=</v>|<v[ .]|\Z)", re.S)
_TAG = re.compile(r"</?(?:v|c|b|i|u|lang|ruby|rt|font)\b[^>]*>|<\d[\d:.]*>", re.I)
_TIMED = re.compile(r"\d{1,2}:\d{2}[.,]\d+[ \t]*-->")


@dataclass(frozen=True, slots=True)
class _Cue:
    start: float
    end: float
    raw: str


def read_vtt(path: Path, interviewer: Sequence[str] = (), encoding: str | None = None) -> Conversation:
    """The utterances of a WebVTT file: Teams' ``<v Name>`` or Zoom's ``Name: text``.

    Raises
    ------
    FileError
        The file is not well-formed.
    """
    import webvtt
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    text = read_text(path, encoding)
    try:
        captions = webvtt.from_buffer(io.StringIO(text)).captions
        cues = [_Cue(_seconds(c.start), _seconds(c.end), c.raw_text) for c in captions]
    except (MalformedFileError, MalformedCaptionError, ValueError) as error:
        raise _malformed(path, "WebVTT") from error
    if not cues and _TIMED.search(text):
        raise _malformed(path, "WebVTT")
    return _conversation(path, cues, interviewer)


def read_srt(path: Path, interviewer: Sequence[str] = (), encoding: str | None = None) -> Conversation:
    """The utterances of a SubRip file, speakers told by ``Name: text``.

    Raises
    ------
    FileError
        The file is not well-formed.
    """
    import srt

    text = read_text(path, encoding)
    try:
        cues = [
            _Cue(cue.start.total_seconds(), cue.end.total_seconds(), cue.content) for cue in srt.parse(text)
        ]
    except (srt.SRTParseError, ValueError) as error:
        raise _malformed(path, "SubRip") from error
    return _conversation(path, cues, interviewer)


def _malformed(path: Path, kind: str) -> FileError:
    return FileError(
        f"is no well-formed {kind} file",
        file=path,
        remedy="Export the captions again, or save them as .txt with 'Name: text' lines.",
    )


def _seconds(stamp: str) -> float:
    parts = [float(part) for part in stamp.replace(",", ".").split(":")]
    return sum(part * 60.0**power for power, part in enumerate(reversed(parts)))


def _conversation(path: Path, cues: Sequence[_Cue], interviewer: Sequence[str]) -> Conversation:
    voices = any(_VOICE.search(cue.raw) for cue in cues)
    spoken = _by_voice(cues) if voices else _by_label(cues, interviewer)
    utterances = _joined(spoken)
    if any(utterance.speaker for utterance in utterances):
        layout = "captions with voice tags" if voices else "captions with labels before a colon"
    else:
        layout = f"captions, {Layout.NONE}"
    return Conversation(path.stem, layout, utterances)


def _by_voice(cues: Sequence[_Cue]) -> list[tuple[_Cue, str | None, str]]:
    spoken: list[tuple[_Cue, str | None, str]] = []
    for cue in cues:
        voices = list(_VOICE.finditer(cue.raw))
        if not voices:
            spoken.append((cue, None, _clean(cue.raw)))
        elif before := _clean(cue.raw[: voices[0].start()]):
            spoken.append((cue, None, before))
        spoken.extend((cue, _clean(voice["name"]) or None, _clean(voice["said"])) for voice in voices)
    return spoken


def _by_label(cues: Sequence[_Cue], interviewer: Sequence[str]) -> list[tuple[_Cue, str | None, str]]:
    lines: list[Line] = []
    owners: list[_Cue] = []
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
    spoken: list[tuple[_Cue, str | None, str]] = []
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


def _joined(spoken: Sequence[tuple[_Cue, str | None, str]]) -> tuple[Utterance, ...]:
    """One utterance for consecutive cues of one speaker; a pause of two seconds ends a line."""
    utterances: list[Utterance] = []
    ended = 0.0
    for cue, speaker, said in spoken:
        said = " ".join(said.split("\n"))
        if not said:
            continue
        last = utterances[-1] if utterances else None
        if last is not None and last.speaker == speaker:
            space = "\n" if cue.start - ended >= 2 else " "
            utterances[-1] = Utterance(last.text + space + said, speaker, last.seconds)
        else:
            utterances.append(Utterance(said, speaker, cue.start))
        ended = cue.end
    return tuple(utterances)
