"""Records in memory, with the whole contract of their port."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from shared.domain.campaign import Campaign
from shared.domain.daily_budget import DayBudget
from shared.domain.errors import (
    CampaignNotFoundError,
    VideoNotFoundError,
)
from shared.domain.unreadable import Unreadable
from shared.domain.video import Video
from shared.ports.campaign_repository import (
    CampaignQuery,
    ChangedCampaign,
    DueWork,
    SortOrder,
    VideoPage,
    VideoQuery,
)
from tools.in_memory.records import DUE, WRITTEN, InMemoryRecords


class InMemoryCampaignRepository(InMemoryRecords):
    """The port: what can be found among the records, and how."""

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

    def get_day(self, day: date) -> DayBudget:
        return self.days.get(day, DayBudget(day=day))

    def list_videos(self, query: VideoQuery) -> VideoPage:
        descending = query.order is SortOrder.DESCENDING
        with self.lock:
            own = tuple(self._videos_of(query.campaign_id))
        found = [video for video in own if _matches(video, query)]
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

    def find_campaigns(self, query: CampaignQuery) -> tuple[Campaign, ...]:
        with self.lock:
            found = sorted(map(_change, self.campaigns.values()), reverse=True)
            campaigns = [self.campaigns[campaign_id] for _, campaign_id in found]
        after = query.after
        last = None if after is None else (after.updated_at, after.campaign_id)
        matching = [
            each
            for each in campaigns
            if (last is None or _change(each) < last) and query.wanted.matches(each)
        ]
        return tuple(matching[: query.limit])

    def due(
        self, before: datetime, *, limit: int, after: DueWork | None = None
    ) -> tuple[DueWork, ...]:
        videos = self.videos.members(DUE)
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
            written = self.written_at.members(WRITTEN)
            first = bisect_left(written, since, key=lambda each: each[0][0])
            return tuple(
                ChangedCampaign(campaign_id=campaign_id, changed_at=at)
                for (at, *_), (campaign_id, _) in written[first : first + limit]
            )

    def _videos_of(self, campaign_id: str | None) -> Iterable[Video]:
        if campaign_id is None:
            return self.videos.values()
        return [self.videos[key] for _, key in self.videos.members((campaign_id,))]

    def _require_readable(self, campaign_id: str, video_hash: str | None) -> None:
        record = self.unreadable.get((campaign_id, video_hash))
        if record is not None:
            raise record.error()


def _waits(campaign: Campaign, before: datetime) -> bool:
    until = campaign.delayed_until
    return bool(campaign.chores) or (until is not None and until <= before)


def _matches(video: Video, query: VideoQuery) -> bool:
    return (
        query.campaign_id in (None, video.campaign_id)
        and query.tag in (None, *video.tags)
        and query.version_state in (None, video.version_state)
        and query.shows(video)
        and query.status in (None, video.status)
    )


def _change(campaign: Campaign) -> tuple[datetime, str]:
    return campaign.updated_at, campaign.campaign_id


def _creation(video: Video) -> tuple[datetime, str]:
    return video.created_at, video.id
