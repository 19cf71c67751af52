"""The queries of batches. Each shape has its index in infra/firestore.indexes.json."""

from datetime import datetime

from google.cloud import firestore
from google.cloud.firestore import FieldFilter, Query
from google.cloud.firestore_v1.aggregation import AggregationQuery

from shared.adapters.google.campaign_documents import CHARGED, VIDEOS
from shared.adapters.google.firestore_documents import Document
from shared.domain.video import Phase

BATCHES = "batches"

_NAME = "__name__"


def batch_path(batch_id: str) -> str:
    return f"{BATCHES}/{batch_id}"


def batches_before(
    client: firestore.Client, *, after: tuple[datetime, str] | None, limit: int
) -> Query:
    """Ask for the newest first. `after` has the creation and the path of the last one before."""
    found = client.collection(BATCHES).order_by("created_at", direction=Query.DESCENDING)
    found = found.order_by(_NAME, direction=Query.DESCENDING)
    if after is not None:
        created_at, path = after
        found = found.start_after({"created_at": created_at, _NAME: client.document(path)})
    return found.limit(limit)


def due_batches(client: firestore.Client, before: datetime, *, limit: int) -> Query:
    due = client.collection(BATCHES).where(filter=FieldFilter("due_at", "<=", before))
    return due.order_by("due_at").order_by(_NAME).select(["due_at"]).limit(limit)


def videos_in_phase(client: firestore.Client, batch_id: str, phase: Phase) -> Query:
    """Query videos of one phase, ordered by cost: the order makes the index hold both."""
    return _in_phase(client, batch_id, phase).order_by(CHARGED)


def totals_of(client: firestore.Client, batch_id: str, phase: Phase) -> AggregationQuery:
    query = AggregationQuery(videos_in_phase(client, batch_id, phase))
    query.count(alias="videos")
    query.sum(CHARGED, alias="charged")
    return query


def waiting_in_batch(
    client: firestore.Client, batch_id: str, *, after: Document | None, limit: int
) -> Query:
    """Ask for reserved videos, the last created first."""
    found = _in_phase(client, batch_id, Phase.RESERVED)
    found = found.order_by("created_at", direction=Query.DESCENDING)
    found = found.order_by(_NAME, direction=Query.DESCENDING)
    if after is not None:
        created_at = after.fields["created_at"]
        found = found.start_after({"created_at": created_at, _NAME: client.document(after.path)})
    return found.limit(limit)


def _in_phase(client: firestore.Client, batch_id: str, phase: Phase) -> Query:
    videos = client.collection_group(VIDEOS).where(filter=FieldFilter("batch_id", "==", batch_id))
    return videos.where(filter=FieldFilter("phase", "==", phase.value))
