"""Taking a transcript out of the study for good: consent withdrawn, or never to have been there."""

from contextlib import closing
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, select, update

from suggester.domain import TranscriptNames, folded
from suggester.errors import StudyBusy, TranscriptError
from suggester.store.database import Database, connect, insert_one, now, require_storable
from suggester.store.failures import study_errors
from suggester.store.lookups import no_transcript, transcript_names, transcript_number
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

    def removable(self, name: str, reason: str) -> str:
        """The transcript that a removal for this reason means: one of the study, or one that went already.

        The same name, else the only one that is the same without the files' endings.

        Raises
        ------
        TranscriptError
            No such transcript, or no reason is given.
        """
        _require_reason(reason)
        with self._reading() as connection:
            # Those that went are among them, so that the name of one never means another by its ending.
            known = _removed_names(connection) | transcript_names(connection)
            found = TranscriptNames(known.values()).matching(name)
            if len(found) != 1:
                raise no_transcript(connection, name)
        return found[0]

    def remove_transcript(self, name: str, reason: str) -> int:
        """Delete a transcript with all that points into it; its case too, if it has no other transcript.

        It is overwritten with zeros in the database; the log beside it is truncated, not zeroed. What is
        kept is the transcript's name, the reason and when. Backups of the database are not touched. For a
        transcript that went already, only what is left of it in the log is cleared.

        Returns
        -------
        int
            How many current codings went with it.

        Raises
        ------
        TranscriptError
            No such transcript, or no reason is given.
        StudyBusy
            Another process is writing, and nothing was changed; or it is reading, and the log could not
            be emptied (see `empty_log`): removing the transcript once more finishes that.
        """
        _require_reason(reason)
        with self._writing() as connection:
            there = folded(name) in transcript_names(connection)
            if not there and folded(name) not in _removed_names(connection):
                raise no_transcript(connection, name)
            codings = _delete(connection, transcript_number(connection, name), reason) if there else 0
        self.empty_log()
        return codings

    def empty_log(self) -> None:
        """Put what the write-ahead log holds into the database and truncate it, so that nothing of what
        was deleted stands in either.

        Raises
        ------
        StudyBusy
            Another process is reading the study as it was before.
        """
        self.require_writable()
        with study_errors(self._path), closing(connect(self._path, "rw")) as connection:
            # No error is raised by SQLite where a reader is in the way: https://sqlite.org/pragma.html
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StudyBusy(
                "another process is using the study, and text that was deleted may still stand in its files",
                file=self._path,
                remedy="Wait until it has ended, or end it, and remove the transcript once more to finish.",
            )

    def removals(self) -> tuple[Removal, ...]:
        """What has been removed, the first one first."""
        with self._reading() as connection:
            rows = connection.execute(select(removals).order_by(removals.c.id))
            return tuple(Removal(row.name, row.reason, datetime.fromisoformat(row.at)) for row in rows)


def _require_reason(reason: str) -> None:
    require_storable(reason, "the reason", TranscriptError)
    if not reason.strip():
        raise TranscriptError("a transcript is removed for a reason", remedy="Say which.")


def _removed_names(connection: Connection) -> dict[str, str]:
    """The name of every transcript that went, by its key."""
    return {folded(name): name for name in connection.execute(select(removals.c.name)).scalars()}


def _delete(connection: Connection, number: int, reason: str) -> int:
    """Delete the transcript and what points into it; returns how many current codings it had."""
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
    return codings
