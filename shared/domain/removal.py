"""Removal of videos and unreadable records from their campaign, and of a whole campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.campaign import DELETE, Campaign, Change, Chore, ChoreKind
from shared.domain.chores import chore_for, with_chores, with_delayed_chores, without_chores
from shared.domain.errors import WrongStateError
from shared.domain.events import EventType, of_unreadable, of_video
from shared.domain.money import ZERO, Money
from shared.domain.settlement import held_by, recomputed
from shared.domain.values import replace
from shared.domain.versions import cancel
from shared.domain.video import Phase, Status, Video

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from shared.domain.reconciling import CampaignState
    from shared.domain.unreadable import Unreadable


def remove(
    campaign: Campaign,
    videos: Sequence[Video],
    *,
    now: datetime,
    objects_until: datetime | None = None,
) -> Change:
    """Remove videos from their slots and delete their records; chores remove the objects.

    The objects are removed immediately, or kept until `objects_until` for signed URLs. The cost of
    the videos stays in the campaign's money.
    """
    change = Change(campaign=campaign)
    for video in videos:
        if not video.has_ended:
            raise WrongStateError(f"The video {video.id} is being made.")
        left = _leaving(change.campaign, video, objects_until=objects_until)
        left = replace(left, removed_money=left.removed_money + held_by(video))
        change = Change(campaign=replace(left.without_video(video), updated_at=now))
    events = tuple(of_video(EventType.VIDEO_DELETED, video, at=now) for video in videos)
    return replace(change, removed=tuple(videos), events=events)


def _leaving(campaign: Campaign, video: Video, *, objects_until: datetime | None) -> Campaign:
    removal = chore_for(ChoreKind.REMOVE, video)
    if objects_until is not None:
        return with_delayed_chores(campaign, removal, due_at=objects_until)
    former = (removal, chore_for(ChoreKind.RENAME, video))
    return with_chores(without_chores(campaign, former), removal)


def begin_deletion(campaign: Campaign, pending: Sequence[Video], *, now: datetime) -> Change:
    """Mark the campaign for deletion, and cancel the `pending` videos that are not submitted.

    Raise WrongStateError if one is submitted: it is paid for.
    """
    change = Change(campaign=with_chores(campaign, DELETE))
    for video in pending:
        if video.phase is not Phase.RESERVED:
            raise WrongStateError(
                f"The video {video.id} is being made and is paid for already. Delete the campaign "
                f"when the video is finished."
            )
        change = change.then(cancel(change.campaign, video, now=now))
    return replace(change, campaign=replace(change.campaign, updated_at=now))


def discard(
    state: CampaignState, record: Unreadable, indexes: Collection[int], *, now: datetime
) -> Change:
    """Remove an unreadable record; chores remove its objects under these indexes, if any is known.

    Its dollars, the part of the campaign's money that belongs to no readable record, stay counted.
    Reserved dollars become possibly spent.
    """
    video_hash = record.video_hash or ""
    campaign = state.campaign
    for slot in campaign.slots:
        campaign = campaign.with_slot(slot.without(record))
    chores = (*campaign.chores, *(each.chore for each in campaign.delayed))
    former = [each for each in chores if each.video_hash == video_hash]
    removals = (
        Chore(kind=ChoreKind.REMOVE, video_hash=video_hash, index=index) for index in indexes or {0}
    )
    held = _unexplained(state)
    settled = replace(
        without_chores(campaign, former),
        updated_at=now,
        money=replace(
            campaign.money,
            reserved=campaign.money.reserved - held.reserved,
            possibly_spent=campaign.money.possibly_spent + held.reserved,
        ),
        removed_money=campaign.removed_money
        + replace(held, reserved=ZERO, possibly_spent=held.possibly_spent + held.reserved),
    )
    return Change(
        campaign=with_chores(settled, *removals),
        discarded=(record,),
        events=(of_unreadable(record, index=min(indexes, default=None), at=now),),
    )


def indexes_in(campaign: Campaign, video_hash: str) -> frozenset[int]:
    """Return the slots that name a video."""
    return frozenset(
        slot.index
        for slot in campaign.slots
        if any(each.video_hash == video_hash for each in (*slot.versions, *slot.historical))
    )


def _unexplained(state: CampaignState) -> Money:
    """Return the part of the campaign's money that belongs to no readable record."""
    kept, known = state.campaign.money, recomputed(state.campaign, state.videos.values())
    return Money(
        reserved=max(kept.reserved - known.reserved, ZERO),
        spent=max(kept.spent - known.spent, ZERO),
        simulated=max(kept.simulated - known.simulated, ZERO),
        possibly_spent=max(kept.possibly_spent - known.possibly_spent, ZERO),
    )


def is_expired(video: Video, *, before: datetime) -> bool:
    """Whether the video failed or was cancelled before then, and no late check follows."""
    ended_at = video.completed_at or video.deadline_at
    return (
        video.has_ended
        and video.status is Status.FAILED
        and video.due_at is None
        and ended_at < before
    )


def surplus(campaign: Campaign, keep: int) -> tuple[str, ...]:
    """Return the video_hash of every historical video beyond the `keep` latest of its slot.

    Kept videos are left out, and do not count.
    """
    return tuple(
        version.video_hash
        for slot in campaign.slots
        for version in [each for each in slot.historical if not each.kept][keep:]
    )
