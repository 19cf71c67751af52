"""Records in memory, with the whole contract of their port."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from threading import RLock

from shared.domain.campaign import Campaign, Change
from shared.domain.daily_budget import DayShare
from shared.domain.errors import CampaignNotFoundError, ConflictError, VideoNotFoundError
from shared.domain.video import Video
from shared.ports.campaign_repository import DueWork, SortOrder, VideoPage, VideoQuery


class InMemoryCampaignRepository:
    """`campaigns`, `videos` and `shares` are what is stored, for a test to look at."""

    def __init__(self) -> None:
        self.campaigns: dict[str, Campaign] = {}
        self.videos: dict[tuple[str, str], Video] = {}
        self.shares: dict[tuple[date, int], DayShare] = {}
        self._revisions = count(1)
        self._lock = RLock()

    def get_campaign(self, campaign_id: str) -> Campaign:
        try:
            return self.campaigns[campaign_id]
        except KeyError:
            raise CampaignNotFoundError(f"There is no campaign {campaign_id!r}.") from None

    def get_video(self, campaign_id: str, video_hash: str) -> Video:
        try:
            return self.videos[campaign_id, video_hash]
        except KeyError:
            raise VideoNotFoundError("There is no video with this id.") from None

    def get_day_shares(self, day: date, numbers: Sequence[int]) -> tuple[DayShare, ...]:
        with self._lock:
            return tuple(
                self.shares.get((day, number), DayShare(day=day, number=number))
                for number in numbers
            )

    def commit(self, change: Change) -> Change:
        with self._lock:
            self._require_campaign_unchanged(change.campaign)
            self._require_videos_unchanged((*change.videos, *change.removed))
            self._require_shares_unchanged(change.shares)
            campaign = replace(change.campaign, revision=self._revision())
            self.campaigns[campaign.campaign_id] = campaign
            for video in change.removed:
                del self.videos[video.campaign_id, video.video_hash]
            videos = tuple(self._store(video) for video in change.videos)
            shares = tuple(replace(share, revision=self._revision()) for share in change.shares)
            self.shares |= {(share.day, share.number): share for share in shares}
            return replace(change, campaign=campaign, videos=videos, shares=shares)

    def commit_video(self, video: Video) -> Video:
        with self._lock:
            self._require_videos_unchanged((video,))
            return self._store(video)

    def remove_campaign(self, campaign: Campaign) -> None:
        with self._lock:
            self._require_campaign_unchanged(campaign)
            for key in [key for key in self.videos if key[0] == campaign.campaign_id]:
                del self.videos[key]
            self.campaigns.pop(campaign.campaign_id, None)

    def add_savings(self, campaign_id: str, amount: Decimal, hits: int) -> None:
        with self._lock:
            campaign = self.campaigns.get(campaign_id)
            if campaign is None:
                return
            self.campaigns[campaign_id] = replace(
                campaign,
                money=replace(campaign.money, saved=campaign.money.saved + amount),
                cache_hits=campaign.cache_hits + hits,
                revision=self._revision(),
            )

    def stale_metadata(self, campaign: Campaign, videos: Iterable[Video]) -> tuple[str, ...]:
        return ()

    def renew_metadata(self, campaign: Campaign, videos: Iterable[Video]) -> None:
        """Keep nothing beside the records."""

    def list_videos(self, query: VideoQuery) -> VideoPage:
        descending = query.order is SortOrder.DESCENDING
        found = [video for video in self.videos.values() if _matches(video, query)]
        found.sort(key=_creation, reverse=descending)
        if query.after is not None:
            last = query.after.created_at, query.after.id
            found = [
                video
                for video in found
                if (_creation(video) < last if descending else _creation(video) > last)
            ]
        return VideoPage(videos=tuple(found[: query.limit]), has_more=len(found) > query.limit)

    def list_campaigns(self, *, after: str | None, limit: int) -> tuple[Campaign, ...]:
        ids = sorted(each for each in self.campaigns if after is None or each > after)
        return tuple(self.campaigns[each] for each in ids[:limit])

    def due(self, before: datetime, *, limit: int) -> tuple[DueWork, ...]:
        videos = sorted(
            (video.due_at, video.campaign_id, video.video_hash)
            for video in self.videos.values()
            if video.due_at is not None and video.due_at <= before
        )
        work = [DueWork(campaign_id=each[1], video_hash=each[2]) for each in videos[:limit]]
        chores = sorted(
            each.campaign_id for each in self.campaigns.values() if _waits(each, before)
        )
        work += [DueWork(campaign_id=campaign_id) for campaign_id in chores[:limit]]
        return tuple(work)

    def _require_campaign_unchanged(self, campaign: Campaign) -> None:
        stored = self.campaigns.get(campaign.campaign_id)
        if campaign.revision != (stored.revision if stored else ""):
            raise ConflictError(
                f"The campaign {campaign.campaign_id!r} has changed. Read it again."
            )

    def _require_videos_unchanged(self, videos: Iterable[Video]) -> None:
        for video in videos:
            stored = self.videos.get((video.campaign_id, video.video_hash))
            if video.revision != (stored.revision if stored else ""):
                raise ConflictError(f"The video {video.id} has changed. Read it again.")

    def _require_shares_unchanged(self, shares: Iterable[DayShare]) -> None:
        for share in shares:
            stored = self.shares.get((share.day, share.number))
            if share.revision != (stored.revision if stored else ""):
                raise ConflictError("The day's budget has changed. Read it again.")

    def _store(self, video: Video) -> Video:
        stored = replace(video, revision=self._revision())
        self.videos[video.campaign_id, video.video_hash] = stored
        return stored

    def _revision(self) -> str:
        return str(next(self._revisions))


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
