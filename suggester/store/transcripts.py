"""Transcripts and their turns in the database."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, select, update

from suggester.domain import Case, Role, Transcript, TranscriptNames, Turn, folded
from suggester.errors import TranscriptChanged, TranscriptError
from suggester.store.cases import link_case
from suggester.store.database import Database, insert_one, now, require_storable
from suggester.store.lookups import transcript_names, transcript_number
from suggester.store.records import Added
from suggester.store.schema import (
    cases,
    coding_events,
    current_codings,
    finished_events,
    suggestions,
    transcripts,
    turns,
)


class Transcripts(Database):
    """The part of the study that holds the texts."""

    def add_transcript(
        self, transcript: Transcript, *, layout: str, replace: bool = False, source_sha256: str | None = None
    ) -> Added:
        """Store a transcript, with its case if it names one.

        A transcript whose text is there under the same name is not stored again; turns that
        differ take the place of the old ones, as codings point into the text and not at turns.

        Parameters
        ----------
        transcript : Transcript
        layout : str
            Which speaker layout was recognised, in words.
        replace : bool
            Put another text in the place of the old, if nothing points into the old one.
        source_sha256 : str, optional
            Hash of the file that it was read from.

        Raises
        ------
        TranscriptChanged
            The name is there with another text, and ``replace`` is False, or codings, finished
            marks or suggestions point into the old text.
        TranscriptError
            The text is there under another name, or it cannot be stored.
        """
        _check(transcript)
        with self._writing() as connection:
            named = select(transcripts).where(transcripts.c.key == folded(transcript.name))
            known = connection.execute(named).one_or_none()
            twin = connection.execute(
                select(transcripts.c.name, transcripts.c.key).where(transcripts.c.sha256 == transcript.sha256)
            ).one_or_none()
            if twin and twin.key != folded(transcript.name):
                raise TranscriptError(
                    f"'{transcript.name}' has the same text as '{twin.name}', which is in the study",
                    remedy="Leave one of the two out: passages that are there twice distort every number.",
                )
            about = {
                "source": transcript.source,
                "source_sha256": source_sha256,
                "layout": layout,
                "imported_at": now(),
            }
            if known is None:
                _insert(connection, transcript, about)
                return Added.NEW
            if twin:
                return _read_again(connection, known, transcript, about)
            _refuse_replacing(connection, known, replace)
            connection.execute(delete(turns).where(turns.c.transcript_id == known.id))
            connection.execute(delete(transcripts).where(transcripts.c.id == known.id))
            _insert(connection, transcript, {"case_id": known.case_id, **about})
            return Added.REPLACED

    def transcripts(self) -> tuple[Transcript, ...]:
        """Every transcript, in the order of their names."""
        with self._reading() as connection:
            return _load(connection, None)

    def transcript(self, name: str) -> Transcript:
        """The transcript of this name (case, white space and Unicode form aside).

        Raises
        ------
        TranscriptError
            There is none; the message lists close names.
        """
        with self._reading() as connection:
            return _load(connection, transcript_number(connection, name))[0]

    def match_transcript(self, name: str) -> str | None:
        """The stored name that a table's ``name`` means, or None.

        The same name, else the only one that is the same without the files' endings.
        """
        with self._reading() as connection:
            known = transcript_names(connection)
        found = TranscriptNames(known.values()).matching(name)
        return found[0] if len(found) == 1 else None


def _check(transcript: Transcript) -> None:
    require_storable(transcript.name, "a transcript's name", TranscriptError)
    if not transcript.name.strip():
        raise TranscriptError("a transcript has no name", remedy="Name the file that it comes from.")
    require_storable(transcript.text, f"the text of '{transcript.name}'", TranscriptError)
    require_storable(transcript.source, f"the source of '{transcript.name}'", TranscriptError)
    for speaker in {turn.speaker or "" for turn in transcript.turns}:
        require_storable(speaker, f"a speaker of '{transcript.name}'", TranscriptError)
    for turn in transcript.turns:
        if not 0 <= turn.start <= turn.end <= len(transcript.text):
            raise TranscriptError(
                f"a turn of '{transcript.name}' lies outside its text of {len(transcript.text)} characters",
                place=f"characters {turn.start} to {turn.end}",
                remedy="Read the transcript again from its file.",
            )


def _insert(connection: Connection, transcript: Transcript, about: Mapping[str, object]) -> None:
    values = {
        "name": transcript.name,
        "key": folded(transcript.name),
        "text": transcript.text,
        "sha256": transcript.sha256,
        **about,
    }
    number = insert_one(connection, transcripts, values)
    _insert_turns(connection, number, transcript.turns)
    if transcript.case is not None:
        link_case(connection, number, Case(transcript.case))


def _insert_turns(connection: Connection, number: int, said: tuple[Turn, ...]) -> None:
    rows = [
        {
            "transcript_id": number,
            "position": position,
            "start": turn.start,
            "end": turn.end,
            "speaker": turn.speaker,
            "role": turn.role.value,
            "seconds": turn.seconds,
        }
        for position, turn in enumerate(said)
    ]
    if rows:
        connection.execute(insert(turns), rows)


def _read_again(
    connection: Connection, known: Row[Any], transcript: Transcript, about: Mapping[str, object]
) -> Added:
    if transcript.case is not None:
        link_case(connection, known.id, Case(transcript.case))
    if _load(connection, known.id)[0].turns == transcript.turns:
        return Added.SAME
    connection.execute(delete(turns).where(turns.c.transcript_id == known.id))
    _insert_turns(connection, known.id, transcript.turns)
    connection.execute(update(transcripts).where(transcripts.c.id == known.id).values(about))
    return Added.REREAD


def _refuse_replacing(connection: Connection, known: Row[Any], replace: bool) -> None:
    problem = f"the study has '{known.name}' with another text"
    pointing = _what_points_into(connection, known.id)
    if pointing:
        raise TranscriptChanged(
            f"{problem}, and {pointing} into it",
            remedy="Give the new one another name: what was done on the old text stays with that text.",
        )
    if not replace:
        raise TranscriptChanged(
            problem,
            remedy="Give the new one another name, or put it in the old one's place with --replace.",
        )


def _what_points_into(connection: Connection, number: int) -> str | None:
    current = current_codings().where(coding_events.c.transcript_id == number).subquery()
    codings = connection.execute(select(func.count()).select_from(current)).scalar_one()
    if codings:
        return f"{codings} coding{'s' if codings > 1 else ''} point"
    for table, what in (
        (coding_events, "codings that were undone point"),
        (finished_events, "finished marks point"),
        (suggestions, "suggestions point"),
    ):
        if connection.execute(select(exists().where(table.c.transcript_id == number))).scalar_one():
            return what
    return None


def _load(connection: Connection, number: int | None) -> tuple[Transcript, ...]:
    texts = select(transcripts, cases.c.name.label("case")).outerjoin(cases).order_by(transcripts.c.key)
    stretches = select(turns).order_by(turns.c.transcript_id, turns.c.position)
    if number is not None:
        texts = texts.where(transcripts.c.id == number)
        stretches = stretches.where(turns.c.transcript_id == number)
    said: defaultdict[int, list[Turn]] = defaultdict(list)
    for row in connection.execute(stretches):
        said[row.transcript_id].append(Turn(row.start, row.end, row.speaker, Role(row.role), row.seconds))
    return tuple(
        Transcript(row.name, row.text, tuple(said[row.id]), row.case, row.source)
        for row in connection.execute(texts)
    )
