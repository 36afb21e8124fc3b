"""Bringing transcripts into a study, each for itself: one that is refused keeps no other out."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from suggester.corpus import Reading, ReadingOptions, read_cases, read_transcripts
from suggester.domain import Case, folded
from suggester.errors import StudyError, SuggesterError, TranscriptError
from suggester.reports import ImportedTranscript, ImportReport, Refused
from suggester.store import Removal, StudyStore

Progress = Callable[[str, int, int], None]


def import_transcripts(
    store: StudyStore,
    paths: Sequence[Path],
    options: ReadingOptions,
    *,
    cases: Path | None,
    replace: bool,
    progress: Progress | None,
) -> ImportReport:
    """As `Project.import_transcripts`."""
    rows = read_cases(cases) if cases else ()
    removed = {folded(removal.name): removal for removal in store.removals()}
    brought: list[ImportedTranscript] = []
    refused: list[Refused] = []
    for done, path in enumerate(paths):
        if progress:
            progress("Reading transcripts", done, len(paths))
        try:
            readings = read_transcripts(path, options)
        except SuggesterError as error:
            refused.append(Refused(path.name, str(error)))
            continue
        for reading in readings:
            # What came a moment ago from another file is no older version of this one.
            replaceable = replace and reading.transcript.name not in {item.name for item in brought}
            try:
                brought.append(_add(store, reading, path, replaceable, removed))
            except StudyError:
                raise
            except SuggesterError as error:
                # An error of the study's own knows the transcript, not the file.
                reason = str(error) if error.file else f"{path.name}: {error}"
                refused.append(Refused(path.name, reason))
    if progress:
        progress("Reading transcripts", len(paths), len(paths))
    given = set()
    for row in rows:
        try:
            store.set_case(named(store, row.transcript), row.case)
        except TranscriptError as error:
            place = f"row {row.row}"
            located = TranscriptError(error.problem, file=cases, place=place, remedy=error.remedy)
            refused.append(Refused(cases.name if cases else "", str(located)))
        else:
            given.add(row.case.name)
    return ImportReport(tuple(brought), tuple(refused), len(given))


def named(store: StudyStore, name: str) -> str:
    """The stored name of the transcript that ``name`` means.

    Raises
    ------
    TranscriptError
        There is none; the message lists those that are close.
    """
    return store.match_transcript(name) or store.transcript(name).name


def _add(
    store: StudyStore, reading: Reading, path: Path, replace: bool, removed: Mapping[str, Removal]
) -> ImportedTranscript:
    transcript = reading.transcript
    gone = removed.get(folded(transcript.name))
    outcome = store.add_transcript(transcript, layout=reading.layout, replace=replace)
    if transcript.case and reading.variables:
        store.set_case(transcript.name, Case(transcript.case, reading.variables))
    return ImportedTranscript(
        name=transcript.name,
        file=path.name,
        outcome=str(outcome),
        layout=reading.layout,
        interviewer=reading.interviewer,
        guessed=reading.guessed,
        why=reading.why,
        turns=len(transcript.turns),
        words=len(transcript.text.split()),
        notes=reading.notes if gone is None else (*reading.notes, _was_removed(gone)),
    )


def _was_removed(removal: Removal) -> str:
    return f"a transcript of this name was removed on {removal.at:%Y-%m-%d}: {removal.reason}"
