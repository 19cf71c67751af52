"""The queues of models in Firestore: videos that wait, and paces, `paces/<model>`.

Each shape of a query has its index in infra/firestore.indexes.json.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from google.cloud import firestore
from google.cloud.firestore import FieldFilter, Query
from google.cloud.firestore_v1.aggregation import AggregationQuery

from shared.adapters.google.campaign_documents import VIDEOS, filled, video_of
from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.firestore_documents import Document, Write
from shared.domain.errors import UnreadableRecordError
from shared.domain.pacing import LaneSeen, Pace
from shared.domain.values import replace
from shared.domain.video import Lane, Phase, Video
from shared.records.form import from_record, naming, require_place, to_record

_NAME = "__name__"
_ORDER = "queue.order"
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


class FirestoreTurnRepository:
    """A revision is the time of a document's last change, as for campaigns."""

    def __init__(self, campaigns: FirestoreCampaignRepository) -> None:
        self._campaigns = campaigns
        self._documents = campaigns.documents

    def get_pace(self, model: str) -> Pace:
        return _pace_of(self._documents.get(_path_of(model)), model)

    def get_paces(self, models: Iterable[str]) -> Mapping[str, Pace]:
        paths = {model: _path_of(model) for model in models}
        found = self._documents.get_all(paths.values()) if paths else {}
        paces: dict[str, Pace] = {}
        for model, path in paths.items():
            with suppress(UnreadableRecordError):
                paces[model] = _pace_of(found.get(path), model)
        return paces

    def commit_pace(self, pace: Pace) -> Pace:
        (revision,) = self._documents.commit([_write_of(pace)])
        return replace(pace, revision=revision)

    def commit_attempt(self, video: Video, pace: Pace) -> Video:
        return self._campaigns.commit_video(video, beside=[_write_of(pace)])

    def waiting(self, model: str, lane: Lane, *, limit: int) -> tuple[Video, ...]:
        def read(last: Document | None, limit: int) -> list[Document]:
            client = self._documents.client
            return self._documents.query(
                waiting_videos(client, model, lane, after=last, limit=limit)
            )

        return tuple(filled(read, video_of, limit)[0])

    def anything_waits(self) -> bool:
        return bool(self._documents.query(any_waiting_video(self._documents.client)))

    def survey(self, model: str, lane: Lane, *, now: datetime) -> LaneSeen:
        client = self._documents.client
        ends = [
            *self._documents.query(waiting_videos(client, model, lane, after=None, limit=1)),
            *self._documents.query(last_waiting_video(client, model, lane)),
        ]
        return LaneSeen(
            lane=lane,
            waiting=self._documents.count(number_waiting(client, model, lane)),
            first=ends[0].fields["queue"]["order"] if ends else None,
            last=ends[-1].fields["queue"]["order"] if ends else None,
            seen_at=now,
        )


def _write_of(pace: Pace) -> Write:
    return Write(path=_path_of(pace.model), fields=to_record(pace), revision=pace.revision)


def _pace_of(document: Document | None, model: str) -> Pace:
    """Raise UnreadableRecordError."""
    if document is None:
        return Pace(model=model)
    with naming(document.path, revision=document.revision):
        stored = from_record(document.fields, Pace, revision=document.revision)
        require_place(stored.model == model)
    return stored


def _path_of(model: str) -> str:
    return f"paces/{model}"


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
