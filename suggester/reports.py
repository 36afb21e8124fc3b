"""What the actions on a study give back, as named values."""

from dataclasses import dataclass
from datetime import datetime

from suggester.domain import Passage, PassageSuggestions, Quality, Unplaced
from suggester.store import Removal


@dataclass(frozen=True, slots=True)
class ImportedTranscript:
    """One transcript of an import: what became of it, and how its speakers were told.

    ``outcome`` is "new", "same" (it was there already), "same text, turns read anew" or "replaced".
    """

    name: str
    file: str
    outcome: str
    layout: str
    interviewer: tuple[str, ...]
    guessed: bool
    why: str
    turns: int
    words: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TranscriptSummary:
    """A transcript of the study at a glance; ``finished_by`` are coders."""

    name: str
    case: str | None
    words: int
    turns: int
    interviewers: tuple[str, ...]
    finished_by: tuple[str, ...]
    codings: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not imported, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import brought; files that were refused do not keep the others out."""

    transcripts: tuple[ImportedTranscript, ...]
    refused: tuple[Refused, ...]
    cases: int


@dataclass(frozen=True, slots=True)
class CodebookReport:
    """What an imported codebook changed, by names of codes; ``codes`` and ``headings`` are counts.

    ``renamed`` are pairs of old and new name, ``changed`` have another heading, definition or the like,
    ``unused_codings`` are those of the ``dropped`` codes: they are kept.
    """

    version: int
    codes: int
    headings: int
    unchanged: bool
    new: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    changed: tuple[str, ...]
    dropped: tuple[str, ...]
    unused_codings: int


@dataclass(frozen=True, slots=True)
class RemovalReport:
    """A transcript that was deleted, with what went with it; ``backups`` are files that still hold it."""

    transcript: str
    codings: int
    models: int
    backups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodingsReport:
    """What a table of codings brought. ``boundary_share`` is the share of offset-placed codings that
    start and end at the edge of a word (None without any); ``batch`` can be undone. ``accepted`` counts
    the accepted rows of a table of suggestions, whose codings are assisted (None for hand codings).
    ``unused_coder`` was given for the table, which names coders itself (else it is empty)."""

    source: str
    batch: int | None
    added: int
    already: int
    by_offsets: int
    by_quote: int
    unplaced: tuple[Unplaced, ...]
    boundary_share: float | None
    coders: tuple[str, ...]
    finished: int
    accepted: int | None
    unused_coder: str


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How often a code was used, in codings and in transcripts."""

    code: str
    heading: str
    codings: int
    transcripts: int


@dataclass(frozen=True, slots=True)
class CoderProgress:
    """What a coder has done."""

    coder: str
    codings: int
    transcripts: int
    finished: int


@dataclass(frozen=True, slots=True)
class Status:
    """Where a study stands. ``model_outdated`` says that a model trained now would learn from
    something else, ``codebook_changed`` that codes have come or gone since it was trained.
    ``removals`` are the transcripts that were taken out for good."""

    name: str
    folder: str
    cases: int
    transcripts: int
    words: int
    passages: int
    unit: str
    codebook_version: int | None
    codes: tuple[CodeCount, ...]
    coders: tuple[CoderProgress, ...]
    model: str | None
    model_trained: datetime | None
    model_outdated: bool
    codebook_changed: bool
    removals: tuple[Removal, ...]
    next_step: str


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """A trained model and what held-out transcripts say of it.

    ``by_case`` says that whole cases were held out, else transcripts; ``n_complete`` of the transcripts
    are finished. ``read_around`` says that passages were read with the text around them as well.
    ``started_from`` is a shipped model, "definitions" (for codes with too few examples) or
    "none". ``unused_codings`` are carried by no passage of these (headings, stage directions);
    ``quality_undefined_because`` says why there are no held-out figures, and is empty if there are.
    """

    model: str
    encoder: str
    started_from: str
    codebook_version: int
    n_passages: int
    n_coded: int
    n_transcripts: int
    n_complete: int
    by_case: bool
    read_around: bool
    interviewer_included: bool
    unused_codings: int
    quality: Quality | None
    quality_undefined_because: str
    too_few: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SuggestionsReport:
    """The suggestions of one run. ``encoded`` counts the texts that had to be encoded for it:
    passages, and passages with what stands around them.

    ``model_outdated`` says that a model trained now would learn from something else,
    ``codebook_changed`` that codes have come or gone since it was trained.
    """

    model: str
    model_outdated: bool
    codebook_changed: bool
    passages: tuple[PassageSuggestions, ...]
    encoded: int


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Passages with the codes that hand coders gave them; an empty set is a "no code" decision.

    ``complete`` says of each whether its transcript is finished, so that all its codes are known.
    """

    passages: tuple[Passage, ...]
    codes: tuple[frozenset[str], ...]
    complete: tuple[bool, ...]
    interviewer_included: bool
    unused_codings: int
    sha256: str
