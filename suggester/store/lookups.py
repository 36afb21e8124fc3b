"""From names to the database's numbers, with errors that help to correct a name."""

from sqlalchemy import Connection, select

from suggester.domain import Codebook, close_names, counted, folded
from suggester.errors import CodingError, TranscriptError
from suggester.store.database import insert_one, require_storable
from suggester.store.records import CoderKind
from suggester.store.schema import coders, transcripts


def transcript_names(connection: Connection) -> dict[str, str]:
    """The name of every transcript by its key."""
    rows = connection.execute(select(transcripts.c.key, transcripts.c.name))
    return {row.key: row.name for row in rows}


def transcript_number(connection: Connection, name: str) -> int:
    """The id of a transcript; a `TranscriptError` that lists close names if there is none."""
    number = connection.execute(select(transcripts.c.id).where(transcripts.c.key == folded(name))).scalar()
    if number is None:
        raise no_transcript(connection, name)
    return int(number)


def no_transcript(connection: Connection, name: str) -> TranscriptError:
    """The error for a name that no transcript has; it lists close names."""
    known = transcript_names(connection)
    close = [f"'{close}'" for close in close_names(name, known.values())]
    if close:
        remedy = f"Did you mean {' or '.join(close)}?"
    else:
        remedy = f"Import it first; the study holds {counted(len(known), 'transcript')}."
    return TranscriptError(f"the study has no transcript '{name}'", remedy=remedy)


def coder_number(connection: Connection, name: str, kind: CoderKind | None = None) -> int:
    """The id of a coder, who is made if there is none of this name (see `folded`).

    Raises
    ------
    CodingError
        The name is empty or cannot be stored, or belongs to a coder of another kind.
    """
    require_storable(name, "a coder's name", CodingError)
    if not name.strip():
        raise CodingError("a coder has no name", remedy="Say who coded with --coder.")
    known = connection.execute(select(coders).where(coders.c.key == folded(name))).one_or_none()
    if known is None:
        values = {"name": name.strip(), "key": folded(name), "kind": kind or CoderKind.PERSON}
        return insert_one(connection, coders, values)
    if kind is not None and known.kind != kind:
        raise CodingError(
            f"the coder '{known.name}' is a {known.kind}, not a {kind}",
            remedy="Give people and models different names.",
        )
    return int(known.id)


class Places:
    """Finds the ids and lengths of transcripts, asking the database once for each."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, tuple[int, int]] = {}

    def transcript_id(self, transcript: str, start: int, end: int) -> int:
        """The id of a transcript that holds the span; else a `TranscriptError` or `CodingError`."""
        if transcript not in self._known:
            number = transcript_number(self._connection, transcript)
            # SQLite's length() would end at a NUL.
            text = self._connection.execute(select(transcripts.c.text).where(transcripts.c.id == number))
            self._known[transcript] = (number, len(text.scalar_one()))
        number, length = self._known[transcript]
        if not 0 <= start < end <= length:
            raise CodingError(
                f"not a passage of '{transcript}', which has {length} characters",
                place=f"characters {start} to {end}",
                remedy="Correct the start and the end; the end is exclusive and counts code points.",
            )
        return number


def require_code(codebook: Codebook, name: str) -> str:
    """The guid of the code of this name; a `CodingError` if the codebook has none."""
    code = codebook.find(name)
    if code is None:
        raise CodingError(
            f"version {codebook.version} of the codebook has no code '{name}'",
            remedy="Correct the name, or add the code to the codebook first: suggester codebook import FILE",
        )
    return code.guid
