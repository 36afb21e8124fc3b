"""Taking a transcript out of the study for good: consent withdrawn, or never to have been there."""

from contextlib import closing
from datetime import datetime

from sqlalchemy import delete, exists, func, select, update

from suggester.errors import TranscriptError
from suggester.store.database import Database, connect, insert_one, now, require_storable
from suggester.store.failures import study_errors
from suggester.store.lookups import transcript_number
from suggester.store.records import Removal
from suggester.store.schema import (
    cases,
    coding_events,
    current_codings,
    finished_events,
    removals,
    suggestions,
    transcripts,
    turns,
)


class Removals(Database):
    """The part of the study that forgets, and remembers only that it did."""

    def remove_transcript(self, name: str, reason: str) -> int:
        """Delete a transcript with all that points into it; its case too, if it has no other transcript.

        Overwritten with zeros in the database and its log. What is kept is the transcript's name, the
        reason and when. Backups of the database are not touched.

        Returns
        -------
        int
            How many current codings went with it.

        Raises
        ------
        TranscriptError
            No such transcript, or no reason is given.
        """
        require_storable(reason, "the reason", TranscriptError)
        if not reason.strip():
            raise TranscriptError("a transcript is removed for a reason", remedy="Say which.")
        with self._writing() as connection:
            number = transcript_number(connection, name)
            row = connection.execute(select(transcripts).where(transcripts.c.id == number)).one()
            coded = current_codings().where(coding_events.c.transcript_id == number).subquery()
            codings = int(connection.execute(select(func.count()).select_from(coded)).scalar_one())
            about = {"transcript_id": number, "name": row.name, "reason": reason.strip(), "at": now()}
            removal = insert_one(connection, removals, about)
            for table in (suggestions, coding_events, finished_events, turns):
                connection.execute(delete(table).where(table.c.transcript_id == number))
            connection.execute(delete(transcripts).where(transcripts.c.id == number))
            connection.execute(update(removals).where(removals.c.id == removal).values(transcript_id=None))
            shared = exists().where(transcripts.c.case_id == cases.c.id)
            connection.execute(delete(cases).where(cases.c.id == row.case_id, ~shared))
        with study_errors(self._path), closing(connect(self._path, "rw")) as log:
            # Nothing of what was deleted may stand in the write-ahead log.
            log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return codings

    def removals(self) -> tuple[Removal, ...]:
        """What has been removed, the first one first."""
        with self._reading() as connection:
            rows = connection.execute(select(removals).order_by(removals.c.id))
            return tuple(Removal(row.name, row.reason, datetime.fromisoformat(row.at)) for row in rows)
