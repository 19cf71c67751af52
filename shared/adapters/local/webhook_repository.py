"""The webhooks and their deliveries in the same SQLite database as the events."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.adapters.local.record_columns import micros, revision_of
from shared.adapters.local.record_pages import first_readable
from shared.adapters.local.record_rows import stored_record, write
from shared.domain.errors import NotFoundError
from shared.domain.values import replace
from shared.domain.webhooks import Delivery, DeliveryKey, Webhooks
from shared.records.form import decode, encode, naming, require_place

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from shared.adapters.local.campaign_repository import LocalCampaignRepository
    from shared.domain.events import Event
    from shared.ports.webhook_repository import DeliveryQuery

_WEBHOOKS = "SELECT record, revision FROM webhooks WHERE id = 1"

_COLUMNS = "SELECT webhook_id, event_id, record, revision FROM deliveries"
_DELIVERY = f"{_COLUMNS} WHERE webhook_id = ? AND event_id = ?"
_DUE = (
    "SELECT webhook_id, event_id FROM deliveries WHERE due_at <= ?"
    " ORDER BY due_at, webhook_id, event_id LIMIT ?"
)
_INSERT = (
    "INSERT OR IGNORE INTO deliveries"
    " (webhook_id, event_id, record, revision, created_at, status, due_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_UPDATE = (
    "UPDATE deliveries SET record = ?, revision = ?, created_at = ?, status = ?, due_at = ?"
    " WHERE webhook_id = ? AND event_id = ? AND revision = ?"
)
# As for events: every delivery removes more than itself.
_REMOVE = (
    "DELETE FROM deliveries WHERE rowid IN (SELECT rowid FROM deliveries"
    " WHERE created_at < ? ORDER BY created_at LIMIT 10)"
)


class LocalWebhookRepository:
    """A revision is a digest of a record's JSON, as for campaigns."""

    def __init__(self, campaigns: LocalCampaignRepository, *, days: int) -> None:
        """Deliveries are kept for so many `days`."""
        self._campaigns = campaigns
        self._database = campaigns.database
        self._kept = timedelta(days=days)

    def get(self) -> Webhooks:
        with self._database.reading() as connection:
            row = connection.execute(_WEBHOOKS).fetchone()
        if row is None:
            return Webhooks()
        record, revision = row
        with naming("webhooks"):
            return decode(record, Webhooks, revision=revision)

    def commit(self, webhooks: Webhooks, *, events: Sequence[Event] = ()) -> Webhooks:
        what = "The record of webhooks"
        with self._database.writing() as connection:
            self._campaigns.store_events(connection, events)
            return stored_record(connection, "webhooks", {"id": 1}, webhooks, what)

    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        with self._database.writing() as connection:
            for each in deliveries:
                record = encode(each)
                row = (*each.key, record, revision_of(record), *_columns(each))
                connection.execute(_INSERT, row)
                connection.execute(_REMOVE, (micros(each.created_at - self._kept),))

    def get_delivery(self, key: DeliveryKey) -> Delivery:
        with self._database.reading() as connection:
            return _delivery_in(connection, key)

    def commit_delivery(self, delivery: Delivery) -> Delivery:
        record = encode(delivery)
        revision = revision_of(record)
        changed = (record, revision, *_columns(delivery), *delivery.key, delivery.revision)
        with self._database.writing() as connection:
            write(connection, _UPDATE, changed, "The delivery")
        return replace(delivery, revision=revision)

    def due(self, before: datetime, *, limit: int) -> tuple[DeliveryKey, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(_DUE, (micros(before), limit))
            return tuple(DeliveryKey(*row) for row in rows)

    def list_deliveries(self, query: DeliveryQuery) -> tuple[Delivery, ...]:
        with self._database.snapshot() as connection:
            rows = connection.execute(*_list_of(connection, query))
            return first_readable(_delivery_of, rows, query.limit)


def _list_of(connection: sqlite3.Connection, query: DeliveryQuery) -> tuple[str, list[object]]:
    index = "deliveries_of_webhook" if query.status is None else "deliveries_in_status"
    conditions, values = ["webhook_id = ?"], [query.webhook_id]
    if query.status is not None:
        conditions.append("status = ?")
        values.append(query.status)
    places: tuple[object, ...] = ()
    if query.after is not None:
        last = _delivery_in(connection, DeliveryKey(query.webhook_id, query.after))
        conditions.append("(created_at, event_id) < (?, ?)")
        places = (micros(last.created_at), last.event.id)
    statement = f"{_COLUMNS} INDEXED BY {index} WHERE {' AND '.join(conditions)}"
    return f"{statement} ORDER BY created_at DESC, event_id DESC", [*values, *places]


def _delivery_in(connection: sqlite3.Connection, key: DeliveryKey) -> Delivery:
    """Raise NotFoundError."""
    row = None
    # Text that is not valid is the name of nothing.
    with suppress(UnicodeEncodeError):
        row = connection.execute(_DELIVERY, key).fetchone()
    if row is None:
        raise NotFoundError("There is no delivery of this event.")
    return _delivery_of(*row)


def _delivery_of(webhook_id: str, event_id: str, record: bytes, revision: str) -> Delivery:
    """Raise UnreadableRecordError."""
    with naming(f"webhooks/{webhook_id}/{event_id}"):
        stored = decode(record, Delivery, revision=revision)
        require_place(stored.key == (webhook_id, event_id))
    return stored


def _columns(delivery: Delivery) -> tuple[int, str, int | None]:
    due_at = None if delivery.due_at is None else micros(delivery.due_at)
    return micros(delivery.created_at), delivery.status, due_at
