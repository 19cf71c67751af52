"""Records: campaigns and their videos."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from shared.domain.identity import video_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from decimal import Decimal

    from shared.domain.campaign import Campaign, Change, Savings
    from shared.domain.daily_budget import DayBudget
    from shared.domain.unreadable import Unreadable
    from shared.domain.video import VersionState, Video


class SortOrder(StrEnum):
    ASCENDING = "asc"
    DESCENDING = "desc"


@dataclass(frozen=True, kw_only=True)
class ListPosition:
    """Where a video is, or was, in lists."""

    created_at: datetime
    campaign_id: str
    video_hash: str

    @classmethod
    def of(cls, video: Video) -> ListPosition:
        return cls(
            created_at=video.created_at,
            campaign_id=video.campaign_id,
            video_hash=video.video_hash,
        )

    @property
    def id(self) -> str:
        return video_id(self.campaign_id, self.video_hash)


@dataclass(frozen=True, kw_only=True)
class VideoQuery:
    """Which videos to list. `after` is the position of the last video of the page before.

    `tag` is one in its canonical form.
    """

    campaign_id: str | None = None
    tag: str | None = None
    version_state: VersionState | None = None
    status: str | None = None
    after: ListPosition | None = None
    limit: int = 20
    order: SortOrder = SortOrder.DESCENDING


@dataclass(frozen=True, kw_only=True)
class VideoPage:
    """`unreadable` are the records met among those of `videos` that cannot be read."""

    videos: tuple[Video, ...]
    has_more: bool
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DueWork:
    """A video that waits for a step, or (without a hash) a campaign that has chores."""

    campaign_id: str
    video_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChangedCampaign:
    """`changed_at` is when a record of the campaign was committed, by the repository's clock."""

    campaign_id: str
    changed_at: datetime


class CampaignRepository(Protocol):
    """The records. What was read carries the revision at which it was; commits compare it.

    A record that exists and cannot be read raises UnreadableRecordError, which has the record. It
    is never taken for one that does not exist.
    """

    def get_campaign(self, campaign_id: str) -> Campaign:
        """Raise CampaignNotFoundError."""

    def get_video(self, campaign_id: str, video_hash: str) -> Video:
        """Raise VideoNotFoundError."""

    def get_all_videos(self, campaign_id: str) -> VideoPage:
        """Return every record of the campaign on one page, in no order.

        Whatever decides by what is missing reads this. There may be no such campaign.
        """

    def get_videos(self, campaign_id: str, video_hashes: Iterable[str]) -> VideoPage:
        """Return those of these videos that exist, in this order, on one page.

        One call, whatever their number, and a consistent snapshot. There may be no such campaign.
        """

    def get_together(
        self, campaign_id: str, video_hashes: Iterable[str]
    ) -> tuple[Campaign | None, VideoPage]:
        """Return the campaign, or None if there is none, and `get_videos` of the same snapshot."""

    def get_day(self, day: date) -> DayBudget:
        """Return the budget of a day. One that is not stored yet has an empty revision.

        What an earlier release has stored in shares of the day is part of it.
        """

    def commit(self, change: Change) -> Change:
        """Write everything or nothing, and return it with its new revisions.

        Raise ConflictError if any record differs from what was read; an empty revision means that
        there must be none yet.
        """

    def commit_video(self, video: Video) -> Video:
        """The same for a change of one video that leaves its campaign as it is."""

    def remove_campaign(self, campaign: Campaign) -> None:
        """Remove the campaign and all records under it, its own last: so it can be repeated.

        Raise ConflictError if the campaign differs from what was read.
        """

    def add_savings(self, campaign_id: str, amount: Decimal, hits: int) -> None:
        """Add to the savings of a campaign, beside its record: its revision stays as it is.

        Best effort; never raise ConflictError. An unknown campaign is ignored.
        """

    def list_videos(self, query: VideoQuery) -> VideoPage:
        """Order by creation, then id. A page may begin after a video that is gone.

        A record that does not even say when it was created is on no page.
        """

    def list_campaigns(self, *, after: str | None, limit: int) -> tuple[Campaign | Unreadable, ...]:
        """Order by id; `after` is the last id of the page before."""

    def due(self, before: datetime, *, limit: int) -> tuple[DueWork, ...]:
        """Return videos whose `due_at` has come, and campaigns whose chores wait.

        No step can be taken with a record that cannot be read, so it is never due.
        At most `limit` of either kind, so that many of one do not keep the other waiting.
        """

    def changed_since(self, since: datetime, *, limit: int) -> tuple[ChangedCampaign, ...]:
        """Return at most `limit` campaigns with a change since then, the earliest change first.

        Every commit counts, of the campaign or of one of its videos, and of each only the last.
        A campaign may appear more than once. `changed_at` is the moment at which a commit began:
        one that takes long may appear late.
        """


class SavingsTally(Protocol):
    """Counts what the cache saves, in this process."""

    def add(self, campaign_id: str, saving: Savings) -> None:
        """Count it, and write it now or later. A lost count is acceptable."""

    def included_in(self, campaign: Campaign) -> Campaign:
        """Return the campaign with what is counted and not written yet."""
