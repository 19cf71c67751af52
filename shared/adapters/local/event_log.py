"""The events in the same SQLite database as the campaigns."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from shared.adapters.local.record_columns import micros
from shared.adapters.local.record_pages import first_readable
from shared.adapters.local.record_rows import row_of
from shared.domain.errors import NotFoundError
from shared.domain.events import Event
from shared.records.form import decode, encode, naming

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

    from shared.adapters.local.record_database import RecordDatabase
    from shared.ports.event_log import EventQuery

# There is one writer at a time: the numbers are in the order of the commits.
_INSERT = (
    "INSERT OR IGNORE INTO events (id, type, campaign_id, created_at, record, untold)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_ONE = "SELECT record FROM events WHERE id = ?"
_UNDISPATCHED = "SELECT record FROM events WHERE untold < ? ORDER BY untold, number"
_DISPATCHED = "UPDATE events SET untold = NULL WHERE id = ?"
_MISSING = "There is no event with this id. It may be older than EVENT_DAYS."
_NUMBER = "SELECT number FROM events WHERE id = ?"
# Only the earliest are looked at: no index is needed, and every event removes more than itself.
_REMOVE = (
    "DELETE FROM events WHERE created_at < ? AND number IN"
    " (SELECT number FROM events ORDER BY number LIMIT 10)"
)


class LocalEventLog:
    def __init__(self, database: RecordDatabase) -> None:
        self._database = database

    def list(self, query: EventQuery) -> tuple[Event, ...]:
        with self._database.snapshot() as connection:
            statement, values = _list_of(query, after=_number(connection, query.after))
            rows = connection.execute(statement, values)
            return first_readable(_event_of, rows, query.limit)

    def get(self, event_id: str) -> Event:
        with self._database.reading() as connection:
            row = row_of(connection, _ONE, event_id)
        if row is None:
            raise NotFoundError(_MISSING)
        with naming(f"events/{event_id}"):
            return _event_of(row[0])

    def undispatched(self, before: datetime, *, limit: int) -> tuple[Event, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(_UNDISPATCHED, (micros(before),))
            return first_readable(_event_of, rows, limit)

    def note_dispatched(self, event_id: str) -> None:
        with self._database.writing() as connection:
            connection.execute(_DISPATCHED, (event_id,))


def _event_of(record: bytes) -> Event:
    """Raise UnreadableRecordError."""
    return decode(record, Event)


def store_events(connection: sqlite3.Connection, events: Iterable[Event], *, days: int) -> None:
    """Store events, and remove some that are so many days older."""
    for event in events:
        created_at = micros(event.created_at)
        record = encode(event)
        row = (event.id, event.type, event.campaign_id, created_at, record, created_at)
        connection.execute(_INSERT, row)
        connection.execute(_REMOVE, (micros(event.created_at - timedelta(days=days)),))


def _number(connection: sqlite3.Connection, event_id: str | None) -> int:
    if event_id is None:
        return 0
    row = row_of(connection, _NUMBER, event_id)
    if row is None:
        raise NotFoundError(_MISSING)
    return int(row[0])


def _list_of(query: EventQuery, *, after: int) -> tuple[str, list[object]]:
    wanted = {"type = ?": query.type, "campaign_id = ?": query.campaign_id}
    conditions = ["number > ?", *(each for each, value in wanted.items() if value is not None)]
    values = [after, *(value for value in wanted.values() if value is not None)]
    # A campaign has fewer events than a type.
    index = "" if query.campaign_id is None else "INDEXED BY events_of_campaign"
    statement = f"SELECT record FROM events {index} WHERE {' AND '.join(conditions)}"  # noqa: S608  # Values are bound.
    return f"{statement} ORDER BY number", values
