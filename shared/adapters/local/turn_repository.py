"""The queues of models in the same SQLite database as the campaigns."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from shared.adapters.local.record_columns import moment
from shared.adapters.local.record_pages import readable
from shared.adapters.local.record_rows import row_of, stored_record, stored_video, video_of
from shared.adapters.local.record_statements import VIDEOS
from shared.domain.errors import UnreadableRecordError
from shared.domain.pacing import LaneSeen, Pace
from shared.records.form import decode, naming, require_place

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from shared.adapters.local.record_database import RecordDatabase
    from shared.domain.video import Lane, Video

# Each names the index of what waits: it costs the same whatever else there is.
_IN_LANE = "INDEXED BY videos_waiting WHERE queue_order IS NOT NULL AND model = ? AND lane = ?"
_WAITING = f"SELECT {VIDEOS} {_IN_LANE} ORDER BY queue_order, id"
_LANE = f"SELECT count(*), min(queue_order), max(queue_order) FROM videos {_IN_LANE}"  # noqa: S608  # No values.
_ANY = "SELECT 1 FROM videos INDEXED BY videos_waiting WHERE queue_order IS NOT NULL LIMIT 1"
_ONE_PACE = "SELECT record, revision FROM paces WHERE model = ?"
_PACES = "SELECT model, record, revision FROM paces WHERE model IN (SELECT value FROM json_each(?))"


class LocalTurnRepository:
    """A pace's revision is a digest of its record's JSON, as for campaigns."""

    def __init__(self, database: RecordDatabase) -> None:
        self._database = database

    def get_pace(self, model: str) -> Pace:
        with self._database.reading() as connection:
            return _pace_of(model, row_of(connection, _ONE_PACE, model))

    def get_paces(self, models: Iterable[str]) -> Mapping[str, Pace]:
        names = list(models)
        with self._database.reading() as connection:
            found = connection.execute(_PACES, (json.dumps(names),))
            rows = {model: (record, revision) for model, record, revision in found}
        paces: dict[str, Pace] = {}
        for model in names:
            with suppress(UnreadableRecordError):
                paces[model] = _pace_of(model, rows.get(model))
        return paces

    def commit_pace(self, pace: Pace) -> Pace:
        with self._database.writing() as connection:
            return _stored_pace(connection, pace)

    def commit_attempt(self, video: Video, pace: Pace) -> Video:
        with self._database.writing() as connection:
            _stored_pace(connection, pace)
            return stored_video(connection, video)

    def waiting(self, model: str, lane: Lane, *, limit: int) -> tuple[Video, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(_WAITING, (model, lane))
            return tuple(readable(video_of, rows, limit)[0])

    def anything_waits(self) -> bool:
        with self._database.reading() as connection:
            return connection.execute(_ANY).fetchone() is not None

    def survey(self, model: str, lane: Lane, *, now: datetime) -> LaneSeen:
        with self._database.reading() as connection:
            count, first, last = connection.execute(_LANE, (model, lane)).fetchone()
        return LaneSeen(
            lane=lane,
            waiting=count,
            first=None if first is None else moment(first),
            last=None if last is None else moment(last),
            seen_at=now,
        )


def _stored_pace(connection: sqlite3.Connection, pace: Pace) -> Pace:
    """Store a pace, and return it with its new revision. Raise ConflictError."""
    return stored_record(connection, "paces", {"model": pace.model}, pace, "The pace")


def _pace_of(model: str, row: tuple[bytes, str] | None) -> Pace:
    """Raise UnreadableRecordError."""
    if row is None:
        return Pace(model=model)
    record, revision = row
    with naming(f"paces/{model}", revision=revision):
        stored = decode(record, Pace, revision=revision)
        require_place(stored.model == model)
    return stored
