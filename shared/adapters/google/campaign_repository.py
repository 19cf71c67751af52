"""The records in Firestore."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from shared.adapters.google import campaign_queries as queries
from shared.adapters.google.campaign_documents import (
    CAMPAIGNS,
    VIDEOS,
    WRITTEN_AT,
    Key,
    campaign_in,
    campaign_of,
    campaign_or_unreadable,
    filled,
    increments,
    is_campaign_id,
    is_ours,
    key_at,
    page_of,
    paths_of,
    removals_of,
    savings_path,
    shares_in,
    sorted_out,
    video_of,
    write_as_it_is,
    write_of,
)
from shared.adapters.google.day_documents import read_day, write_of_day
from shared.adapters.google.event_log import write_of_event
from shared.adapters.google.firestore_documents import Document, FirestoreDocuments, Write
from shared.domain.campaign import Campaign, CampaignRecord, Change
from shared.domain.daily_budget import DayBudget
from shared.domain.errors import CampaignNotFoundError, ConflictError, VideoNotFoundError
from shared.domain.events import Event
from shared.domain.identity import parse_video_id, video_id
from shared.domain.schedule import EVENT_DAYS
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import Video
from shared.ports import Clock, utc_now
from shared.ports.campaign_repository import (
    CampaignQuery,
    ChangedCampaign,
    DueWork,
    VideoPage,
    VideoQuery,
)

_REMOVED_AT_ONCE = 200


class FirestoreCampaignRepository:
    """A revision is the time of a document's last change. There are no transactions.

    A read is one call, and so is a commit: a batch in which every write has a precondition. The
    campaign is always written with its videos, even if unchanged, for its precondition.
    """

    def __init__(
        self, *, project: str, database: str, now: Clock = utc_now, event_days: int = EVENT_DAYS
    ) -> None:
        self._event_days = event_days
        self._documents = FirestoreDocuments(project=project, database=database)
        self._now = now

    @property
    def documents(self) -> FirestoreDocuments:
        """The documents, for records that are committed together with campaigns."""
        return self._documents

    def get_campaign(self, campaign_id: str) -> Campaign:
        campaign, _ = self.get_together(campaign_id, ())
        if campaign is None:
            raise CampaignNotFoundError(f"There is no campaign {campaign_id!r}.")
        return campaign

    def get_video(self, campaign_id: str, video_hash: str) -> Video:
        key = Key(*parse_video_id(video_id(campaign_id, video_hash)))
        document = self._documents.get(key.path)
        if document is None:
            raise VideoNotFoundError("There is no video with this id.")
        return video_of(document)

    def get_all_videos(self, campaign_id: str) -> VideoPage:
        if not is_campaign_id(campaign_id):
            return VideoPage(videos=(), has_more=False)
        found = self._documents.query(queries.all_videos(self._documents.client, campaign_id))
        videos, unread = sorted_out(found, video_of)
        return VideoPage(videos=tuple(videos), has_more=False, unreadable=tuple(unread))

    def get_videos(self, campaign_id: str, video_hashes: Iterable[str]) -> VideoPage:
        paths = paths_of(campaign_id, video_hashes)
        return page_of(paths, self._documents.get_all(paths) if paths else {})

    def get_together(
        self, campaign_id: str, video_hashes: Iterable[str]
    ) -> tuple[Campaign | None, VideoPage]:
        if not is_campaign_id(campaign_id):
            return None, VideoPage(videos=(), has_more=False)
        ((campaign, page),) = self.get_many({campaign_id: tuple(video_hashes)}).values()
        if isinstance(campaign, Unreadable):
            raise campaign.error()
        return campaign, page

    def get_many(
        self, wanted: Mapping[str, Collection[str]]
    ) -> dict[str, tuple[Campaign | Unreadable | None, VideoPage]]:
        paths = {key: paths_of(key, names) for key, names in wanted.items()}
        everything = (
            path for key, own in paths.items() for path in (Key(key).path, savings_path(key), *own)
        )
        found = self._documents.get_all(everything) if paths else {}
        return {key: (campaign_in(found, key), page_of(own, found)) for key, own in paths.items()}

    def get_day(self, day: date) -> DayBudget:
        return read_day(self._documents, day)

    def commit(self, change: Change) -> Change:
        revisions = iter(self._documents.commit(self.writes_of(change)))
        return replace(
            change,
            campaign=replace(change.campaign, revision=next(revisions)),
            videos=tuple(replace(each, revision=next(revisions)) for each in change.videos),
            days=tuple(replace(each, revision=next(revisions)) for each in change.days),
        )

    def writes_of(self, change: Change) -> list[Write]:
        """Return what a commit writes: the campaign, its videos, the days, and then the rest."""
        records: tuple[CampaignRecord, ...] = (change.campaign, *change.videos)
        now = self._now()
        return [
            *(write_of(record, at=now) for record in records),
            *map(write_of_day, change.days),
            *(write_as_it_is(record, at=now) for record in change.carried),
            *removals_of(change.gone),
            *(() if change.campaign.revision else shares_in(change.campaign)),
            *self.writes_of_events(change.events),
        ]

    def writes_of_events(self, events: Iterable[Event]) -> list[Write]:
        now = self._now()
        return [write_of_event(event, at=now, days=self._event_days) for event in events]

    def commit_video(self, video: Video, *, beside: Sequence[Write] = ()) -> Video:
        """Commit a video, and with it the writes of other records."""
        own = write_of(video, at=self._now())
        revision, *_ = self._documents.commit([own, *beside])
        return replace(video, revision=revision)

    def remove_campaign(self, campaign: Campaign) -> None:
        campaign_id = campaign.campaign_id
        if self.get_campaign(campaign_id).revision != campaign.revision:
            raise ConflictError(f"The campaign {campaign_id!r} has changed. Read it again.")
        client = self._documents.client
        names = queries.names_of_videos(client, campaign_id, limit=_REMOVED_AT_ONCE)
        while found := self._documents.query(names):
            self._documents.commit(
                [Write(path=each.path, fields=None, revision=each.revision) for each in found]
            )
        savings = Write(path=savings_path(campaign_id), fields=None, revision=None)
        own = Write(path=Key(campaign_id).path, fields=None, revision=campaign.revision)
        self._documents.commit([savings, own])

    def add_savings(self, campaign_id: str, amount: Decimal, hits: int) -> None:
        if is_campaign_id(campaign_id):
            self._documents.increment(savings_path(campaign_id), increments(amount, hits))

    def list_videos(self, query: VideoQuery) -> VideoPage:
        first = None if query.after is None else queries.cursor_at(query.after)
        if not queries.may_match(query):
            return VideoPage(videos=(), has_more=False)

        def read(last: Document | None, limit: int) -> list[Document]:
            after = queries.cursor_of(last) if last else first
            return self._documents.query(
                queries.videos_of(self._documents.client, query, after=after, limit=limit)
            )

        videos, unreadable = filled(read, video_of, query.limit + 1, query.shows)
        return VideoPage(
            videos=tuple(videos[: query.limit]),
            has_more=len(videos) > query.limit,
            unreadable=tuple(unreadable),
        )

    def list_campaigns(self, *, after: str | None, limit: int) -> tuple[Campaign | Unreadable, ...]:
        page = self._documents.query(
            queries.all_campaigns(self._documents.client, after=after, limit=limit)
        )
        return queries.with_all_savings(self._documents, map(campaign_or_unreadable, page))

    def find_campaigns(self, query: CampaignQuery) -> tuple[Campaign, ...]:
        return queries.find_campaigns(self._documents, query)

    def due(
        self, before: datetime, *, limit: int, after: DueWork | None = None
    ) -> tuple[DueWork, ...]:
        """Return videos before campaigns, the longest overdue first."""
        client = self._documents.client

        def due(last: Document | None, limit: int) -> list[Document]:
            cursor = (last.fields["due_at"], last.path) if last else queries.cursor_after(after)
            query = queries.due_videos(client, before, after=cursor, limit=limit)
            return self._documents.query(query)

        def busy(last: Document | None, limit: int) -> list[Document]:
            query = queries.campaigns_with_chores(client, after=last, limit=limit)
            return self._documents.query(query)

        def delayed(last: Document | None, limit: int) -> list[Document]:
            query = queries.campaigns_with_due_chores(client, before, after=last, limit=limit)
            return self._documents.query(query)

        videos, _ = filled(due, video_of, limit)
        work = tuple(
            DueWork(campaign_id=each.campaign_id, video_hash=each.video_hash, due_at=each.due_at)
            for each in videos
        )
        if after is not None:
            return work
        campaigns = (*filled(busy, campaign_of, limit)[0], *filled(delayed, campaign_of, limit)[0])
        ids = dict.fromkeys(each.campaign_id for each in campaigns)
        return (*work, *(DueWork(campaign_id=campaign_id) for campaign_id in ids))

    def changed_since(self, since: datetime, *, limit: int) -> tuple[ChangedCampaign, ...]:
        client = self._documents.client
        collections = (client.collection(CAMPAIGNS), client.collection_group(VIDEOS))
        changes = [
            ChangedCampaign(
                campaign_id=key_at(document.path).campaign_id,
                changed_at=document.fields[WRITTEN_AT],
            )
            for query in (queries.written_since(each, since, limit=limit) for each in collections)
            for document in self._documents.query(query)
            if is_ours(document.path)
        ]
        return tuple(sorted(changes, key=lambda each: each.changed_at)[:limit])
