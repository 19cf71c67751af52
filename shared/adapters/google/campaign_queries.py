"""Queries of campaigns and videos. Each shape has its index in infra/firestore.indexes.json."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from google.cloud import firestore
from google.cloud.firestore import CollectionGroup, FieldFilter, Query

from shared.adapters.google.campaign_documents import (
    CAMPAIGNS,
    FOUND_BY,
    LONGEST_BEGINNING,
    VIDEOS,
    WRITTEN_AT,
    Key,
    campaign_of,
    is_campaign_id,
    savings_path,
    sorted_out,
    with_savings,
)
from shared.adapters.google.firestore_documents import Document, FirestoreDocuments
from shared.adapters.google.firestore_pages import filled_page
from shared.domain.campaign import Campaign
from shared.domain.search import ARCHIVED, CampaignFilter, status_key
from shared.domain.unreadable import Unreadable
from shared.domain.video import phases_of
from shared.ports.campaign_repository import (
    CampaignPosition,
    CampaignQuery,
    DueWork,
    ListPosition,
    SortOrder,
    VideoQuery,
)

Cursor = tuple[datetime, str]
"""The moment by which videos are ordered, and the path of a document: after it, a page begins."""

_NAME = "__name__"


def find_campaigns(documents: FirestoreDocuments, query: CampaignQuery) -> tuple[Campaign, ...]:
    """Return a page of the campaigns that match."""
    first = None if query.after is None else place_at(query.after)

    def read(last: Document | None, limit: int) -> Sequence[Document]:
        after = place_of(last) if last else first
        return documents.query(found_campaigns(documents.client, query, after=after, limit=limit))

    def matching(page: Sequence[Document]) -> list[Campaign]:
        campaigns, _ = sorted_out(page, campaign_of)
        return [each for each in campaigns if query.wanted.matches(each)]

    campaigns = filled_page(read, matching, query.limit)
    savings = _savings_of(documents, campaigns)
    return tuple(with_savings(each, savings) for each in campaigns)


def with_all_savings(
    documents: FirestoreDocuments, found: Iterable[Campaign | Unreadable]
) -> tuple[Campaign | Unreadable, ...]:
    """Return the campaigns with their savings, which are read in one call."""
    campaigns = tuple(found)
    savings = _savings_of(documents, campaigns)
    return tuple(
        with_savings(each, savings) if isinstance(each, Campaign) else each for each in campaigns
    )


def cursor_of(document: Document) -> Cursor:
    return document.fields["created_at"], document.path


def cursor_at(position: ListPosition) -> Cursor:
    return position.created_at, Key(position.campaign_id, position.video_hash).path


def place_of(document: Document) -> Cursor:
    return document.fields["updated_at"], document.path


def place_at(position: CampaignPosition) -> Cursor:
    return position.updated_at, Key(position.campaign_id).path


def cursor_after(work: DueWork | None) -> Cursor | None:
    if work is None or work.due_at is None:
        return None
    return work.due_at, Key(work.campaign_id, work.video_hash).path


def may_match(query: VideoQuery) -> bool:
    """Whether a document can have this id; Firestore refuses queries for other ids."""
    is_campaign = query.campaign_id is None or is_campaign_id(query.campaign_id)
    return is_campaign and (query.status is None or bool(phases_of(query.status)))


def videos_of(
    client: firestore.Client, query: VideoQuery, *, after: Cursor | None, limit: int
) -> Query:
    """Query `limit` videos. Those created at the same time are ordered by campaign and hash."""
    found = _videos(client, query.campaign_id)
    if query.tag is not None:
        found = found.where(filter=FieldFilter("tags", "array_contains", query.tag))
    if query.version_state is not None:
        found = found.where(filter=FieldFilter("version_state", "==", query.version_state.value))
    if query.status is not None:
        phases = [phase.value for phase in phases_of(query.status)]
        found = found.where(filter=FieldFilter("phase", "in", phases))
    descending = query.order is SortOrder.DESCENDING
    direction = Query.DESCENDING if descending else Query.ASCENDING
    found = found.order_by("created_at", direction=direction).order_by(_NAME, direction=direction)
    if after is not None:
        created_at, path = after
        found = found.start_after({"created_at": created_at, _NAME: client.document(path)})
    return found.limit(limit)


def all_videos(client: firestore.Client, campaign_id: str) -> Query:
    """Query every document, unordered: an order leaves out documents without the field."""
    return _videos(client, campaign_id)


def due_videos(
    client: firestore.Client, before: datetime, *, after: Cursor | None, limit: int
) -> Query:
    """Ask for those that are due for longest first. `after` has the `due_at` of a video."""
    due = client.collection_group(VIDEOS).where(filter=FieldFilter("due_at", "<=", before))
    due = due.order_by("due_at").order_by(_NAME)
    if after is not None:
        due_at, path = after
        due = due.start_after({"due_at": due_at, _NAME: client.document(path)})
    return due.limit(limit)


def names_of_videos(client: firestore.Client, campaign_id: str, *, limit: int) -> Query:
    """Query the names of all videos of a campaign, including damaged ones."""
    return _videos_of_campaign(client, campaign_id).order_by(_NAME).select([]).limit(limit)


def campaigns_with_chores(client: firestore.Client, *, after: Document | None, limit: int) -> Query:
    """Query campaigns with chores: a list of any is greater than an empty one."""
    campaigns = client.collection(CAMPAIGNS).where(filter=FieldFilter("chores", ">", []))
    return _page(client, campaigns, "chores", after).limit(limit)


def campaigns_with_due_chores(
    client: firestore.Client, before: datetime, *, after: Document | None, limit: int
) -> Query:
    """Query campaigns whose delayed chores are due."""
    waiting = FieldFilter("delayed_until", "<=", before)
    campaigns = client.collection(CAMPAIGNS).where(filter=waiting)
    return _page(client, campaigns, "delayed_until", after).limit(limit)


def written_since(
    collection: firestore.CollectionReference | CollectionGroup, since: datetime, *, limit: int
) -> Query:
    """Query the names of documents and their write times."""
    written = collection.where(filter=FieldFilter(WRITTEN_AT, ">=", since))
    return written.order_by(WRITTEN_AT).select([WRITTEN_AT]).limit(limit)


def all_campaigns(client: firestore.Client, *, after: str | None, limit: int) -> Query:
    found = client.collection(CAMPAIGNS).order_by(_NAME)
    if after is not None:
        found = found.start_after({_NAME: client.document(Key(after).path)})
    return found.limit(limit)


def found_campaigns(
    client: firestore.Client, query: CampaignQuery, *, after: Cursor | None, limit: int
) -> Query:
    """Query campaigns that may match, the latest change first.

    Firestore takes one condition on a list: the reader checks the others.
    """
    found = Query(client.collection(CAMPAIGNS))
    if key := _most_telling(query.wanted):
        found = found.where(filter=FieldFilter(FOUND_BY, "array_contains", key))
    found = found.order_by("updated_at", direction=Query.DESCENDING)
    found = found.order_by(_NAME, direction=Query.DESCENDING)
    if after is not None:
        updated_at, path = after
        found = found.start_after({"updated_at": updated_at, _NAME: client.document(path)})
    return found.limit(limit)


def _most_telling(wanted: CampaignFilter) -> str | None:
    if wanted.words:
        return max(wanted.words, key=len)[:LONGEST_BEGINNING]
    if wanted.status is not None:
        return status_key(wanted.status)
    return ARCHIVED if wanted.archived else None


def _page(client: firestore.Client, query: Query, field: str, after: Document | None) -> Query:
    found = query.order_by(field).order_by(_NAME)
    if after is None:
        return found
    return found.start_after({field: after.fields[field], _NAME: client.document(after.path)})


def _videos(client: firestore.Client, campaign_id: str | None) -> Query:
    if campaign_id is None:
        return client.collection_group(VIDEOS)
    return _videos_of_campaign(client, campaign_id)


def _videos_of_campaign(client: firestore.Client, campaign_id: str) -> Query:
    return Query(client.collection(f"{Key(campaign_id).path}/{VIDEOS}"))


def _savings_of(
    documents: FirestoreDocuments, campaigns: Sequence[Campaign | Unreadable]
) -> Mapping[str, Document]:
    paths = [savings_path(each.campaign_id) for each in campaigns]
    return documents.get_all(paths) if paths else {}
