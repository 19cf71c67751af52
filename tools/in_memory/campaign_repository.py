"""Records in memory, with the whole contract of their port."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from threading import RLock

from shared.domain.campaign import Campaign, Change
from shared.domain.daily_budget import DayBudget
from shared.domain.errors import (
    CampaignNotFoundError,
    ConflictError,
    VideoNotFoundError,
)
from shared.domain.money import Savings
from shared.domain.queueing import waiting
from shared.domain.unreadable import Unreadable
from shared.domain.video import Video
from shared.ports import Clock
from shared.ports.campaign_repository import (
    ChangedCampaign,
    DueWork,
    SortOrder,
    VideoPage,
    VideoQuery,
)
from tools.in_memory.indexed_dict import IndexedDict
from tools.in_memory.object_store import utc_now

WAITING = ("", "waiting")
"""The group of the videos that wait for turns; with model and lane, of those in a queue."""

_DUE, _WRITTEN = ("", "due"), ("", "written")


class InMemoryCampaignRepository:
    """`campaigns`, `videos` and `days` are what is stored, for a test to look at.

    `lock` is held by every commit, also of repositories that commit together with this one.
    """

    def __init__(self, now: Clock = utc_now) -> None:
        self.campaigns: dict[str, Campaign] = {}
        self.videos: IndexedDict[tuple[str, str], Video] = IndexedDict(_groups)
        self.days: dict[date, DayBudget] = {}
        self.unreadable: dict[tuple[str, str | None], Unreadable] = {}
        self.written_at: IndexedDict[tuple[str, str | None], datetime] = IndexedDict(_by_time)
        self._now = now
        self._revisions = count(1)
        self.lock = RLock()

    def damage(self, campaign_id: str, video_hash: str | None, *, is_newer: bool = False) -> None:
        """Let a record not be readable any more."""
        if video_hash is None:
            revision = self.campaigns.pop(campaign_id).revision
        else:
            revision = self.videos.pop((campaign_id, video_hash)).revision
        self.unreadable[campaign_id, video_hash] = Unreadable(
            campaign_id=campaign_id,
            video_hash=video_hash,
            detail="It was damaged.",
            is_newer=is_newer,
            content=b"{}",
            revision=revision,
        )

    def get_campaign(self, campaign_id: str) -> Campaign:
        self._require_readable(campaign_id, None)
        try:
            return self.campaigns[campaign_id]
        except KeyError:
            raise CampaignNotFoundError(f"There is no campaign {campaign_id!r}.") from None

    def get_video(self, campaign_id: str, video_hash: str) -> Video:
        self._require_readable(campaign_id, video_hash)
        try:
            return self.videos[campaign_id, video_hash]
        except KeyError:
            raise VideoNotFoundError("There is no video with this id.") from None

    def get_all_videos(self, campaign_id: str) -> VideoPage:
        with self.lock:
            return VideoPage(
                videos=tuple(self._videos_of(campaign_id)),
                has_more=False,
                unreadable=tuple(
                    each
                    for key, each in self.unreadable.items()
                    if key[0] == campaign_id and key[1]
                ),
            )

    def get_videos(self, campaign_id: str, video_hashes: Iterable[str]) -> VideoPage:
        keys = [(campaign_id, each) for each in dict.fromkeys(video_hashes)]
        with self.lock:
            return VideoPage(
                videos=tuple(self.videos[key] for key in keys if key in self.videos),
                has_more=False,
                unreadable=tuple(self.unreadable[key] for key in keys if key in self.unreadable),
            )

    def get_together(
        self, campaign_id: str, video_hashes: Iterable[str]
    ) -> tuple[Campaign | None, VideoPage]:
        with self.lock:
            self._require_readable(campaign_id, None)
            return self.campaigns.get(campaign_id), self.get_videos(campaign_id, video_hashes)

    def get_many(
        self, wanted: Mapping[str, Collection[str]]
    ) -> dict[str, tuple[Campaign | Unreadable | None, VideoPage]]:
        with self.lock:
            return {
                campaign_id: (
                    self.unreadable.get((campaign_id, None)) or self.campaigns.get(campaign_id),
                    self.get_videos(campaign_id, video_hashes),
                )
                for campaign_id, video_hashes in wanted.items()
            }

    def commit_all(self, changes: Collection[Change]) -> None:
        with self.lock:
            for change in changes:
                self._require_unchanged(change)
            for change in changes:
                self.commit(change)

    def get_day(self, day: date) -> DayBudget:
        return self.days.get(day, DayBudget(day=day))

    def commit(self, change: Change) -> Change:
        with self.lock:
            self._require_unchanged(change)
            before = self.campaigns.get(change.campaign.campaign_id)
            savings = before.savings if before else Savings()
            campaign = replace(change.campaign, savings=savings, revision=self._revision())
            self.campaigns[campaign.campaign_id] = campaign
            self.written_at[campaign.campaign_id, None] = self._now()
            for video in change.removed:
                del self.videos[video.campaign_id, video.video_hash]
                self.written_at.pop((video.campaign_id, video.video_hash), None)
            for each in change.discarded:
                del self.unreadable[each.campaign_id, each.video_hash]
            for each in change.carried:
                stored = replace(each, revision=self._revision())
                self.unreadable[each.campaign_id, each.video_hash] = stored
            videos = tuple(self._store(video) for video in change.videos)
            days = tuple(replace(day, revision=self._revision()) for day in change.days)
            self.days |= {day.day: day for day in days}
            return replace(change, campaign=campaign, videos=videos, days=days)

    def commit_video(self, video: Video) -> Video:
        with self.lock:
            self._require_videos_unchanged((video,))
            return self._store(video)

    def remove_campaign(self, campaign: Campaign) -> None:
        with self.lock:
            self._require_campaign_unchanged(campaign)
            for _, key in tuple(self.videos.members((campaign.campaign_id,))):
                del self.videos[key]
            for written in [key for key in self.written_at if key[0] == campaign.campaign_id]:
                del self.written_at[written]
            self.campaigns.pop(campaign.campaign_id, None)

    def add_savings(self, campaign_id: str, amount: Decimal, hits: int) -> None:
        with self.lock:
            campaign = self.campaigns.get(campaign_id)
            if campaign is None:
                return
            amount, hits = campaign.savings.amount + amount, campaign.savings.hits + hits
            self.campaigns[campaign_id] = replace(
                campaign, savings=Savings(amount=amount, hits=hits)
            )

    def list_videos(self, query: VideoQuery) -> VideoPage:
        descending = query.order is SortOrder.DESCENDING
        found = [video for video in self._videos_of(query.campaign_id) if _matches(video, query)]
        found.sort(key=_creation, reverse=descending)
        if query.after is not None:
            last = query.after.created_at, query.after.id
            found = [
                video
                for video in found
                if (_creation(video) < last if descending else _creation(video) > last)
            ]
        return VideoPage(
            videos=tuple(found[: query.limit]),
            has_more=len(found) > query.limit,
            unreadable=tuple(
                each
                for (campaign_id, video_hash), each in self.unreadable.items()
                if video_hash and query.campaign_id in (None, campaign_id)
            ),
        )

    def list_campaigns(self, *, after: str | None, limit: int) -> tuple[Campaign | Unreadable, ...]:
        known: dict[str, Campaign | Unreadable] = {**self.campaigns}
        known |= {key[0]: each for key, each in self.unreadable.items() if key[1] is None}
        ids = sorted(each for each in known if after is None or each > after)
        return tuple(known[each] for each in ids[:limit])

    def due(
        self, before: datetime, *, limit: int, after: DueWork | None = None
    ) -> tuple[DueWork, ...]:
        videos = self.videos.members(_DUE)
        if after is not None:
            last = (after.due_at, (after.campaign_id, after.video_hash))
            videos = videos[bisect_right(videos, last) :]
        work = [
            DueWork(campaign_id=campaign_id, video_hash=video_hash, due_at=due_at)
            for due_at, (campaign_id, video_hash) in videos[:limit]
            if due_at <= before
        ]
        if after is not None:
            return tuple(work)
        chores = sorted(
            each.campaign_id for each in self.campaigns.values() if _waits(each, before)
        )
        work += [DueWork(campaign_id=campaign_id) for campaign_id in chores[:limit]]
        return tuple(work)

    def changed_since(self, since: datetime, *, limit: int) -> tuple[ChangedCampaign, ...]:
        with self.lock:
            written = self.written_at.members(_WRITTEN)
            first = bisect_left(written, since, key=lambda each: each[0][0])
            return tuple(
                ChangedCampaign(campaign_id=campaign_id, changed_at=at)
                for (at, *_), (campaign_id, _) in written[first : first + limit]
            )

    def _require_unchanged(self, change: Change) -> None:
        self._require_campaign_unchanged(change.campaign)
        self._require_videos_unchanged((*change.videos, *change.gone))
        self._require_days_unchanged(change.days)

    def _require_campaign_unchanged(self, campaign: Campaign) -> None:
        stored = self.campaigns.get(campaign.campaign_id)
        if campaign.revision != (stored.revision if stored else ""):
            raise ConflictError(
                f"The campaign {campaign.campaign_id!r} has changed. Read it again."
            )

    def _videos_of(self, campaign_id: str | None) -> Iterable[Video]:
        if campaign_id is None:
            return self.videos.values()
        return [self.videos[key] for _, key in self.videos.members((campaign_id,))]

    def _require_readable(self, campaign_id: str, video_hash: str | None) -> None:
        record = self.unreadable.get((campaign_id, video_hash))
        if record is not None:
            raise record.error()

    def _require_videos_unchanged(self, videos: Iterable[Video | Unreadable]) -> None:
        for video in videos:
            key = (video.campaign_id, video.video_hash or "")
            stored = self.videos.get(key) or self.unreadable.get(key)
            if video.revision != (stored.revision if stored else ""):
                raise ConflictError(f"The video {video.id} has changed. Read it again.")

    def _require_days_unchanged(self, days: Iterable[DayBudget]) -> None:
        for day in days:
            if day.revision != self.days.get(day.day, DayBudget(day=day.day)).revision:
                raise ConflictError("The day's budget has changed. Read it again.")

    def _store(self, video: Video) -> Video:
        stored = replace(video, revision=self._revision())
        self.unreadable.pop((video.campaign_id, video.video_hash), None)
        self.videos[video.campaign_id, video.video_hash] = stored
        self.written_at[video.campaign_id, video.video_hash] = self._now()
        return stored

    def _revision(self) -> str:
        return str(next(self._revisions))


def _groups(_: tuple[str, str], video: Video) -> Iterator[tuple[tuple[str, ...], object]]:
    yield (video.campaign_id,), video.video_hash
    if video.due_at is not None:
        yield _DUE, video.due_at
    if waiting((video,)) and video.queue is not None:
        yield WAITING, video.queue.order
        yield (*WAITING, video.parameters.model, video.queue.lane), video.queue.order


def _by_time(
    record: tuple[str, str | None], at: datetime
) -> Iterator[tuple[tuple[str, ...], object]]:
    yield _WRITTEN, (at, record[0], record[1] or "")


def _waits(campaign: Campaign, before: datetime) -> bool:
    until = campaign.delayed_until
    return bool(campaign.chores) or (until is not None and until <= before)


def _matches(video: Video, query: VideoQuery) -> bool:
    return (
        query.campaign_id in (None, video.campaign_id)
        and query.tag in (None, *video.tags)
        and query.version_state in (None, video.version_state)
        and query.status in (None, video.status)
    )


def _creation(video: Video) -> tuple[datetime, str]:
    return video.created_at, video.id
