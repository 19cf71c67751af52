"""The records of batches in Firestore: `batches/<batch_id>`.

Each shape of a query has its index in infra/firestore.indexes.json.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal

from google.cloud import firestore
from google.cloud.firestore import FieldFilter, Query
from google.cloud.firestore_v1.aggregation import AggregationQuery

from shared.adapters.google.campaign_documents import CHARGED, MILLIONTHS, VIDEOS, filled, video_of
from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.firestore_documents import Aggregate, Document, Write
from shared.adapters.google.firestore_pages import readable_page
from shared.domain.batch import Batch, PhaseTotals, Totals
from shared.domain.campaign import Change
from shared.domain.errors import BatchNotFoundError
from shared.domain.events import Event
from shared.domain.identity import require_batch_id
from shared.domain.values import replace
from shared.domain.video import Phase, Video
from shared.records.form import from_record, naming, require_place, to_record

BATCHES = "batches"

_NAME = "__name__"


class FirestoreBatchRepository:
    """A revision is the time of a document's last change, as for campaigns."""

    def __init__(self, campaigns: FirestoreCampaignRepository) -> None:
        self._campaigns = campaigns
        self._documents = campaigns.documents

    def get(self, batch_id: str) -> Batch:
        document = self._documents.get(batch_path(require_batch_id(batch_id)))
        if document is None:
            raise BatchNotFoundError("There is no batch with this id.")
        return _batch_of(document)

    def commit(
        self, batch: Batch, changes: Sequence[Change] = (), *, events: Sequence[Event] = ()
    ) -> Batch:
        path = batch_path(batch.batch_id)
        own = Write(path=path, fields=to_record(batch), revision=batch.revision)
        others = (write for change in changes for write in self._campaigns.writes_of(change))
        own_events = self._campaigns.writes_of_events(events)
        revision, *_ = self._documents.commit([own, *others, *own_events])
        return replace(batch, revision=revision)

    def list(self, *, after: Batch | None, limit: int) -> tuple[Batch, ...]:
        client = self._documents.client
        first = (after.created_at, batch_path(after.batch_id)) if after else None

        def read(last: Document | None, limit: int) -> list[Document]:
            cursor = (last.fields["created_at"], last.path) if last else first
            return self._documents.query(batches_before(client, after=cursor, limit=limit))

        return readable_page(read, _batch_of, limit)

    def due(self, before: datetime, *, limit: int) -> tuple[str, ...]:
        found = self._documents.query(due_batches(self._documents.client, before, limit=limit))
        return tuple(document.path.rpartition("/")[2] for document in found)

    def totals(self, batch_id: str) -> Totals:
        """Count each phase at one moment, the read time of a first count.

        So a video that changes its phase meanwhile is counted once.
        """
        client = self._documents.client
        at = self._documents.aggregate(totals_of(client, batch_id, Phase.DONE)).read_at

        def totals(phase: Phase) -> Aggregate:
            return self._documents.aggregate(totals_of(client, batch_id, phase), at=at)

        with ThreadPoolExecutor(len(Phase)) as pool:
            counted = dict(zip(Phase, pool.map(totals, Phase), strict=True))
        found = {phase: _totals(each) for phase, each in counted.items()}
        return {phase: each for phase, each in found.items() if each.videos}

    def waiting(self, batch_id: str, *, limit: int) -> tuple[Video, ...]:
        client = self._documents.client

        def read(last: Document | None, limit: int) -> list[Document]:
            return self._documents.query(
                waiting_in_batch(client, batch_id, after=last, limit=limit)
            )

        return tuple(filled(read, video_of, limit)[0])


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


def _totals(counted: Aggregate) -> PhaseTotals:
    charged = Decimal(int(counted.values["charged"]))
    return PhaseTotals(videos=int(counted.values["videos"]), usd=charged / MILLIONTHS)


def _batch_of(document: Document) -> Batch:
    """Raise UnreadableRecordError."""
    with naming(document.path):
        batch = from_record(document.fields, Batch, revision=document.revision)
        require_place(batch_path(batch.batch_id) == document.path)
    return batch
