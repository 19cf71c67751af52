"""Webhooks and their deliveries in Firestore, in the database of the events.

All webhooks are `webhooks/all`. A delivery is `webhooks/<webhook_id>/deliveries/<event_id>`; a TTL
policy on `expires_at` removes it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from google.cloud import firestore
from google.cloud.firestore import FieldFilter, Query

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.event_log import EXPIRES_AT
from shared.adapters.google.firestore_documents import Document, Write
from shared.adapters.google.firestore_pages import readable_page
from shared.domain.errors import ConflictError, NotFoundError
from shared.domain.events import Event
from shared.domain.identity import require_event_id, require_webhook_id
from shared.domain.schedule import EVENT_DAYS
from shared.domain.values import replace
from shared.domain.webhooks import Delivery, DeliveryKey, Webhooks
from shared.ports.webhook_repository import DeliveryQuery
from shared.records.form import from_record, naming, require_place, to_record

WEBHOOKS = "webhooks/all"
DELIVERIES = "deliveries"

_NAME = "__name__"


class FirestoreWebhookRepository:
    """A revision is the time of a document's last change, as for campaigns."""

    def __init__(
        self, campaigns: FirestoreCampaignRepository, *, event_days: int = EVENT_DAYS
    ) -> None:
        self._campaigns = campaigns
        self._documents = campaigns.documents
        self._event_days = event_days

    def get(self) -> Webhooks:
        document = self._documents.get(WEBHOOKS)
        if document is None:
            return Webhooks()
        with naming(document.path):
            return from_record(document.fields, Webhooks, revision=document.revision)

    def commit(self, webhooks: Webhooks, *, events: Sequence[Event] = ()) -> Webhooks:
        own = Write(path=WEBHOOKS, fields=to_record(webhooks), revision=webhooks.revision)
        revision, *_ = self._documents.commit([own, *self._campaigns.writes_of_events(events)])
        return replace(webhooks, revision=revision)

    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        writes = [self._write_of(each) for each in deliveries]
        try:
            self._create_missing(writes)
        except ConflictError:
            # Another process has added some of them since they were looked for.
            self._create_missing(writes)

    def get_delivery(self, key: DeliveryKey) -> Delivery:
        return _delivery_of(self._document_of(key))

    def commit_delivery(self, delivery: Delivery) -> Delivery:
        (revision,) = self._documents.commit([self._write_of(delivery)])
        return replace(delivery, revision=revision)

    def due(self, before: datetime, *, limit: int) -> tuple[DeliveryKey, ...]:
        query = due_deliveries(self._documents.client, before, limit=limit)
        return tuple(map(key_of, self._documents.query(query)))

    def list_deliveries(self, query: DeliveryQuery) -> tuple[Delivery, ...]:
        last = (
            None
            if query.after is None
            else self._document_of(DeliveryKey(query.webhook_id, query.after))
        )

        def read(last: Document | None, limit: int) -> list[Document]:
            client = self._documents.client
            return self._documents.query(deliveries_before(client, query, after=last, limit=limit))

        return readable_page(read, _delivery_of, query.limit, after=last)

    def _document_of(self, key: DeliveryKey) -> Document:
        document = self._documents.get(delivery_path(key))
        if document is None:
            raise NotFoundError("There is no delivery of this event.")
        return document

    def _create_missing(self, writes: Sequence[Write]) -> None:
        stored = self._documents.get_all(write.path for write in writes)
        if missing := [write for write in writes if write.path not in stored]:
            self._documents.commit(missing)

    def _write_of(self, delivery: Delivery) -> Write:
        expires_at = delivery.created_at + timedelta(days=self._event_days)
        fields = {**to_record(delivery), EXPIRES_AT: expires_at}
        path = delivery_path(delivery.key)
        return Write(path=path, fields=fields, revision=delivery.revision)


def due_deliveries(client: firestore.Client, before: datetime, *, limit: int) -> Query:
    due = client.collection_group(DELIVERIES).where(filter=FieldFilter("due_at", "<=", before))
    return due.order_by("due_at").select([]).limit(limit)


def deliveries_before(
    client: firestore.Client, query: DeliveryQuery, *, after: Document | None, limit: int
) -> Query:
    """Return deliveries of one webhook, the newest first, that were created before one of them."""
    found: Query = client.document(_webhook_path(query.webhook_id)).collection(DELIVERIES)
    if query.status is not None:
        found = found.where(filter=FieldFilter("status", "==", query.status.value))
    for name in ("created_at", _NAME):
        found = found.order_by(name, direction=Query.DESCENDING)
    if after is not None:
        created_at, last = after.fields["created_at"], client.document(after.path)
        found = found.start_after({"created_at": created_at, _NAME: last})
    return found.limit(limit)


def _delivery_of(document: Document) -> Delivery:
    """Raise UnreadableRecordError."""
    record = {name: value for name, value in document.fields.items() if name != EXPIRES_AT}
    with naming(document.path):
        delivery = from_record(record, Delivery, revision=document.revision)
        require_place(delivery.key == key_of(document))
    return delivery


def delivery_path(key: DeliveryKey) -> str:
    """Raise NotFoundError if it cannot be the key of a delivery."""
    return f"{_webhook_path(key.webhook_id)}/{DELIVERIES}/{require_event_id(key.event_id)}"


def key_of(document: Document) -> DeliveryKey:
    _, webhook_id, _, event_id = document.path.split("/")
    return DeliveryKey(webhook_id, event_id)


def _webhook_path(webhook_id: str) -> str:
    return f"webhooks/{require_webhook_id(webhook_id)}"
