"""The events in Firestore: `events/<event_id>`, removed by a TTL policy on `expires_at`."""

from datetime import datetime, timedelta

from google.cloud import firestore
from google.cloud.firestore import FieldFilter, Query

from shared.adapters.google.campaign_documents import WRITTEN_AT
from shared.adapters.google.firestore_documents import Document, FirestoreDocuments, Write
from shared.adapters.google.firestore_pages import readable_page
from shared.domain.errors import NotFoundError
from shared.domain.events import Event
from shared.domain.identity import require_event_id
from shared.domain.schedule import COMMIT_DELAY
from shared.ports import Clock
from shared.ports.event_log import EventQuery
from shared.records.form import from_record, naming, require_place, to_record

EVENTS = "events"
EXPIRES_AT = "expires_at"
# When an event was stored that is not dispatched yet. Both stores call it by this name.
UNDISPATCHED = "untold"
_NAME = "__name__"


class FirestoreEventLog:
    """An event has the time at which its commit began, and is listed when that is over.

    So no commit that took longer brings an event before one that was listed.
    """

    def __init__(self, documents: FirestoreDocuments, *, now: Clock) -> None:
        self._documents = documents
        self._now = now

    def list(self, query: EventQuery) -> tuple[Event, ...]:
        last = None if query.after is None else self._event_at(query.after)
        until = self._now() - COMMIT_DELAY

        def read(last: Document | None, limit: int) -> list[Document]:
            client = self._documents.client
            return self._documents.query(
                events_after(client, query, after=last, until=until, limit=limit)
            )

        return readable_page(read, _event_of, query.limit, after=last)

    def get(self, event_id: str) -> Event:
        return _event_of(self._event_at(event_id))

    def undispatched(self, before: datetime, *, limit: int) -> tuple[Event, ...]:
        def read(last: Document | None, limit: int) -> list[Document]:
            client = self._documents.client
            return self._documents.query(
                undispatched_events(client, before, after=last, limit=limit)
            )

        return readable_page(read, _event_of, limit)

    def note_dispatched(self, event_id: str) -> None:
        self._documents.remove_field(_path_of(event_id), UNDISPATCHED)

    def _event_at(self, event_id: str) -> Document:
        document = self._documents.get(_path_of(require_event_id(event_id)))
        if document is None:
            raise NotFoundError("There is no event with this id. It may be older than EVENT_DAYS.")
        return document


def events_after(
    client: firestore.Client,
    query: EventQuery,
    *,
    after: Document | None,
    until: datetime,
    limit: int,
) -> Query:
    found = client.collection(EVENTS).where(filter=FieldFilter(WRITTEN_AT, "<=", until))
    if query.type is not None:
        found = found.where(filter=FieldFilter("type", "==", query.type.value))
    if query.campaign_id is not None:
        found = found.where(filter=FieldFilter("campaign_id", "==", query.campaign_id))
    found = found.order_by(WRITTEN_AT).order_by(_NAME)
    if after is not None:
        written_at, name = after.fields[WRITTEN_AT], client.document(after.path)
        found = found.start_after({WRITTEN_AT: written_at, _NAME: name})
    return found.limit(limit)


def undispatched_events(
    client: firestore.Client, before: datetime, *, after: Document | None, limit: int
) -> Query:
    found = client.collection(EVENTS).where(filter=FieldFilter(UNDISPATCHED, "<", before))
    found = found.order_by(UNDISPATCHED).order_by(_NAME)
    if after is not None:
        found = found.start_after(
            {UNDISPATCHED: after.fields[UNDISPATCHED], _NAME: client.document(after.path)}
        )
    return found.limit(limit)


def write_of_event(event: Event, *, at: datetime, days: int) -> Write:
    """Return a write without a condition: a rebuild may store an event that is there already."""
    expires_at = event.created_at + timedelta(days=days)
    fields = {**to_record(event), WRITTEN_AT: at, EXPIRES_AT: expires_at, UNDISPATCHED: at}
    return Write(path=_path_of(event.id), fields=fields, revision=None)


def _event_of(document: Document) -> Event:
    """Raise UnreadableRecordError."""
    beside = (WRITTEN_AT, EXPIRES_AT, UNDISPATCHED)
    record = {name: value for name, value in document.fields.items() if name not in beside}
    with naming(document.path):
        event = from_record(record, Event)
        require_place(_path_of(event.id) == document.path)
    return event


def _path_of(event_id: str) -> str:
    return f"{EVENTS}/{event_id}"
