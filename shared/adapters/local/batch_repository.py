"""The records of batches in the same SQLite database as the campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.adapters.local import record_columns as columns
from shared.adapters.local import record_statements as statements
from shared.adapters.local.record_pages import first_readable, readable
from shared.adapters.local.record_rows import dollars, row_of, stored_record, video_of
from shared.domain.batch import Batch, PhaseTotals
from shared.domain.errors import BatchNotFoundError
from shared.domain.video import Phase
from shared.records.form import decode, naming, require_place

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from shared.adapters.local.campaign_repository import LocalCampaignRepository
    from shared.domain.batch import Totals
    from shared.domain.campaign import Change
    from shared.domain.events import Event
    from shared.domain.video import Video

_LATEST = (2**63 - 1, "")


class LocalBatchRepository:
    """A revision is a digest of a record's JSON, as for campaigns."""

    def __init__(self, campaigns: LocalCampaignRepository) -> None:
        self._campaigns = campaigns
        self._database = campaigns.database

    def get(self, batch_id: str) -> Batch:
        with self._database.reading() as connection:
            row = row_of(connection, statements.ONE_BATCH, batch_id)
        if row is None:
            raise BatchNotFoundError("There is no batch with this id.")
        return _batch_of(*row)

    def commit(
        self, batch: Batch, changes: Sequence[Change] = (), *, events: Sequence[Event] = ()
    ) -> Batch:
        with self._database.writing() as connection:
            for change in changes:
                self._campaigns.stored(connection, change)
            self._campaigns.store_events(connection, events)
            return stored_batch(connection, batch)

    def list(self, *, after: Batch | None, limit: int) -> tuple[Batch, ...]:
        first = _LATEST if after is None else (columns.micros(after.created_at), after.batch_id)
        with self._database.reading() as connection:
            rows = connection.execute(statements.BATCHES_BEFORE, first)
            return first_readable(_batch_of, rows, limit)

    def due(self, before: datetime, *, limit: int) -> tuple[str, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(statements.DUE_BATCHES, (columns.micros(before), limit))
            return tuple(batch_id for (batch_id,) in rows)

    def totals(self, batch_id: str) -> Totals:
        with self._database.reading() as connection:
            rows = connection.execute(statements.BATCH_TOTALS, (batch_id,)).fetchall()
        return {
            Phase(phase): PhaseTotals(videos=count, usd=dollars(charged))
            for phase, count, charged in rows
        }

    def waiting(self, batch_id: str, *, limit: int) -> tuple[Video, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(statements.BATCH_WAITING, (batch_id, limit))
            return tuple(readable(video_of, rows)[0])


def _batch_of(batch_id: str, record: bytes, revision: str) -> Batch:
    """Raise UnreadableRecordError."""
    with naming(f"batches/{batch_id}"):
        stored = decode(record, Batch, revision=revision)
        require_place(stored.batch_id == batch_id)
    return stored


def stored_batch(connection: sqlite3.Connection, batch: Batch) -> Batch:
    derived = {
        "batch_id": batch.batch_id,
        "created_at": columns.micros(batch.created_at),
        "due_at": None if batch.due_at is None else columns.micros(batch.due_at),
    }
    return stored_record(connection, "batches", derived, batch, f"The batch {batch.batch_id}")
