"""The records that the repositories in memory share: what is stored, and how it is committed."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from threading import RLock

from shared.domain.batch_share import BatchShare, share_of
from shared.domain.campaign import Campaign, Change
from shared.domain.daily_budget import DayBudget
from shared.domain.errors import ConflictError
from shared.domain.events import Event
from shared.domain.identity import video_id
from shared.domain.money import Savings
from shared.domain.queueing import waiting
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import Video
from shared.ports import Clock, utc_now
from tools.in_memory.indexed_dict import IndexedDict

WAITING = ("", "waiting")
"""The group of the videos that wait for turns; with model and lane, of those in a queue."""

DUE, WRITTEN = ("", "due"), ("", "written")


class InMemoryRecords:
    """`campaigns`, `videos`, `days` and `events` are what is stored, for a test to look at.

    `lock` is held by every commit, also of repositories that commit together with this one.
    """

    def __init__(self, now: Clock = utc_now) -> None:
        self.campaigns: dict[str, Campaign] = {}
        self.videos: IndexedDict[tuple[str, str], Video] = IndexedDict(_groups)
        self.days: dict[date, DayBudget] = {}
        self.events: dict[str, Event] = {}
        self.undispatched: dict[str, datetime] = {}
        self.removed_of_batches: dict[str, BatchShare] = {}
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

    def commit_all(self, changes: Collection[Change]) -> None:
        with self.lock:
            for change in changes:
                self._require_unchanged(change)
            for change in changes:
                self.commit(change)

    def commit(self, change: Change) -> Change:
        with self.lock:
            self._require_unchanged(change)
            before = self.campaigns.get(change.campaign.campaign_id)
            savings = before.savings if before else Savings()
            if before is None:
                self._count_removed(change.campaign)
            campaign = replace(change.campaign, savings=savings, revision=self._revision())
            self.campaigns[campaign.campaign_id] = campaign
            self.written_at[campaign.campaign_id, None] = self._now()
            for video in change.removed:
                del self.videos[video.campaign_id, video.video_hash]
                if share := share_of(video):
                    self.removed_of_batches[video.id] = share
                self.written_at.pop((video.campaign_id, video.video_hash), None)
            for each in change.discarded:
                del self.unreadable[each.campaign_id, each.video_hash]
            for each in change.carried:
                stored = replace(each, revision=self._revision())
                self.unreadable[each.campaign_id, each.video_hash] = stored
            videos = tuple(self._store(video) for video in change.videos)
            days = tuple(replace(day, revision=self._revision()) for day in change.days)
            self.days |= {day.day: day for day in days}
            self.store_events(change.events)
            return replace(change, campaign=campaign, videos=videos, days=days)

    def _count_removed(self, campaign: Campaign) -> None:
        for each in campaign.removed:
            if each.share is not None:
                name = video_id(campaign.campaign_id, each.video_hash)
                self.removed_of_batches[name] = each.share

    def commit_video(self, video: Video) -> Video:
        with self.lock:
            self._require_videos_unchanged((video,))
            return self._store(video)

    def store_events(self, events: Iterable[Event]) -> None:
        """Add the events of a commit, in its order."""
        for event in events:
            if event.id not in self.events:
                self.events[event.id] = event
                self.undispatched[event.id] = event.created_at

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
        yield DUE, video.due_at
    if waiting((video,)) and video.queue is not None:
        yield WAITING, video.queue.order
        yield (*WAITING, video.parameters.model, video.queue.lane), video.queue.order


def _by_time(
    record: tuple[str, str | None], at: datetime
) -> Iterator[tuple[tuple[str, ...], object]]:
    yield WRITTEN, (at, record[0], record[1] or "")
