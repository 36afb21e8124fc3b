"""Codings in the database: an append-only log of additions and removals."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, case, exists, func, insert, literal, select

from suggester.domain import Coding, Mode, folded
from suggester.errors import CodingError
from suggester.store.codebooks import load_codebook
from suggester.store.coders import mark_finished
from suggester.store.database import Database, insert_one, now, require_storable
from suggester.store.lookups import Places, coder_number, require_code, transcript_number
from suggester.store.records import AddedCodings, CoderKind, CodingBatch
from suggester.store.schema import (
    coders,
    codes,
    coding_batches,
    coding_events,
    current_codings,
    current_version,
    transcripts,
)

_EVENT_COLUMNS = (
    "guid",
    "transcript_id",
    "start",
    "end",
    "code_guid",
    "coder_id",
    "mode",
    "codebook_version",
    "memo",
)


@dataclass(frozen=True, slots=True)
class _Key:
    """What makes two codings the same."""

    transcript_id: int
    start: int
    end: int
    code_guid: str
    coder_id: int


class Codings(Database):
    """The part of the study that holds who coded what."""

    def add_codings(
        self,
        codings: Iterable[Coding],
        *,
        source: str,
        kind: CoderKind = CoderKind.PERSON,
        finish: bool = False,
    ) -> AddedCodings:
        """Add codings as one batch: all of them, or with an error none.

        A coding that its coder has already made (same span, same code) is counted, not added.

        Parameters
        ----------
        codings : iterable of Coding
            Their codes are named as in the current codebook (see `folded`).
        source : str
            Where they come from, for instance a file's name.
        kind : CoderKind
            What coders are that the study does not know yet.
        finish : bool
            Mark each of these transcripts as finished by its coders here, in the same transaction.

        Raises
        ------
        TranscriptError
            No such transcript.
        CodingError
            There is no codebook or no such code, or a span lies outside its text.
        """
        given = tuple(codings)
        require_storable(source, "the name of the codings' source", CodingError)
        with self._writing() as connection:
            keys = list(_placed(connection, given, kind))
            coder_ids = {key.coder_id for key in keys}
            there = _current_keys(connection, coder_ids)
            fresh: dict[_Key, Coding] = {}
            for key, coding in zip(keys, given, strict=True):
                if key not in there:
                    fresh.setdefault(key, coding)
            batch = _append(connection, fresh, source) if fresh else None
            pairs = {(key.transcript_id, key.coder_id) for key in keys} if finish else set()
            for transcript_id, coder_id in sorted(pairs):
                mark_finished(connection, transcript_id, coder_id, True, batch)
        return AddedCodings(batch, len(fresh), len(given) - len(fresh), len(pairs))

    def undo_codings(self, batch: int) -> int:
        """Remove the codings of a batch that are still current; returns how many they were.

        The finished marks that came with it go too, and those of transcripts in which it leaves a coder
        without codings. Marks made by hand or with another import stay.

        Raises
        ------
        CodingError
            There is no such batch, or it added nothing (it undid another).
        """
        with self._writing() as connection:
            added = exists().where(coding_events.c.batch_id == batch, coding_events.c.action == "add")
            if not connection.execute(select(added)).scalar_one():
                raise CodingError(
                    f"there is no import {batch} of codings",
                    remedy="'suggester codings list' shows those there are.",
                )
            current = current_codings().where(coding_events.c.batch_id == batch)
            rows = connection.execute(current).all()
            if rows:
                at = now()
                undoing = {"at": at, "source": f"undo of import {batch}", "undoes": batch}
                number = insert_one(connection, coding_batches, undoing)
                copied = [coding_events.c[name] for name in _EVENT_COLUMNS]
                removal = current.with_only_columns(*copied, literal("remove"), literal(at), literal(number))
                names = [*_EVENT_COLUMNS, "action", "at", "batch_id"]
                connection.execute(insert(coding_events).from_select(names, removal))
            for transcript_id, coder_id in sorted(_emptied(connection, rows)):
                mark_finished(connection, transcript_id, coder_id, False)
        return len(rows)

    def coding_batches(self) -> tuple[CodingBatch, ...]:
        """Every batch of codings that was added, the first one first."""
        current = current_codings().subquery()
        query = (
            select(
                coding_batches,
                func.count(coding_events.c.id).label("added"),
                func.count(current.c.id).label("current"),
            )
            .join(coding_events, coding_events.c.batch_id == coding_batches.c.id)
            .outerjoin(current, current.c.id == coding_events.c.id)
            .where(coding_events.c.action == "add")
            .group_by(coding_batches.c.id)
            .order_by(coding_batches.c.id)
        )
        with self._reading() as connection:
            return tuple(
                CodingBatch(row.id, datetime.fromisoformat(row.at), row.source, row.added, row.current)
                for row in connection.execute(query)
            )

    def codings(self, *, coder: str | None = None, transcript: str | None = None) -> tuple[Coding, ...]:
        """The current codings by transcript, span and code; of one coder or transcript, if given.

        A code has its name of the current codebook, or if it is no longer there, the name that
        it had when it was coded. A coder who has coded nothing has no codings; that is no error.

        Raises
        ------
        TranscriptError
            No such transcript.
        """
        event = current_codings().subquery("event")
        then = codes.alias("then")
        today = codes.alias("today")
        query = (
            select(
                event,
                transcripts.c.name.label("transcript"),
                coders.c.name.label("coder"),
                func.coalesce(today.c.name, then.c.name).label("code"),
            )
            .join(transcripts, transcripts.c.id == event.c.transcript_id)
            .join(coders, coders.c.id == event.c.coder_id)
            .join(then, (then.c.version == event.c.codebook_version) & (then.c.guid == event.c.code_guid))
            .outerjoin(
                today,
                (today.c.version == current_version().scalar_subquery())
                & (today.c.guid == event.c.code_guid),
            )
            .order_by(
                transcripts.c.key,
                event.c.start,
                event.c.end,
                case((today.c.position.is_(None), 1), else_=0),
                func.coalesce(today.c.position, then.c.position),
                event.c.code_guid,
                coders.c.key,
            )
        )
        with self._reading() as connection:
            if transcript is not None:
                query = query.where(transcripts.c.id == transcript_number(connection, transcript))
            if coder is not None:
                query = query.where(coders.c.key == folded(coder))
            return tuple(
                Coding(row.transcript, row.start, row.end, row.code, row.coder, Mode(row.mode), row.memo)
                for row in connection.execute(query)
            )


def _placed(connection: Connection, codings: tuple[Coding, ...], kind: CoderKind) -> Iterator[_Key]:
    codebook = load_codebook(connection)
    if codebook is None:
        raise CodingError(
            "the study has no codebook yet", remedy="Import it first: suggester codebook import FILE"
        )
    places = Places(connection)
    guids: dict[str, str] = {}
    coder_ids: dict[str, int] = {}
    for coding in codings:
        require_storable(coding.memo, f"a memo on '{coding.transcript}'", CodingError)
        if coding.code not in guids:
            guids[coding.code] = require_code(codebook, coding.code)
        if coding.coder not in coder_ids:
            coder_ids[coding.coder] = coder_number(connection, coding.coder, kind)
        transcript_id = places.transcript_id(coding.transcript, coding.start, coding.end)
        yield _Key(transcript_id, coding.start, coding.end, guids[coding.code], coder_ids[coding.coder])


def _emptied(connection: Connection, removed: Sequence[Row[Any]]) -> set[tuple[int, int]]:
    """Transcript and coder of removed codings, where that coder has none left."""
    pairs = {(row.transcript_id, row.coder_id) for row in removed}
    left = _current_keys(connection, {coder_id for _, coder_id in pairs})
    return pairs - {(key.transcript_id, key.coder_id) for key in left}


def _current_keys(connection: Connection, coder_ids: set[int]) -> set[_Key]:
    event = current_codings().where(coding_events.c.coder_id.in_(coder_ids))
    return {
        _Key(row.transcript_id, row.start, row.end, row.code_guid, row.coder_id)
        for row in connection.execute(event)
    }


def _append(connection: Connection, fresh: dict[_Key, Coding], source: str) -> int:
    at = now()
    batch = insert_one(connection, coding_batches, {"at": at, "source": source})
    version = connection.execute(current_version()).scalar_one()
    rows = [
        {
            "action": "add",
            "guid": str(uuid4()),
            "transcript_id": key.transcript_id,
            "start": key.start,
            "end": key.end,
            "code_guid": key.code_guid,
            "coder_id": key.coder_id,
            "mode": coding.mode.value,
            "codebook_version": version,
            "at": at,
            "memo": coding.memo,
            "batch_id": batch,
        }
        for key, coding in fresh.items()
    ]
    connection.execute(insert(coding_events), rows)
    return batch
