"""Pending renames and removals of objects: due at once, or when the objects are not needed."""

from collections.abc import Iterable
from datetime import datetime

from shared.domain.campaign import Campaign, Chore, ChoreKind, DelayedChore
from shared.domain.values import replace
from shared.domain.video import Video

# They are kept in the campaign's document. Beyond this number of either kind, for signed URLs and
# for trashed videos, the earliest become due at once.
MOST_DELAYED = 500


def chore_for(kind: ChoreKind, video: Video) -> Chore:
    return Chore(kind=kind, video_hash=video.video_hash, index=video.index)


def with_chores(campaign: Campaign, *chores: Chore) -> Campaign:
    added = tuple(chore for chore in chores if chore not in campaign.chores)
    return replace(campaign, chores=(*campaign.chores, *added))


def without_chores(campaign: Campaign, done: Iterable[Chore]) -> Campaign:
    """Return the campaign without these chores, whether they are delayed or not."""
    finished = set(done)
    chores = tuple(chore for chore in campaign.chores if chore not in finished)
    delayed = tuple(each for each in campaign.delayed if each.chore not in finished)
    return _with_delayed(replace(campaign, chores=chores), delayed)


def with_delayed_chores(
    campaign: Campaign, *chores: Chore, due_at: datetime, trashed: bool = False
) -> Campaign:
    """Delay chores until `due_at`, including those that are already delayed."""
    others = tuple(each for each in campaign.delayed if each.chore not in chores)
    added = (DelayedChore(chore=each, due_at=due_at, trashed=trashed) for each in chores)
    delayed = sorted((*others, *added), key=lambda each: each.due_at)
    alike = [each for each in delayed if each.trashed == trashed]
    early = alike[: max(0, len(alike) - MOST_DELAYED)]
    hastened = (replace(each, due_at=campaign.created_at) for each in early)
    return _with_delayed(campaign, (*hastened, *(each for each in delayed if each not in early)))


def due_chores(campaign: Campaign, now: datetime) -> tuple[Chore, ...]:
    """Return the delayed chores that are due, without those of trashed videos."""
    return tuple(each.chore for each in campaign.delayed if each.due_at <= now and not each.trashed)


def has_two_names(campaign: Campaign, video_hash: str, now: datetime) -> bool:
    """Whether the clip is also still stored under its previous name, for signed URLs."""
    return _is_delayed(campaign, ChoreKind.RENAME, video_hash, now)


def is_leaving(campaign: Campaign, video_hash: str, now: datetime) -> bool:
    """Whether the video is trashed, or was removed and its objects are kept for signed URLs."""
    return _is_delayed(campaign, ChoreKind.REMOVE, video_hash, now)


def _is_delayed(campaign: Campaign, kind: ChoreKind, video_hash: str, now: datetime) -> bool:
    return any(
        each.chore.kind is kind
        and each.chore.video_hash == video_hash
        and (each.trashed or each.due_at > now)
        for each in campaign.delayed
    )


def _with_delayed(campaign: Campaign, delayed: tuple[DelayedChore, ...]) -> Campaign:
    first = min((each.due_at for each in delayed), default=None)
    return replace(campaign, delayed=delayed, delayed_until=first)
