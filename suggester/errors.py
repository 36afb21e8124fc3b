"""Every error that a researcher can meet, as one tree.

    SuggesterError
    |-- StudyError          the study folder cannot be opened, created or written
    |   `-- StudyBusy       another process is writing to it
    |-- FileError           a file cannot be read, or cannot be written
    |   |-- UnknownFormat   no reader for this kind of file
    |   `-- EmptyText       the file holds no text (an image-only PDF, an empty document)
    |-- TableError          a row of a table is not usable
    |-- TranscriptError     a transcript clashes with what the study holds
    |   `-- TranscriptChanged   same name, other text
    |-- CodebookError       a codebook contradicts itself
    |-- CodingError         a coding cannot be placed
    `-- LearningError       the model cannot be trained, loaded or used
        |-- TooLittleToLearn    not enough hand-coded passages
        |-- EncoderMissing      the embedding model is not on this machine
        `-- BundleError         a trained model on disk is damaged or of another format

The command line turns each of them into a message and exit code 2.
"""

from pathlib import Path


class SuggesterError(Exception):
    """A problem that the researcher can solve: says what, where, and what to do.

    Parameters
    ----------
    problem : str
        What is wrong, as a sentence without its full stop.
    file : path, optional
        The file it was met in.
    place : str, optional
        Where in the file: ``"row 12"``, ``"characters 40 to 52"``.
    remedy : str, optional
        What the researcher can do about it, as a sentence.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str | Path | None = None,
        place: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.problem = problem
        self.file = None if file is None else Path(file)
        self.place = place
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file and self.file.name, self.place) if part)
        message = f"{where}: {self.problem}" if where else self.problem
        message = message.rstrip(".") + "."
        return f"{message} {self.remedy}" if self.remedy else message


class StudyError(SuggesterError):
    """The study folder cannot be opened, created or written."""


class StudyBusy(StudyError):
    """Another process is writing to the study."""


class FileError(SuggesterError):
    """A file cannot be read, or cannot be written."""


class UnknownFormat(FileError):
    """There is no reader for this kind of file."""


class EmptyText(FileError):
    """The file holds no text."""


class TableError(SuggesterError):
    """A row or column of a table is not usable."""


class TranscriptError(SuggesterError):
    """A transcript clashes with what the study holds."""


class TranscriptChanged(TranscriptError):
    """A transcript of this name is in the study with another text."""


class CodebookError(SuggesterError):
    """A codebook contradicts itself."""


class CodingError(SuggesterError):
    """A coding cannot be placed."""


class LearningError(SuggesterError):
    """The model cannot be trained, loaded or used."""


class TooLittleToLearn(LearningError):
    """There are not enough hand-coded passages to learn from."""


class EncoderMissing(LearningError):
    """The embedding model is not on this machine."""


class BundleError(LearningError):
    """A trained model on disk is damaged or of another format."""
