"""`Project`: a study as one object, joining the packages. What the CLI and notebooks call."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

from suggester.codebook_changes import changes, require_codes_in_use, with_renamed
from suggester.corpus import ReadingOptions
from suggester.domain import Codebook, Coding, Transcript, Unit
from suggester.errors import CodebookError, CodingError, StudyError
from suggester.files.atomic import require_free
from suggester.finishing import finish, finish_from
from suggester.importing import import_transcripts, named
from suggester.interop import read_codebook, read_codings, write_codebook, write_codings
from suggester.passages import training_set, unitized
from suggester.removing import remove_transcript
from suggester.reports import (
    CodebookReport,
    CodingsReport,
    ImportReport,
    RemovalReport,
    Status,
    SuggestionsReport,
    TrainingReport,
    TranscriptSummary,
)
from suggester.status import status_of, summaries_of
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
        return import_transcripts(
            self.store,
            [Path(file) for file in files],
            options or ReadingOptions(),
            cases=None if cases is None else Path(cases),
            replace=replace,
            progress=progress,
        )

    def removable(self, name: str, reason: str) -> str:
        """The transcript that `remove_transcript` would delete, by its full name.

        Raises
        ------
        TranscriptError
            No such transcript, or no reason is given.
        """
        return self.store.removable(name, reason)

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
    ) -> CodebookReport:
        """Read a codebook (.csv, .xlsx, .json, .yaml); a change makes a new version. Says what changed.

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
        stored = self.store.set_codebook(new, source=path.name, note=note)
        return changes(old, stored, self.store.codings())

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
                "the study has no codebook yet",
                remedy="Import one with 'suggester codebook import FILE'.",
            )
        return found

    def export_codebook(self, file: str | Path, *, overwrite: bool = False) -> None:
        """Write the current codebook as .csv, .xlsx, .json or .yaml.

        Raises
        ------
        FileError
            There is a file of this name and ``overwrite`` is False, or it cannot be written.
        """
        require_free(Path(file), overwrite)
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

        ``finished`` marks every transcript of the table as finished by its coders there. Of a table of
        suggestions only the rows whose cell ``accept`` is filled in are read; they are "assisted".

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
            accepted=read.accepted,
            unused_coder=read.unused_coder,
        )

    def finish(self, transcripts: Sequence[str], coder: str, finished: bool = True) -> str:
        """Record that a coder has finished transcripts (or not): what they left uncoded fits no code.

        Returns
        -------
        str
            The coder's name as the study has it.

        Raises
        ------
        TranscriptError
            One of them is no transcript of the study; nothing is recorded then.
        CodingError
            The study has coders, and this is none of them.
        """
        return finish(self.store, transcripts, coder, finished)

    def finish_from(self, file: str | Path, finished: bool = True) -> Mapping[str, int]:
        """As `finish`, for a table with columns transcript and coder; how many rows each coder has.

        Raises
        ------
        FileError, TableError
            The table is not usable.
        TranscriptError, CodingError
            A row names no transcript or no coder of the study; nothing is recorded then.
        """
        return finish_from(self.store, Path(file), finished)

    def codings(self, *, coder: str | None = None, transcript: str | None = None) -> tuple[Coding, ...]:
        """The current codings, of one coder or transcript or all."""
        return self.store.codings(
            coder=coder, transcript=named(self.store, transcript) if transcript else None
        )

    def coding_batches(self) -> tuple[CodingBatch, ...]:
        """The imports of codings, the first one first."""
        return self.store.coding_batches()

    def undo_codings(self, batch: int) -> int:
        """Take back one import of codings; returns how many codings went.

        The finished marks that came with it go too, and those of transcripts in which a coder has no
        coding left.

        Raises
        ------
        CodingError
            There is no such import, or it has been taken back already.
        """
        if any(item.number == batch and not item.current for item in self.store.coding_batches()):
            raise CodingError(
                f"import {batch} has been taken back already",
                remedy="'suggester codings list' shows what is still there.",
            )
        return self.store.undo_codings(batch)

    def export_codings(self, file: str | Path, *, coder: str | None = None, overwrite: bool = False) -> int:
        """Write the codings with offsets and text as .csv, .xlsx, .json or .jsonl; how many.

        Raises
        ------
        FileError
            There is a file of this name and ``overwrite`` is False, or it cannot be written.
        CodingError
            The study has no such coder.
        """
        require_free(Path(file), overwrite)
        coder = None if coder is None else self.store.known_coder(coder)
        return write_codings(Path(file), self.codings(coder=coder), self.store.transcripts())

    def transcript(self, name: str) -> Transcript:
        """One transcript with text and turns; case, white space and a file's ending aside.

        Raises
        ------
        TranscriptError
            There is none of this name; the message lists those that are close.
        """
        return self.store.transcript(named(self.store, name))

    def transcripts(self) -> tuple[Transcript, ...]:
        """All transcripts with text and turns."""
        return self.store.transcripts()

    def transcript_summaries(self) -> tuple[TranscriptSummary, ...]:
        """All transcripts at a glance, P2 before P10."""
        return summaries_of(self.store)

    def status(self) -> Status:
        """Where the study stands, and what to do next."""
        passages = unitized(self.store.transcripts(), self.store.unitizing)
        training = training_set(passages, self.store.codings(), self.store.finished(), self.store.codebook())
        return status_of(self.store, passages, training)

    def train(
        self,
        encoder: str = "default",
        *,
        start: str = "auto",
        read_around: bool | None = None,
        progress: Progress | None = None,
    ) -> TrainingReport:
        """Learn from the hand codings, and say what held-out transcripts say of the result.

        Parameters
        ----------
        encoder : str
            ``"default"``, or the folder of a sentence-transformers model.
        start : str
            What to start from: the name of a model that comes with the program, ``"definitions"`` (they
            serve codes with too few examples), ``"none"``, or ``"auto"``: a shipped model that knows half
            of the codebook or more and has not seen these transcripts, else the definitions.
        read_around : bool, optional
            Whether each passage is read a second time, with 150 characters before and after it. Better,
            but encoding takes three times as long. By default, in studies of up to 4,000 passages.

        Raises
        ------
        TooLittleToLearn
            There are too few codings, or all are from one transcript.
        EncoderMissing
            The embedding model is not on this machine.
        """
        from suggester.training import train

        return train(self.store, encoder, start, read_around, progress)

    def suggest(
        self,
        transcripts: Sequence[str] | None = None,
        *,
        model: str | None = None,
        interviewers: bool = False,
        evidence: int = 2,
        progress: Progress | None = None,
    ) -> SuggestionsReport:
        """Suggest codes for uncoded passages, with the model trained last unless another is named.

        Parameters
        ----------
        transcripts : sequence of str, optional
            Only these; otherwise all that no coder has finished.
        model : str, optional
            A model that needs no hand codings: one that comes with the program, by its name, or
            ``"definitions"``, which goes by the codebook alone. What it suggests is not recorded.
        interviewers : bool
            For interviewers' passages too; else for participants' only, whatever the model learnt from.
        evidence : int
            How many hand-coded passages to show with each suggestion.

        Raises
        ------
        LearningError
            No model has been trained, or there is none of this name that fits the study.
        """
        from suggester.suggesting import suggest

        wanted = None if transcripts is None else frozenset(named(self.store, name) for name in transcripts)
        return suggest(self.store, wanted, evidence, progress, model=model, interviewers=interviewers)
