"""Coders in the database, and which transcripts each of them has finished."""

from typing import Any

from sqlalchemy import Connection, Select, exists, func, insert, select

from suggester.domain import folded
from suggester.errors import CodingError
from suggester.store.database import Database, now
from suggester.store.lookups import coder_number, transcript_number
from suggester.store.records import Coder, CoderKind, Finished
from suggester.store.schema import coders, coding_batches, current_codings, finished_events, transcripts


class Coders(Database):
    """The part of the study that holds who codes, and what they have finished."""

    def coders(self) -> tuple[Coder, ...]:
        """Every coder, in the order of their names."""
        current = current_codings().subquery()
        number = func.count(current.c.id).label("codings")
        query = (
            select(coders, number)
            .outerjoin(current, current.c.coder_id == coders.c.id)
            .group_by(coders.c.id)
            .order_by(coders.c.key)
        )
        with self._reading() as connection:
            return tuple(
                Coder(row.name, CoderKind(row.kind), row.codings) for row in connection.execute(query)
            )

    def known_coder(self, name: str) -> str:
        """The coder's name as the study has it (case and white space aside).

        Raises
        ------
        CodingError
            There is none; the message lists the coders there are.
        """
        names = [coder.name for coder in self.coders()]
        found = next((known for known in names if folded(known) == folded(name)), None)
        if found is None:
            listed = ", ".join(f"'{known}'" for known in names)
            remedy = f"Its coders are {listed}." if names else "Nobody has coded in it yet."
            raise CodingError(f"the study has no coder '{name}'", remedy=remedy)
        return found

    def set_finished(self, transcript: str, coder: str, finished: bool = True) -> None:
        """Record that a coder has finished a transcript, or has taken it up again.

        Raises
        ------
        TranscriptError
            No such transcript.
        CodingError
            The coder has no name.
        """
        with self._writing() as connection:
            transcript_id = transcript_number(connection, transcript)
            mark_finished(connection, transcript_id, coder_number(connection, coder), finished)

    def finished(self) -> frozenset[Finished]:
        """The transcripts that are finished, each with the coder who finished it."""
        query = (
            select(transcripts.c.name.label("transcript"), coders.c.name.label("coder"))
            .select_from(finished_events)
            .join(transcripts)
            .join(coders)
            .where(finished_events.c.id.in_(newest_finished_events()), finished_events.c.finished)
        )
        with self._reading() as connection:
            return frozenset(Finished(row.transcript, row.coder) for row in connection.execute(query))


def mark_finished(
    connection: Connection, transcript_id: int, coder_id: int, finished: bool, batch: int | None = None
) -> None:
    """Append the mark, unless it holds already and will whatever is undone.

    ``batch`` is the import that it came with.
    """
    mine = (finished_events.c.transcript_id == transcript_id) & (finished_events.c.coder_id == coder_id)
    newest = select(finished_events).where(finished_events.c.id.in_(newest_finished_events().where(mine)))
    held = connection.execute(newest).one_or_none()
    # What came with an import goes when that is undone; a mark by hand, or of a later one, must stay then.
    lasts = held is None or held.batch_id is None
    if not lasts or (held is not None and held.finished) != finished:
        event = {
            "transcript_id": transcript_id,
            "coder_id": coder_id,
            "finished": finished,
            "at": now(),
            "batch_id": batch,
        }
        connection.execute(insert(finished_events).values(event))


def newest_finished_events() -> Select[Any]:
    """The newest event of each transcript and coder that came with no undone import: what holds now."""
    undone = exists().where(coding_batches.c.undoes == finished_events.c.batch_id)
    return (
        select(func.max(finished_events.c.id))
        .where(~undone)
        .group_by(finished_events.c.transcript_id, finished_events.c.coder_id)
    )
