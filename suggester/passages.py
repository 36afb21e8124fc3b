"""Which passages of a study train a model, and which are waiting for suggestions."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from suggester.corpus import unitize
from suggester.domain import Codebook, Coding, Passage, Role, Transcript, carriers, codes_of, folded
from suggester.reports import TrainingSet
from suggester.store import Finished, Unitizing

_INTERVIEWER_SHARE = 0.02
_ENOUGH_GROUPS = 5
_CHARACTERS_AROUND = 150
_FEW_ENOUGH_TO_SURROUND = 4000


def unitized(transcripts: Iterable[Transcript], unitizing: Unitizing) -> tuple[Passage, ...]:
    """All passages of the transcripts in order, interviewers' included."""
    return tuple(
        passage
        for transcript in transcripts
        for passage in unitize(transcript, unitizing.unit, unitizing.words)
    )


def training_set(
    passages: Sequence[Passage],
    codings: Iterable[Coding],
    finished: Iterable[Finished],
    codebook: Codebook | None = None,
) -> TrainingSet:
    """The passages that coders have decided on. Codings with codes that have left ``codebook`` do not count.

    Of a finished transcript every passage counts, of another only those with a code. The codes of
    several coders are put together. Interviewers' passages take part only if coders coded them: at
    least 2 % of the coded passages are an interviewer's.
    """
    done = {item.transcript for item in finished}
    codings = _with_codes_of(codebook, codings)
    carried = codes_of(passages, codings)
    coded = [passage for passage, codes in zip(passages, carried, strict=True) if codes]
    asked = sum(passage.role is Role.INTERVIEWER for passage in coded)
    include = asked >= _INTERVIEWER_SHARE * max(len(coded), 1) and asked > 0
    chosen = [
        (passage, frozenset(codes))
        for passage, codes in zip(passages, carried, strict=True)
        if (codes or passage.transcript in done) and (include or passage.role is Role.PARTICIPANT)
    ]
    # By guid, where there is one: a code with a new name is still the same.
    guids = {code.name: code.guid or code.name for code in codebook or ()}
    taking_part = [passage for passage, _ in chosen]
    digest = sha256()
    for passage, codes in chosen:
        line = "\t".join(
            [
                passage.transcript,
                str(passage.start),
                str(passage.end),
                *sorted(guids.get(code, code) for code in codes),
            ]
        )
        digest.update(line.encode() + b"\n")
    return TrainingSet(
        passages=tuple(taking_part),
        codes=tuple(codes for _, codes in chosen),
        complete=tuple(passage.transcript in done for passage in taking_part),
        interviewer_included=include,
        unused_codings=sum(not rows for rows in carriers(taking_part, codings)),
        sha256=digest.hexdigest(),
    )


def held_out_together(
    passages: Sequence[Passage], transcripts: Iterable[Transcript]
) -> tuple[list[str], bool]:
    """What is held out with each passage: its case, or its transcript if it has none. Where that makes fewer
    than five groups, each transcript by itself. The second value says whether cases are held out whole.

    Two interviews with one person share a voice and a story: a model that has seen one does better on the
    other than it will on strangers.
    """
    case_of = {transcript.name: transcript.case for transcript in transcripts}
    names = {name: f"case {case}" if case else f"transcript {name}" for name, case in case_of.items()}
    by_case = [names[passage.transcript] for passage in passages]
    if len(set(by_case)) < _ENOUGH_GROUPS:
        return [f"transcript {passage.transcript}" for passage in passages], False
    return by_case, any(case_of[passage.transcript] for passage in passages)


def waiting(
    passages: Sequence[Passage],
    codings: Sequence[Coding],
    finished: Iterable[Finished],
    *,
    interviewers: bool,
    transcripts: frozenset[str] | None,
    codebook: Codebook | None = None,
) -> tuple[Passage, ...]:
    """The passages that nobody has coded, in transcripts that nobody has finished.

    With ``transcripts``, all uncoded passages of these, finished or not. Interviewers' passages wait only
    if ``interviewers`` says so, whatever a model was trained on. Codings with codes that have left
    ``codebook`` do not count, as in `training_set`.
    """
    done = {item.transcript for item in finished}
    carried = codes_of(passages, _with_codes_of(codebook, codings))
    return tuple(
        passage
        for passage, codes in zip(passages, carried, strict=True)
        if not codes
        and (passage.transcript in transcripts if transcripts is not None else passage.transcript not in done)
        and (interviewers or passage.role is Role.PARTICIPANT)
    )


def contexts(passages: Iterable[Passage]) -> list[str]:
    """The question that led to each passage."""
    return [passage.context for passage in passages]


def surrounded(passages: Iterable[Passage], transcripts: Iterable[Transcript]) -> list[str]:
    """Each passage together with some of the text before and after it."""
    texts = {transcript.name: transcript.text for transcript in transcripts}
    return [
        texts[p.transcript][max(0, p.start - _CHARACTERS_AROUND) : p.end + _CHARACTERS_AROUND].strip()
        for p in passages
    ]


def few_enough_to_surround(passages: Iterable[Passage]) -> bool:
    """Whether a study is small enough for reading each participant's passage a second time with the text
    around it, which takes twice as long as by itself, without being asked to."""
    return sum(passage.role is Role.PARTICIPANT for passage in passages) <= _FEW_ENOUGH_TO_SURROUND


def rows_by_code(codes: Sequence[frozenset[str]]) -> Mapping[str, list[int]]:
    """For each code the rows of the passages that carry it."""
    rows: dict[str, list[int]] = {}
    for row, carried in enumerate(codes):
        for code in carried:
            rows.setdefault(code, []).append(row)
    return rows


def _with_codes_of(codebook: Codebook | None, codings: Iterable[Coding]) -> list[Coding]:
    """The codings whose codes are in the codebook; without one, all."""
    known = None if codebook is None else {folded(code.name) for code in codebook}
    return [coding for coding in codings if known is None or folded(coding.code) in known]
