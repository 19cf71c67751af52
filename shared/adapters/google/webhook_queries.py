"""The places of webhooks and deliveries in Firestore, and the queries for deliveries.

All webhooks are `webhooks/all`. A delivery is `webhooks/<webhook_id>/deliveries/<event_id>`; a TTL
policy on `expires_at` removes it.
"""

from datetime import datetime

from google.cloud import firestore
from google.cloud.firestore import FieldFilter, Query

from shared.adapters.google.firestore_documents import Document
from shared.domain.identity import require_event_id, require_webhook_id
from shared.domain.webhooks import DeliveryKey
from shared.ports.webhook_repository import DeliveryQuery

WEBHOOKS = "webhooks/all"
DELIVERIES = "deliveries"

_NAME = "__name__"


def delivery_path(key: DeliveryKey) -> str:
    """Raise NotFoundError if it cannot be the key of a delivery."""
    return f"{_webhook_path(key.webhook_id)}/{DELIVERIES}/{require_event_id(key.event_id)}"


def key_of(document: Document) -> DeliveryKey:
    _, webhook_id, _, event_id = document.path.split("/")
    return DeliveryKey(webhook_id, event_id)


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


def _webhook_path(webhook_id: str) -> str:
    return f"webhooks/{require_webhook_id(webhook_id)}"
