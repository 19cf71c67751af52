"""The queries of the queue. Each shape has its index in infra/firestore.indexes.json."""

from datetime import UTC, datetime

from google.cloud import firestore
from google.cloud.firestore import FieldFilter, Query
from google.cloud.firestore_v1.aggregation import AggregationQuery

from shared.adapters.google.campaign_documents import VIDEOS
from shared.adapters.google.firestore_documents import Document
from shared.domain.video import Lane, Phase

_NAME = "__name__"
_ORDER = "queue.order"
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


def waiting_videos(
    client: firestore.Client, model: str, lane: Lane, *, after: Document | None, limit: int
) -> Query:
    """Ask for those that wait for their turn in a lane, the earliest place first."""
    found = _waiting_in(client, model, lane).order_by(_ORDER).order_by(_NAME)
    if after is not None:
        order = after.fields["queue"]["order"]
        found = found.start_after({_ORDER: order, _NAME: client.document(after.path)})
    return found.limit(limit)


def last_waiting_video(client: firestore.Client, model: str, lane: Lane) -> Query:
    return _waiting_in(client, model, lane).order_by(_ORDER, direction=Query.DESCENDING).limit(1)


def any_waiting_video(client: firestore.Client) -> Query:
    found = _reserved(client).where(filter=FieldFilter(_ORDER, ">", _BEGINNING))
    return found.order_by(_ORDER).select([_ORDER]).limit(1)


def number_waiting(client: firestore.Client, model: str, lane: Lane) -> AggregationQuery:
    query = AggregationQuery(_waiting_in(client, model, lane))
    query.count(alias="waiting")
    return query


def _waiting_in(client: firestore.Client, model: str, lane: Lane) -> Query:
    of_model = _reserved(client).where(filter=FieldFilter("parameters.model", "==", model))
    return of_model.where(filter=FieldFilter("queue.lane", "==", lane.value))


def _reserved(client: firestore.Client) -> Query:
    is_reserved = FieldFilter("phase", "==", Phase.RESERVED.value)
    return client.collection_group(VIDEOS).where(filter=is_reserved)
