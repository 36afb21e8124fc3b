"""The codebook's versions in the database; a code keeps its guid through renames and versions."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, func, insert, select

from suggester.domain import Code, Codebook, folded
from suggester.errors import CodebookError
from suggester.store.database import Database, now, require_storable
from suggester.store.records import CodebookVersion
from suggester.store.schema import codebook_versions, codes, current_version


class Codebooks(Database):
    """The part of the study that holds the codebook."""

    def set_codebook(self, codebook: Codebook, *, source: str, note: str = "") -> Codebook:
        """Make this the current codebook: a new version, if anything in it differs.

        A code keeps its guid if it brings one that the study knows (a rename), else if a code of
        its name (see `folded`) was in an earlier version; others get a new one.

        Returns
        -------
        Codebook
            As stored, with guids and version.

        Raises
        ------
        CodebookError
            It has no codes, two codes bring the same guid, or a text cannot be stored.
        """
        _check(codebook, source, note)
        with self._writing() as connection:
            guids = _guids(connection, codebook)
            coded = tuple(replace(code, guid=guid) for code, guid in zip(codebook, guids, strict=True))
            current = load_codebook(connection)
            if current is not None and current.codes == coded:
                return current
            version = 1 if current is None else current.version + 1
            about = {"number": version, "created_at": now(), "source": source, "note": note}
            connection.execute(insert(codebook_versions).values(about))
            rows = [_row(version, position, code) for position, code in enumerate(coded)]
            connection.execute(insert(codes), rows)
            return Codebook(coded, version)

    def codebook(self, version: int | None = None) -> Codebook | None:
        """The current codebook, or None before the first; or one of its versions.

        Raises
        ------
        CodebookError
            There is no such version.
        """
        with self._reading() as connection:
            found = load_codebook(connection, version)
        if found is None and version is not None:
            raise CodebookError(
                f"the study has no version {version} of its codebook",
                remedy="'suggester codebook versions' lists those there are.",
            )
        return found

    def codebook_versions(self) -> tuple[CodebookVersion, ...]:
        """Every version, the first one first."""
        number_of_codes = func.count(codes.c.guid).label("codes")
        query = (
            select(codebook_versions, number_of_codes)
            .join(codes)
            .group_by(codebook_versions.c.number)
            .order_by(codebook_versions.c.number)
        )
        with self._reading() as connection:
            return tuple(
                CodebookVersion(
                    row.number, datetime.fromisoformat(row.created_at), row.source, row.note, row.codes
                )
                for row in connection.execute(query)
            )


def load_codebook(connection: Connection, version: int | None = None) -> Codebook | None:
    """The current codebook or the given version of it, or None if there is none."""
    chosen = current_version().scalar_subquery() if version is None else version
    rows = connection.execute(select(codes).where(codes.c.version == chosen).order_by(codes.c.position)).all()
    if not rows:
        return None
    loaded = tuple(
        Code(
            name=row.name,
            heading=row.heading,
            level=row.level,
            definition=row.definition,
            include=row.include,
            exclude=row.exclude,
            examples=tuple(row.examples),
            borderline=tuple(row.borderline),
            near_misses=tuple(row.near_misses),
            color=row.color,
            guid=row.guid,
        )
        for row in rows
    )
    return Codebook(loaded, rows[0].version)


def _check(codebook: Codebook, source: str, note: str) -> None:
    if not codebook.codes:
        raise CodebookError("the codebook has no codes", remedy="Give it at least one code.")
    require_storable(source + note, "the codebook's source or note", CodebookError)
    brought: set[str] = set()
    for position, code in enumerate(codebook, start=1):
        for text in (
            code.name,
            code.heading,
            code.level,
            code.definition,
            code.include,
            code.exclude,
            *code.examples,
            *code.borderline,
            *code.near_misses,
            code.color,
            code.guid,
        ):
            require_storable(text, f"code {position}", CodebookError)
        if code.guid in brought:
            raise CodebookError(
                f"the code '{code.name}' has the guid of another code", remedy="Leave out one of the guids."
            )
        if code.guid:
            brought.add(code.guid)


def _guids(connection: Connection, codebook: Codebook) -> list[str]:
    """A guid for each code; one that is brought goes before one that is inherited by name."""
    history = connection.execute(select(codes.c.guid, codes.c.key).order_by(codes.c.version)).all()
    known = {row.guid for row in history}
    latest_of_name = {row.key: row.guid for row in history}
    taken = {code.guid for code in codebook if code.guid in known}
    chosen = []
    for code in codebook:
        inherited = latest_of_name.get(folded(code.name))
        if code.guid in known:
            guid = code.guid
        elif inherited is not None and inherited not in taken:
            guid = inherited
        else:
            guid = code.guid or str(uuid4())
        taken.add(guid)
        chosen.append(guid)
    return chosen


def _row(version: int, position: int, code: Code) -> dict[str, object]:
    return {
        "version": version,
        "guid": code.guid,
        "position": position,
        "name": code.name,
        "key": folded(code.name),
        "heading": code.heading,
        "level": code.level,
        "definition": code.definition,
        "include": code.include,
        "exclude": code.exclude,
        "examples": list(code.examples),
        "borderline": list(code.borderline),
        "near_misses": list(code.near_misses),
        "color": code.color,
    }
