"""Where a study stands, and what to do next."""

from collections import Counter
from collections.abc import Sequence

from suggester.codebook_changes import codes_came_or_went
from suggester.domain import Passage, Role, Transcript, natural_key
from suggester.reports import CodeCount, CoderProgress, Status, TrainingSet, TranscriptSummary
from suggester.store import StudyStore


def status_of(store: StudyStore, passages: Sequence[Passage], training: TrainingSet) -> Status:
    """Count what the study holds; ``training`` is what a model trained now would learn from."""
    transcripts = store.transcripts()
    codings = store.codings()
    finished = store.finished()
    codebook = store.codebook()
    model = store.latest_model()
    counts = store.counts()
    outdated = model is not None and model.training_sha256 != training.sha256
    then = store.codebook(model.codebook_version) if model else None
    changed = then is not None and codebook is not None and codes_came_or_went(then, codebook)
    uses = Counter(coding.code for coding in codings)
    spread = Counter(code for code, _ in {(coding.code, coding.transcript) for coding in codings})
    codes = [
        CodeCount(code.name, code.heading, uses[code.name], spread[code.name]) for code in codebook or ()
    ]
    coders = [
        CoderProgress(
            coder=coder.name,
            codings=coder.codings,
            transcripts=len({coding.transcript for coding in codings if coding.coder == coder.name}),
            finished=sum(item.coder == coder.name for item in finished),
        )
        for coder in sorted(store.coders(), key=lambda coder: natural_key(coder.name))
    ]
    return Status(
        name=store.name,
        folder=str(store.folder),
        cases=counts.cases,
        transcripts=len(transcripts),
        words=sum(len(transcript.text.split()) for transcript in transcripts),
        passages=len(passages),
        unit=_unit(store),
        codebook_version=codebook.version if codebook else None,
        codes=tuple(codes),
        coders=tuple(coders),
        model=model.bundle if model else None,
        model_trained=model.trained if model else None,
        model_outdated=outdated,
        codebook_changed=changed,
        removals=store.removals(),
        next_step=_next_step(
            bool(transcripts), bool(codebook), bool(codings), bool(finished), bool(model), outdated, changed
        ),
    )


def summaries_of(store: StudyStore) -> tuple[TranscriptSummary, ...]:
    """The transcripts at a glance, in the order in which people count."""
    codings = Counter(coding.transcript for coding in store.codings())
    finished = sorted(store.finished())
    return tuple(
        TranscriptSummary(
            name=transcript.name,
            case=transcript.case,
            words=len(transcript.text.split()),
            turns=len(transcript.turns),
            interviewers=_interviewers(transcript),
            finished_by=tuple(item.coder for item in finished if item.transcript == transcript.name),
            codings=codings[transcript.name],
        )
        for transcript in sorted(store.transcripts(), key=lambda transcript: natural_key(transcript.name))
    )


def _interviewers(transcript: Transcript) -> tuple[str, ...]:
    asking = (turn.speaker for turn in transcript.turns if turn.role is Role.INTERVIEWER)
    return tuple(dict.fromkeys(speaker for speaker in asking if speaker))


def _unit(store: StudyStore) -> str:
    unit, words = store.unitizing
    return f"sentence windows of about {words} words" if unit == "window" else f"{unit}s"


def _next_step(
    transcripts: bool,
    codebook: bool,
    codings: bool,
    finished: bool,
    model: bool,
    outdated: bool,
    changed: bool,
) -> str:
    if not transcripts:
        return "Import your transcripts: suggester import FILES"
    if not codebook:
        return "Import your codebook: suggester codebook import FILE"
    if not codings:
        return "Import your hand codings: suggester codings import FILE"
    if not finished:
        return "Say which transcripts are coded throughout: suggester codings finish TRANSCRIPTS --coder NAME"
    if not model:
        return "Train a model: suggester train"
    if changed:
        return "The codebook has changed since the model was trained: suggester train"
    if outdated:
        return "The codings have changed since the model was trained: suggester train"
    return "See what it suggests: suggester suggest"
