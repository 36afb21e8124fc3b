"""Reading transcripts from files: picks the reader by the file's ending and joins the parts."""

import re
from dataclasses import dataclass
from pathlib import Path

from suggester.corpus.composing import composed
from suggester.corpus.layouts import segment
from suggester.corpus.reading import Conversation, PlainDocument, Reading, ReadingOptions, Segmentation
from suggester.corpus.roles import tell_roles, turns_with_roles
from suggester.domain import Transcript
from suggester.errors import EmptyText, FileError, TranscriptError, UnknownFormat
from suggester.files.text import refuse_name

READABLE = (".csv", ".docx", ".odt", ".pdf", ".rtf", ".srt", ".tsv", ".txt", ".vtt", ".xlsx")
"""The endings of files that can be read."""

_DEFAULTS = ReadingOptions()

_INSTEAD = {
    ".doc": "Open it in Word or LibreOffice and save it as .docx.",
    ".pages": "Export it from Pages as .docx.",
    ".xls": "Save it as .xlsx.",
    ".mp3": "Transcribe it first; audio is not read.",
    ".mp4": "Transcribe it first; video is not read.",
    ".wav": "Transcribe it first; audio is not read.",
    ".m4a": "Transcribe it first; audio is not read.",
}


@dataclass(frozen=True, slots=True)
class _Naming:
    case: str | None
    variables: dict[str, str]
    notes: tuple[str, ...]


def read_transcripts(path: Path, options: ReadingOptions = _DEFAULTS) -> tuple[Reading, ...]:
    """Read the transcript or transcripts of a file.

    Parameters
    ----------
    path : path
        A file with one of the endings in `READABLE`.
    options : ReadingOptions
        Encoding, interviewers, columns, and how to tell the case from the name.

    Returns
    -------
    tuple of Reading
        One; of a table one for each value of its transcript column.

    Raises
    ------
    FileError
        The file cannot be read; `UnknownFormat` for its kind, `EmptyText` where it holds no text.
    TableError
        A table lacks a column or a value.
    TranscriptError
        No speaker has the interviewer's name, or the pattern for cases is unusable.
    """
    path = Path(path)
    pattern = _compiled(options.case_pattern)
    refuse_name(path)
    suffix = path.suffix.lower()
    if not path.is_file():
        if path.is_dir():
            raise FileError("is a folder", file=path, remedy=f"Name its files, as in: {path}/*.docx")
        raise FileError("there is no such file", file=path, remedy="Check the name of the file.")
    if suffix not in READABLE:
        raise UnknownFormat(
            f"'{suffix}' files cannot be read" if suffix else "has no ending that tells its format",
            file=path,
            remedy=_INSTEAD.get(suffix, f"Save it as one of {', '.join(READABLE)}."),
        )
    if path.stat().st_size == 0:
        raise EmptyText("is empty (0 bytes)", file=path, remedy="Get a new copy of the file.")
    if suffix in {".docx", ".odt", ".rtf", ".txt", ".pdf"}:
        return (_from_document(path, _document(path, suffix, options), options, pattern),)
    readings = tuple(
        _from_conversation(path, conversation, options, pattern)
        for conversation in _conversations(path, suffix, options)
    )
    if not readings:
        raise _no_text(path)
    return readings


def _document(path: Path, suffix: str, options: ReadingOptions) -> PlainDocument:
    if suffix == ".docx":
        from suggester.corpus.readers.docx import read_docx

        return read_docx(path)
    if suffix == ".odt":
        from suggester.corpus.readers.odt import read_odt

        return read_odt(path)
    if suffix == ".pdf":
        from suggester.corpus.readers.pdf import read_pdf

        return read_pdf(path)
    from suggester.corpus.readers.plain import read_plain, read_rtf

    return read_rtf(path) if suffix == ".rtf" else read_plain(path, options.encoding)


def _conversations(path: Path, suffix: str, options: ReadingOptions) -> tuple[Conversation, ...]:
    if suffix in {".vtt", ".srt"}:
        from suggester.corpus.readers.captions import read_srt, read_vtt

        reader = read_vtt if suffix == ".vtt" else read_srt
        return (reader(path, options.interviewer, options.encoding),)
    from suggester.corpus.readers.sheet import read_sheet

    return read_sheet(path, options.columns, options.encoding)


def _from_document(
    path: Path, document: PlainDocument, options: ReadingOptions, pattern: re.Pattern[str] | None
) -> Reading:
    if not document.text.strip():
        raise _no_text(path)
    segmentation = segment(document.text, options.interviewer)
    return _reading(path, path.stem, document.text, segmentation, document.notes, None, options, pattern)


def _from_conversation(
    path: Path, conversation: Conversation, options: ReadingOptions, pattern: re.Pattern[str] | None
) -> Reading:
    text, segmentation = composed(conversation.utterances, conversation.layout)
    if not text.strip():
        raise _no_text(path)
    return _reading(
        path, conversation.name, text, segmentation, conversation.notes, conversation.case, options, pattern
    )


def _reading(
    path: Path,
    name: str,
    text: str,
    segmentation: Segmentation,
    notes: tuple[str, ...],
    case: str | None,
    options: ReadingOptions,
    pattern: re.Pattern[str] | None,
) -> Reading:
    roles = tell_roles(text, segmentation, options.interviewer, path)
    naming = _named(name, pattern)
    transcript = Transcript(
        name, text, turns_with_roles(segmentation.segments, roles), case or naming.case, path.name
    )
    return Reading(
        transcript,
        str(segmentation.layout),
        roles.interviewer,
        roles.guessed,
        roles.why,
        naming.variables,
        (*notes, *segmentation.notes, *naming.notes),
    )


def _no_text(path: Path) -> EmptyText:
    return EmptyText("holds no text", file=path, remedy="Check that it is the right file.")


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    if pattern is None:
        return None
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise TranscriptError(
            f"the pattern for cases is no regular expression ({error})",
            remedy=r"For instance, (?P<case>[^_]+)_ takes what stands before the first underscore.",
        ) from error
    if "case" not in compiled.groupindex:
        raise TranscriptError(
            "the pattern for cases has no group called 'case'",
            remedy=r"For instance, (?P<case>[^_]+)_ takes what stands before the first underscore.",
        )
    return compiled


def _named(name: str, pattern: re.Pattern[str] | None) -> _Naming:
    if pattern is None:
        return _Naming(None, {}, ())
    found = pattern.search(name)
    if found is None or not found["case"]:
        return _Naming(None, {}, ("the pattern for cases does not fit the name",))
    variables = {key: value for key, value in found.groupdict().items() if key != "case" and value}
    return _Naming(found["case"], variables, ())
