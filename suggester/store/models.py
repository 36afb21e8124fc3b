"""Trained models in the database, and what they have suggested."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects.sqlite import insert

from suggester.errors import CodingError, LearningError, StudyError
from suggester.store.codebooks import load_codebook
from suggester.store.database import Database, insert_one, now, require_storable
from suggester.store.lookups import Places, require_code, transcript_number
from suggester.store.records import ModelRun, SuggestionRow
from suggester.store.schema import codes, model_runs, suggestions, transcripts


class Models(Database):
    """The part of the study that holds trained models and their suggestions."""

    def add_model(
        self,
        bundle: str,
        *,
        codebook_version: int,
        training_sha256: str,
        encoder: str,
        metrics: Mapping[str, object],
        trained: datetime | None = None,
    ) -> ModelRun:
        """Record a trained model.

        Parameters
        ----------
        bundle : str
            The name of its folder under ``models/``.
        codebook_version : int
            The version of the study's codebook that it was trained with.
        training_sha256 : str
            Hash of the codings and passages that it was trained on.
        encoder : str
            Name of the embedding model.
        metrics : mapping
            What JSON can hold; None for what is undefined, never NaN.
        trained : datetime, optional
            With its time zone; now, if left out.

        Raises
        ------
        LearningError
            A bundle of this name is recorded already, or there is no such codebook version.
        """
        require_storable(bundle + encoder + training_sha256, "the model's description", LearningError)
        written = json.loads(json.dumps(dict(metrics), allow_nan=False))
        at = now() if trained is None else trained.astimezone(UTC).isoformat(timespec="microseconds")
        with self._writing() as connection:
            if connection.execute(select(model_runs.c.id).where(model_runs.c.bundle == bundle)).first():
                raise LearningError(
                    f"the study has a model in '{bundle}' already",
                    remedy="Keep the new one in a folder of its own.",
                )
            if load_codebook(connection, codebook_version) is None:
                raise LearningError(
                    f"the study has no version {codebook_version} of its codebook",
                    remedy="Train the model with the study's own codebook.",
                )
            values = {
                "bundle": bundle,
                "trained_at": at,
                "codebook_version": codebook_version,
                "training_sha256": training_sha256,
                "encoder": encoder,
                "metrics": written,
            }
            number = insert_one(connection, model_runs, values)
            return _run(connection.execute(select(model_runs).where(model_runs.c.id == number)).one())

    def models(self) -> tuple[ModelRun, ...]:
        """Every trained model, the first one first."""
        with self._reading() as connection:
            return tuple(
                _run(row) for row in connection.execute(select(model_runs).order_by(model_runs.c.id))
            )

    def latest_model(self) -> ModelRun | None:
        """The model that was recorded last, or None; None too if its bundle has been deleted."""
        newest = select(model_runs).order_by(model_runs.c.id.desc()).limit(1)
        with self._reading() as connection:
            row = connection.execute(newest).one_or_none()
        return _run(row) if row and (self.folder / "models" / row.bundle).exists() else None

    def add_suggestions(self, run: ModelRun, rows: Iterable[SuggestionRow]) -> int:
        """Append what a model suggests; returns how many suggestions were new.

        What the same run has suggested before for the same span and code is left as it is.

        Raises
        ------
        TranscriptError
            No such transcript.
        CodingError
            A span lies outside its text, or the run's codebook has no such code.
        """
        given = tuple(rows)
        with self._writing() as connection:
            values = list(_placed(connection, run, given))
            before = _count(connection, run.number)
            if values:
                connection.execute(insert(suggestions).on_conflict_do_nothing(), values)
            return _count(connection, run.number) - before

    def suggestions(self, run: ModelRun, *, transcript: str | None = None) -> tuple[SuggestionRow, ...]:
        """What a model has suggested, by transcript, span and rank; codes as its codebook names them."""
        query = (
            select(suggestions, transcripts.c.name.label("transcript"), codes.c.name.label("code"))
            .join(transcripts, transcripts.c.id == suggestions.c.transcript_id)
            .join(model_runs, model_runs.c.id == suggestions.c.run_id)
            .join(
                codes,
                (codes.c.version == model_runs.c.codebook_version)
                & (codes.c.guid == suggestions.c.code_guid),
            )
            .where(suggestions.c.run_id == run.number)
            .order_by(transcripts.c.key, suggestions.c.start, suggestions.c.end, suggestions.c.rank)
        )
        with self._reading() as connection:
            if transcript is not None:
                query = query.where(transcripts.c.id == transcript_number(connection, transcript))
            return tuple(
                SuggestionRow(row.transcript, row.start, row.end, row.code, row.probability, row.rank)
                for row in connection.execute(query)
            )


def _placed(
    connection: Connection, run: ModelRun, rows: tuple[SuggestionRow, ...]
) -> Iterator[dict[str, object]]:
    codebook = load_codebook(connection, run.codebook_version)
    recorded = connection.execute(select(model_runs.c.id).where(model_runs.c.id == run.number)).first()
    if codebook is None or recorded is None:
        raise StudyError(f"the model in '{run.bundle}' is not of this study", remedy="Record it first.")
    places = Places(connection)
    guids: dict[str, str] = {}
    at = now()
    for row in rows:
        if not 0 <= row.probability <= 1 or row.rank < 1:
            raise CodingError(
                "a suggestion's probability is outside 0 to 1, or its rank is below 1",
                place=f"characters {row.start} to {row.end} of '{row.transcript}'",
            )
        if row.code not in guids:
            guids[row.code] = require_code(codebook, row.code)
        yield {
            "run_id": run.number,
            "transcript_id": places.transcript_id(row.transcript, row.start, row.end),
            "start": row.start,
            "end": row.end,
            "code_guid": guids[row.code],
            "probability": row.probability,
            "rank": row.rank,
            "at": at,
        }


def _count(connection: Connection, run: int) -> int:
    query = select(func.count()).select_from(suggestions).where(suggestions.c.run_id == run)
    return int(connection.execute(query).scalar_one())


def _run(row: Row[Any]) -> ModelRun:
    return ModelRun(
        row.id,
        row.bundle,
        datetime.fromisoformat(row.trained_at),
        row.codebook_version,
        row.training_sha256,
        row.encoder,
        dict(row.metrics),
    )
