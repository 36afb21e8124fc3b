"""Cases in the database: who the transcripts are about."""

from sqlalchemy import Connection, select, update

from suggester.domain import Case, folded
from suggester.errors import TranscriptError
from suggester.store.database import Database, insert_one, require_storable
from suggester.store.lookups import transcript_number
from suggester.store.schema import cases, transcripts


class Cases(Database):
    """The part of the study that holds who the data are about."""

    def set_case(self, transcript: str, case: Case) -> None:
        """Say who a transcript is about.

        Makes the case, or adds to and overwrites the variables of the one that is there.

        Raises
        ------
        TranscriptError
            No such transcript, or the case has no name.
        """
        with self._writing() as connection:
            link_case(connection, transcript_number(connection, transcript), case)

    def cases(self) -> tuple[Case, ...]:
        """Every case with its variables, in the order of their names."""
        with self._reading() as connection:
            rows = connection.execute(select(cases).order_by(cases.c.key))
            return tuple(Case(row.name, dict(row.variables)) for row in rows)


def link_case(connection: Connection, transcript_id: int, case: Case) -> None:
    """Make the case if need be, add to its variables, and tie the transcript to it."""
    if not case.name.strip():
        raise TranscriptError("a case has no name", remedy="Name the case, or leave it out.")
    for text in (case.name, *case.variables, *case.variables.values()):
        require_storable(text, "a case's name or variables", TranscriptError)
    known = connection.execute(select(cases).where(cases.c.key == folded(case.name))).one_or_none()
    if known is None:
        values = {"name": case.name, "key": folded(case.name), "variables": dict(case.variables)}
        number = insert_one(connection, cases, values)
    else:
        number = known.id
        if case.variables:
            variables = {**known.variables, **case.variables}
            connection.execute(update(cases).where(cases.c.id == number).values(variables=variables))
    connection.execute(update(transcripts).where(transcripts.c.id == transcript_id).values(case_id=number))
