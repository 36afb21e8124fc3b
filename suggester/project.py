"""`Project`: a study as one object, joining the packages. What the CLI and notebooks call."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

from suggester.codebook_changes import require_codes_in_use, with_renamed
from suggester.corpus import Reading, ReadingOptions, read_cases, read_transcripts
from suggester.domain import Case, Codebook, Coding, Transcript, Unit
from suggester.errors import CodebookError, StudyError, SuggesterError, TranscriptError
from suggester.interop import (
    read_codebook,
    read_codings,
    read_finished,
    write_codebook,
    write_codings,
)
from suggester.passages import training_set, unitized
from suggester.removing import remove_transcript
from suggester.reports import (
    CodingsReport,
    ImportedTranscript,
    ImportReport,
    Refused,
    RemovalReport,
    Status,
    SuggestionsReport,
    TrainingReport,
)
from suggester.status import status_of
from suggester.store import CodebookVersion, CodingBatch, StudyStore

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and of how much."""


class Project:
    """A study on disk: transcripts, codebook, codings, models and suggestions.

    Examples
    --------
    >>> with Project.create("my-study") as study:                    # doctest: +SKIP
    ...     study.import_transcripts(["anna.docx", "ben.docx"])
    ...     study.import_codebook("codebook.xlsx")
    ...     study.import_codings("codings.csv", finished=True)
    ...     print(study.train().quality)
    ...     for item in study.suggest().passages:
    ...         print(item.passage.text, item.suggestions)
    """

    def __init__(self, store: StudyStore) -> None:
        self.store = store

    @classmethod
    def create(cls, folder: str | Path, name: str | None = None) -> Self:
        """Make a study in a folder, named after it unless a name is given.

        Raises
        ------
        StudyError
            There is a study already, or the folder cannot be written.
        """
        folder = Path(folder)
        return cls(StudyStore.create(folder, name or folder.resolve().name))

    @classmethod
    def open(cls, folder: str | Path = ".") -> Self:
        """Open the study in a folder; for the current folder also one in the nearest folder above.

        A folder that is named must hold the study itself: a mistyped name never opens another one.

        Raises
        ------
        StudyError
            There is none, or it is damaged or of a newer version.
        """
        if Path(folder) != Path():
            return cls(StudyStore.open(Path(folder)))
        found = StudyStore.find(Path(folder))
        if found is None:
            raise StudyError(
                f"there is no study in '{Path(folder).resolve()}' or above it",
                remedy="Make one with 'suggester init FOLDER', or name yours with -p FOLDER.",
            )
        return cls(StudyStore.open(found))

    def close(self) -> None:
        """Close the study's database."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        return self.store.name

    @property
    def folder(self) -> Path:
        return self.store.folder

    def import_transcripts(
        self,
        files: Iterable[str | Path],
        options: ReadingOptions | None = None,
        *,
        cases: str | Path | None = None,
        replace: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Read transcripts into the study; a file that cannot be read does not keep the others out.

        Parameters
        ----------
        files : iterable of path
            .docx, .odt, .rtf, .txt, .pdf, .vtt, .srt, .csv or .xlsx.
        options : ReadingOptions, optional
            Interviewers' names, encoding, columns of a table, how to tell the case from the name.
        cases : path, optional
            Table with the columns transcript, case, and one for each variable.
        replace : bool
            Put a changed text in the place of the one of the same name, if nothing points into it.

        Raises
        ------
        FileError, TableError
            The table of cases is not usable. A transcript it names that the study does not have is
            among the refused.
        StudyError
            The study cannot be written.
        """
        read = read_cases(Path(cases)) if cases else ()
        paths = [Path(file) for file in files]
        brought: list[ImportedTranscript] = []
        refused: list[Refused] = []
        for done, path in enumerate(paths):
            if progress:
                progress("Reading transcripts", done, len(paths))
            try:
                readings = read_transcripts(path, options or ReadingOptions())
            except SuggesterError as error:
                refused.append(Refused(path.name, str(error)))
                continue
            for reading in readings:
                # What came a moment ago from another file is no older version of this one.
                replaceable = replace and reading.transcript.name not in {item.name for item in brought}
                try:
                    brought.append(self._add(reading, path, replaceable))
                except StudyError:
                    raise
                except SuggesterError as error:
                    # An error of the study's own knows the transcript, not the file.
                    reason = str(error) if error.file else f"{path.name}: {error}"
                    refused.append(Refused(path.name, reason))
        if progress:
            progress("Reading transcripts", len(paths), len(paths))
        given = set()
        for row in read:
            known = self.store.match_transcript(row.transcript)
            if known is None:
                reason = f"row {row.row}: the study has no transcript '{row.transcript}'"
                refused.append(Refused(Path(str(cases)).name, f"{Path(str(cases)).name}, {reason}."))
            else:
                self.store.set_case(known, row.case)
                given.add(row.case.name)
        return ImportReport(tuple(brought), tuple(refused), len(given))

    def remove_transcript(self, name: str, reason: str) -> RemovalReport:
        """Delete a transcript for good, with all codings and suggestions in it (consent withdrawn).

        The trained models and the cache go too: they may hold traces of it. Backups stay, and are named.
        A removal that was stopped midway is finished by the same call.

        Raises
        ------
        TranscriptError
            No such transcript, or no reason is given; nothing is deleted then.
        StudyBusy
            Another process is in the way.
        """
        return remove_transcript(self.store, name, reason)

    def set_unitizing(self, unit: Unit, words: int = 40) -> None:
        """Choose what a passage is from now on; trained models go on with the new passages."""
        self.store.set_unitizing(unit, words)

    def import_codebook(
        self,
        file: str | Path,
        note: str = "",
        *,
        renamed: Mapping[str, str] | None = None,
        drop: bool = False,
    ) -> Codebook:
        """Read a codebook (.csv, .xlsx, .json, .yaml); a change makes a new version.

        Parameters
        ----------
        renamed : mapping of str to str, optional
            Old names of codes to their new ones: their codings go with them.
        drop : bool
            Let codes go that are in use; their codings are kept, and not trained on.

        Raises
        ------
        FileError, TableError
            The file cannot be read.
        CodebookError
            It contradicts itself, or a code that is in use would be gone.
        """
        path = Path(file)
        new = read_codebook(path)
        old = self.store.codebook()
        if old is not None:
            new = with_renamed(old, new, renamed or {})
            if not drop:
                require_codes_in_use(old, new, self.store.codings(), path)
        return self.store.set_codebook(new, source=path.name, note=note)

    def codebook_versions(self) -> tuple[CodebookVersion, ...]:
        """The versions of the codebook, the first one first."""
        return self.store.codebook_versions()

    def codebook(self, version: int | None = None) -> Codebook:
        """The codebook, the current version or another.

        Raises
        ------
        CodebookError
            The study has none yet.
        """
        found = self.store.codebook(version)
        if found is None:
            raise CodebookError(
                "the study has no codebook yet" if version is None else f"there is no version {version}",
                remedy="Import one with 'suggester codebook import FILE'.",
            )
        return found

    def export_codebook(self, file: str | Path) -> None:
        """Write the current codebook as .csv, .xlsx, .json or .yaml."""
        write_codebook(Path(file), self.codebook())

    def import_codings(
        self,
        file: str | Path,
        *,
        coder: str | None = None,
        columns: Mapping[str, str] | None = None,
        encoding: str | None = None,
        finished: bool = False,
    ) -> CodingsReport:
        """Read hand codings, by offsets or by quote. What cannot be placed is listed, not guessed.

        ``finished`` marks every transcript of the table as finished by its coders there.

        Raises
        ------
        FileError, TableError, CodebookError
            The table is not usable, or there is no codebook yet.
        """
        path = Path(file)
        codebook = self.codebook()
        read = read_codings(
            path, self.store.transcripts(), codebook, coder=coder, columns=columns, encoding=encoding
        )
        added = self.store.add_codings(read.codings, source=path.name, finish=finished)
        return CodingsReport(
            source=path.name,
            batch=added.batch,
            added=added.added,
            already=added.already,
            by_offsets=read.placed_by.offsets,
            by_quote=read.placed_by.quote,
            unplaced=read.unplaced,
            boundary_share=read.boundary_share,
            coders=read.coders,
            finished=added.finished,
        )

    def finish(self, transcripts: Sequence[str], coder: str, finished: bool = True) -> None:
        """Record that a coder has finished transcripts (or not): what they left uncoded fits no code."""
        # All names before the first record: a wrong one among them changes nothing.
        for name in [self._named(name) for name in transcripts]:
            self.store.set_finished(name, coder, finished)

    def finish_from(self, file: str | Path, finished: bool = True) -> int:
        """As `finish`, for a table with columns transcript and coder; returns how many rows it has.

        Raises
        ------
        FileError, TableError
            The table is not usable.
        TranscriptError
            A row names no transcript of the study; nothing is recorded then.
        """
        path = Path(file)
        named = []
        for row in read_finished(path):
            try:
                named.append((self._named(row.transcript), row.coder))
            except TranscriptError as error:
                raise TranscriptError(
                    error.problem, file=path, place=f"row {row.row}", remedy=error.remedy
                ) from error
        for transcript, coder in named:
            self.store.set_finished(transcript, coder, finished)
        return len(named)

    def codings(self, *, coder: str | None = None, transcript: str | None = None) -> tuple[Coding, ...]:
        """The current codings, of one coder or transcript or all."""
        return self.store.codings(coder=coder, transcript=self._named(transcript) if transcript else None)

    def coding_batches(self) -> tuple[CodingBatch, ...]:
        """The imports of codings, the first one first."""
        return self.store.coding_batches()

    def undo_codings(self, batch: int) -> int:
        """Take back one import of codings; returns how many codings went.

        The finished marks that came with it go too, and those of transcripts in which a coder has no
        coding left.
        """
        return self.store.undo_codings(batch)

    def export_codings(self, file: str | Path, *, coder: str | None = None) -> int:
        """Write the codings with offsets and text as .csv, .xlsx, .json or .jsonl; how many."""
        return write_codings(Path(file), self.codings(coder=coder), self.store.transcripts())

    def transcripts(self) -> tuple[Transcript, ...]:
        """All transcripts with text and turns."""
        return self.store.transcripts()

    def status(self) -> Status:
        """Where the study stands, and what to do next."""
        passages = unitized(self.store.transcripts(), self.store.unitizing)
        training = training_set(passages, self.store.codings(), self.store.finished(), self.store.codebook())
        return status_of(self.store, passages, training)

    def train(self, encoder: str = "default", *, progress: Progress | None = None) -> TrainingReport:
        """Learn from the hand codings, and say what held-out transcripts say of the result.

        Raises
        ------
        TooLittleToLearn
            There are too few codings, or all are from one transcript.
        EncoderMissing
            The embedding model is not on this machine.
        """
        from suggester.training import train

        return train(self.store, encoder, progress)

    def suggest(
        self,
        transcripts: Sequence[str] | None = None,
        *,
        evidence: int = 2,
        progress: Progress | None = None,
    ) -> SuggestionsReport:
        """Suggest codes for uncoded passages with the model trained last.

        Parameters
        ----------
        transcripts : sequence of str, optional
            Only these; otherwise all that no coder has finished.
        evidence : int
            How many hand-coded passages to show with each suggestion.

        Raises
        ------
        LearningError
            No model has been trained.
        """
        from suggester.suggesting import suggest

        wanted = None if transcripts is None else frozenset(self._named(name) for name in transcripts)
        return suggest(self.store, wanted, evidence, progress)

    def _named(self, name: str) -> str:
        # An unknown name gets the store's error, which lists those that are close.
        return self.store.match_transcript(name) or self.store.transcript(name).name

    def _add(self, reading: Reading, path: Path, replace: bool) -> ImportedTranscript:
        transcript = reading.transcript
        outcome = self.store.add_transcript(transcript, layout=reading.layout, replace=replace)
        if transcript.case and reading.variables:
            self.store.set_case(transcript.name, Case(transcript.case, reading.variables))
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
            notes=reading.notes,
        )
