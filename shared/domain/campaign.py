"""A campaign: its slots and its money, one record that changes as a whole."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from shared.domain.batch_share import BatchShare, share_of
from shared.domain.errors import CampaignVideoLimitError
from shared.domain.inputs import StoredInput
from shared.domain.money import Money, Savings
from shared.domain.slot import Slot, Version
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import GenerationParameters, Lane, Video

if TYPE_CHECKING:
    from shared.domain.daily_budget import DayBudget
    from shared.domain.events import Event

# The largest page of a list: all of its videos may be removed before the next page is requested.
MOST_REMOVED = 100


class ChoreKind(StrEnum):
    RENAME = "rename"
    REMOVE = "remove"
    DELETE = "delete"


class Chore(Struct, frozen=True, kw_only=True):
    """Work on objects that a commit promised: rename them after the video's state, or remove them.

    DELETE is the only chore without a video: it deletes the whole campaign.
    """

    kind: ChoreKind
    video_hash: str
    index: int


DELETE = Chore(kind=ChoreKind.DELETE, video_hash="", index=0)


class DelayedChore(Struct, frozen=True, kw_only=True):
    """A chore that waits until the signed URLs of its objects have expired.

    That of a `trashed` video removes its record, too, and waits until it leaves the trash.
    """

    chore: Chore
    due_at: datetime
    trashed: bool = False


class Removed(Struct, frozen=True, kw_only=True):
    """A removed video and its position in lists, so that a client can list the next page.

    `share` is that of a video of a batch, for records that are rebuilt.
    """

    video_hash: str
    created_at: datetime
    share: BatchShare | None = None


class Flow(Struct, frozen=True, kw_only=True):
    """`next_at` is the place in the queue of the next video of this model and lane."""

    model: str
    lane: Lane
    next_at: datetime


class CampaignDraft(Struct, frozen=True, kw_only=True):
    """What videos are to be made of. A prompt is null for a slot that another campaign left free.

    `parameters` and `business_context` are for all of them.
    """

    prompts: tuple[str | None, ...]
    business_context: Mapping[str, str]
    parameters: GenerationParameters


class Campaign(Struct, frozen=True, kw_only=True):
    """`slots` holds the used ones, by index.

    `savings` is counted beside the record: a repository reads it with the campaign, and no commit
    writes it. `money.saved` and `cache_hits` are what earlier releases counted in the record.

    `flows` has the places in the queue that its next videos take; one in the past may be missing.

    `removed` holds the videos that were removed last, at most one page of a list.

    `budget_usd` is the campaign's own limit; without one it has that of the installation.
    `removed_money` is the part of `money` whose videos were removed. `delayed_until` is the
    earliest due time of the `delayed` chores. `unread` is as in a video.

    `failed` has the slots whose latest video failed. `draft` is what its first videos are to be
    made of; the first reservation removes it.
    """

    campaign_id: str
    created_at: datetime
    updated_at: datetime
    title: str | None = None
    archived: bool = False
    draft: CampaignDraft | None = None
    failed: tuple[int, ...] = ()
    slots: tuple[Slot, ...] = ()
    money: Money = Money()
    removed_money: Money = Money()
    budget_usd: Decimal | None = None
    cache_hits: int = 0
    chores: tuple[Chore, ...] = ()
    delayed: tuple[DelayedChore, ...] = ()
    delayed_until: datetime | None = None
    removed: tuple[Removed, ...] = ()
    flows: tuple[Flow, ...] = ()
    inputs: tuple[StoredInput, ...] = ()
    savings: Savings = Savings()
    revision: str = ""
    unread: Mapping[tuple[object, ...], Mapping[str, Any]] = field(default_factory=dict)

    @property
    def is_being_deleted(self) -> bool:
        return DELETE in self.chores

    @property
    def trash(self) -> tuple[DelayedChore, ...]:
        """The videos that can be restored, the first to be removed first."""
        return tuple(each for each in self.delayed if each.trashed)

    @property
    def removed_hashes(self) -> frozenset[str]:
        """The videos that are known to be removed: those removed last, or with objects left."""
        delayed = (each.chore for each in self.delayed if not each.trashed)
        chores = (*self.chores, *delayed)
        removals = (each.video_hash for each in chores if each.kind is ChoreKind.REMOVE)
        return frozenset((*removals, *(each.video_hash for each in self.removed)))

    @property
    def saved(self) -> Savings:
        """Everything that the cache has saved."""
        return Savings(amount=self.money.saved, hits=self.cache_hits) + self.savings

    def slot(self, index: int) -> Slot:
        return next((slot for slot in self.slots if slot.index == index), Slot(index=index))

    def without_video(self, video: Video) -> "Campaign":
        """Return the campaign without `video` in its slot, and keep its position in lists."""
        gone = Removed(
            video_hash=video.video_hash, created_at=video.created_at, share=share_of(video)
        )
        slot = self.slot(video.index).without(video)
        left = self.with_slot(slot).with_failure(video.index, is_last=False)
        return replace(left, removed=(*self.removed, gone)[-MOST_REMOVED:])

    def find(self, fingerprint: str) -> Version | None:
        """The current or pending video that has this fingerprint, in any slot."""
        for slot in self.slots:
            for version in (slot.current, slot.pending):
                if version is not None and version.fingerprint == fingerprint:
                    return version
        return None

    def free_index(self, limit: int) -> int:
        for index in range(limit):
            if self.slot(index).is_free:
                return index
        raise CampaignVideoLimitError(
            f"Campaign {self.campaign_id!r} has {limit} of {limit} videos. Name the index of one "
            f"to replace it, or delete one."
        )

    def with_slot(self, slot: Slot) -> "Campaign":
        others = [other for other in self.slots if other.index != slot.index]
        slots = sorted([*others, slot], key=lambda each: each.index)
        used = [each for each in slots if each.versions or each.historical]
        return replace(self, slots=tuple(used))

    def with_failure(self, index: int, *, is_last: bool) -> "Campaign":
        """Return the campaign with whether the latest video of a slot failed."""
        if is_last == (index in self.failed):
            return self
        others = {each for each in self.failed if each != index}
        return replace(self, failed=tuple(sorted({*others, index} if is_last else others)))


class Change(Struct, frozen=True, kw_only=True):
    """One atomic commit: a campaign, the videos that change with it, and those it removes.

    `days` are the budgets of the days that the videos' dollars are taken from, or returned to.
    Of the unreadable records, `discarded` are removed and `carried` are stored unchanged.
    `events` are what the commit makes true. One that is stored already is not stored again.
    """

    campaign: Campaign
    videos: tuple[Video, ...] = ()
    removed: tuple[Video, ...] = ()
    days: "tuple[DayBudget, ...]" = ()
    discarded: tuple[Unreadable, ...] = ()
    carried: tuple[Unreadable, ...] = ()
    events: "tuple[Event, ...]" = ()

    def then(self, following: "Change") -> "Change":
        """Return both in one commit; `following` was decided by the records that this leaves."""
        removed = (*self.removed, *following.removed)
        gone = {video.video_hash for video in removed}
        changed = {video.video_hash: video for video in (*self.videos, *following.videos)}
        return replace(
            following,
            videos=tuple(video for name, video in changed.items() if name not in gone),
            removed=removed,
            days=(*self.days, *following.days),
            discarded=(*self.discarded, *following.discarded),
            carried=(*self.carried, *following.carried),
            events=(*self.events, *following.events),
        )

    @property
    def gone(self) -> "tuple[Video | Unreadable, ...]":
        return (*self.removed, *self.discarded)


CampaignRecord = Campaign | Video
"""What is stored of a campaign: its own record, or that of a video."""
