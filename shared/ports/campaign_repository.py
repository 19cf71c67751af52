"""Records: campaigns and their videos."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from msgspec import Struct, field

from shared.domain.identity import video_id
from shared.domain.search import CampaignFilter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from shared.domain.campaign import Campaign, Change
    from shared.domain.daily_budget import DayBudget
    from shared.domain.money import Money, Savings
    from shared.domain.unreadable import Unreadable
    from shared.domain.video import VersionState, Video


UNREADABLE = "unreadable"


class SortOrder(StrEnum):
    ASCENDING = "asc"
    DESCENDING = "desc"


class ListPosition(Struct, frozen=True, kw_only=True):
    """The position of a video, or of a removed one, in lists."""

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


class VideoQuery(Struct, frozen=True, kw_only=True):
    """Which videos to list. `after` is the position of the last video of the page before.

    `tag` is one in its canonical form. Trashed videos are listed by their `version_state` alone.
    """

    campaign_id: str | None = None
    tag: str | None = None
    version_state: VersionState | None = None
    status: str | None = None
    after: ListPosition | None = None
    limit: int = 20
    order: SortOrder = SortOrder.DESCENDING

    def shows(self, video: Video) -> bool:
        """Whether a video in this state, if it matches otherwise, belongs to the list."""
        return self.version_state is not None or not video.is_trashed


class VideoPage(Struct, frozen=True, kw_only=True):
    """`unreadable` are the unreadable records of the same page."""

    videos: tuple[Video, ...]
    has_more: bool
    unreadable: tuple[Unreadable, ...] = ()


class CampaignPosition(Struct, frozen=True, kw_only=True):
    """The position of a campaign among those that are ordered by their latest change."""

    updated_at: datetime
    campaign_id: str

    @classmethod
    def of(cls, campaign: Campaign) -> CampaignPosition:
        return cls(updated_at=campaign.updated_at, campaign_id=campaign.campaign_id)


class CampaignQuery(Struct, frozen=True, kw_only=True):
    """Which campaigns to find. `after` is the position of the last one of the page before."""

    wanted: CampaignFilter = field(default_factory=CampaignFilter)
    after: CampaignPosition | None = None
    limit: int = 20


class DueWork(Struct, frozen=True, kw_only=True):
    """A video that is due for a step, since `due_at`, or a campaign that has chores."""

    campaign_id: str
    video_hash: str | None = None
    due_at: datetime | None = None


class ChangedCampaign(Struct, frozen=True, kw_only=True):
    """`changed_at` is when a record of the campaign was committed, by the repository's clock."""

    campaign_id: str
    changed_at: datetime


class CampaignRepository(Protocol):
    """Stores the records. A record carries the revision at which it was read; commits compare it.

    A record that exists and cannot be read raises UnreadableRecordError, with the record. It is
    never treated as missing.
    """

    def get_campaign(self, campaign_id: str) -> Campaign:
        """Raise CampaignNotFoundError."""

    def get_video(self, campaign_id: str, video_hash: str) -> Video:
        """Raise VideoNotFoundError."""

    def get_all_videos(self, campaign_id: str) -> VideoPage:
        """Return every record of the campaign on one page, in no order.

        Decisions that depend on a missing record need this. The campaign may not exist.
        """

    def get_videos(self, campaign_id: str, video_hashes: Iterable[str]) -> VideoPage:
        """Return those of these videos that exist, in this order, on one page.

        One call for any number of videos, and a consistent snapshot. The campaign may not exist.
        """

    def get_together(
        self, campaign_id: str, video_hashes: Iterable[str]
    ) -> tuple[Campaign | None, VideoPage]:
        """Return the campaign, or None if there is none, and `get_videos` of the same snapshot."""

    def get_many(
        self, wanted: Mapping[str, Collection[str]]
    ) -> dict[str, tuple[Campaign | Unreadable | None, VideoPage]]:
        """Return `get_together` of each campaign, all of one snapshot, in one call.

        `wanted` has the hashes of videos by campaign. What cannot be read is in the answer.
        """

    def get_day(self, day: date) -> DayBudget:
        """Return the budget of a day. One that is not stored yet has an empty revision.

        It includes the shares of the day that earlier releases stored.
        """

    def commit(self, change: Change) -> Change:
        """Write everything or nothing, and return it with its new revisions.

        Raise ConflictError if a record has changed since it was read; an empty revision requires
        that the record does not exist. A new campaign that has `removed` videos is rebuilt: their
        shares count in the totals of their batches again.
        """

    def commit_video(self, video: Video) -> Video:
        """The same for a change of one video that does not change its campaign."""

    def remove_campaign(self, campaign: Campaign) -> None:
        """Remove the campaign and all its records, its own last. Safe to repeat.

        Raise ConflictError if the campaign has changed since it was read.
        """

    def add_savings(self, campaign_id: str, amount: Decimal, hits: int) -> None:
        """Add to the savings of a campaign, beside its record, whose revision does not change.

        Best effort; never raise ConflictError. An unknown campaign is ignored.
        """

    def list_videos(self, query: VideoQuery) -> VideoPage:
        """Order by creation, then id. A page may begin after a removed video.

        A record without a readable creation time is on no page.
        """

    def list_campaigns(self, *, after: str | None, limit: int) -> tuple[Campaign | Unreadable, ...]:
        """Order by id; `after` is the last id of the page before."""

    def find_campaigns(self, query: CampaignQuery) -> tuple[Campaign, ...]:
        """Return the campaigns with the latest change first; of equal age, the greater id.

        One that changes between two pages moves to the front. An unreadable record is on no page.
        """

    def due(
        self, before: datetime, *, limit: int, after: DueWork | None = None
    ) -> tuple[DueWork, ...]:
        """Return videos whose `due_at` has passed, and campaigns with due chores.

        An unreadable record is never due, because no step can be taken with it. At most `limit` of
        each kind, so that neither kind starves the other. Videos come in the order of `due_at`.
        With `after`, the last video of the page before, the following videos are returned, and no
        campaign.
        """

    def changed_since(self, since: datetime, *, limit: int) -> tuple[ChangedCampaign, ...]:
        """Return at most `limit` campaigns with a change since then, the earliest change first.

        Each record, the campaign's or a video's, counts with its last commit, so a campaign may
        appear more than once. `changed_at` is the start of the commit: a slow one appears late.
        """


class RecordTotals(Struct, frozen=True, kw_only=True):
    """The number of videos in each phase, `trashed` or `unreadable`, and the money of campaigns."""

    videos: Mapping[str, int]
    money: Money


@runtime_checkable
class CountsRecords(Protocol):
    """A repository whose database adds up all records itself, such as that of a folder."""

    def totals(self) -> RecordTotals:
        """Return what a moment has. `saved` is all that the cache has saved.

        Unreadable are videos whose records do not say in which state they are.
        """


class SavingsTally(Protocol):
    """Counts in this process what the cache saves."""

    def add(self, campaign_id: str, saving: Savings) -> None:
        """Count `savings`, and write them now or later. A lost count is acceptable."""

    def included_in(self, campaign: Campaign) -> Campaign:
        """Return the campaign with the savings that are not written yet."""

    def unwritten(self) -> Savings:
        """Return what is not written yet, of all campaigns."""
