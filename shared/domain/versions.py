"""The rules of versions: every change that touches a campaign and its videos together.

Each function takes the records that were read and returns the change to commit. Without I/O, the
promises (pay once, keep the current video, account for all money) are tested in isolation.
"""

from datetime import datetime

from shared.domain.campaign import Campaign, Change, Chore, ChoreKind
from shared.domain.chores import chore_for, with_chores
from shared.domain.clip import ClipFacts
from shared.domain.clip_warnings import may_replace_current
from shared.domain.errors import (
    CampaignDeletedError,
    CampaignVideoLimitError,
    SlotBusyError,
    WrongStateError,
)
from shared.domain.events import EventType, ends_of, of_video
from shared.domain.limits import Limits, require_budget, require_room_for_kept
from shared.domain.schedule import late_check_at
from shared.domain.settlement import charged, reserve_price, settle
from shared.domain.slot import Slot, Version
from shared.domain.values import replace
from shared.domain.video import AttemptOutcome, Failure, Phase, VersionState, Video
from shared.domain.video_steps import with_outcome


def require_not_deleted(campaign: Campaign) -> None:
    """Raise CampaignDeletedError while the campaign is being deleted."""
    if campaign.is_being_deleted:
        raise CampaignDeletedError(
            f"Campaign {campaign.campaign_id!r} is being deleted. Wait until it is "
            f"gone, or use another name."
        )


def reserve(campaign: Campaign, video: Video, limits: Limits) -> Change:
    """Set the slot and the dollars aside for a new pending video."""
    require_not_deleted(campaign)
    if not 0 <= video.index < limits.videos:
        raise CampaignVideoLimitError(
            f"Campaign {campaign.campaign_id!r} has slots 0 to {limits.videos - 1}; slot "
            f"{video.index} does not exist."
        )
    slot = campaign.slot(video.index)
    if slot.pending is not None:
        raise SlotBusyError(
            f"Slot {video.index} of campaign {campaign.campaign_id!r} is making another video, or "
            f"is named twice. Name a slot once, and wait until its video is done, or cancel it."
        )
    require_budget(campaign, video.cost.estimated, limits)
    campaign = campaign.with_failure(video.index, is_last=False)
    return _change(
        replace(campaign, money=reserve_price(campaign.money, video), draft=None),
        replace(slot, pending=Version.of(video)),
        at=video.created_at,
        videos=(video,),
    )


def complete(
    campaign: Campaign, video: Video, *, replaced: Video | None, clip: ClipFacts, now: datetime
) -> Change:
    """Make `video`, whose clip is stored, current, and the version that it replaces historical.

    It becomes historical itself if it was cancelled, if it failed and its slot has another pending
    version, or if its clip has a serious warning: it was paid for, so it is kept.
    """
    if video.phase is not Phase.STORING:
        raise WrongStateError(f"The video {video.id} is {video.phase}.")
    slot = campaign.slot(video.index)
    shown = becomes_current(campaign, video, clip)
    done = _done(video, shown=shown, clip=clip, now=now)
    settled = replace(campaign, money=settle(campaign.money, video, AttemptOutcome.BILLED))
    settled = settled.with_failure(video.index, is_last=False)
    freed = slot.without_pending(video)
    if shown:
        _require_current(slot, replaced)
        change = _show(settled, freed, done, replaced, at=now)
    else:
        change = _keep(settled, freed, done, at=now)
    # Every clip is first stored under the name of a current version.
    return replace(change if shown else _renaming(change, video), events=ends_of(done))


def _done(video: Video, *, shown: bool, clip: ClipFacts, now: datetime) -> Video:
    return replace(
        with_outcome(video, AttemptOutcome.BILLED),
        phase=Phase.DONE,
        version_state=VersionState.CURRENT if shown else VersionState.HISTORICAL,
        cost=replace(video.cost, actual=charged(video, AttemptOutcome.BILLED)),
        clip=clip,
        failure=None,
        completed_at=now,
        due_at=None,
        lease_expires_at=None,
    )


def becomes_current(campaign: Campaign, video: Video, clip: ClipFacts) -> bool:
    """Whether `video` becomes the current version of its slot once its clip is stored."""
    if video.cancel_requested:
        return False
    slot = campaign.slot(video.index)
    if slot.current is not None and not may_replace_current(clip, video.parameters):
        return False
    return slot.is_making(video) or slot.is_free


def fail(
    campaign: Campaign,
    video: Video,
    *,
    failure: Failure,
    outcome: AttemptOutcome,
    now: datetime,
) -> Change:
    """Fail `video`. Its slot is free again, and the slot's current version is not changed.

    A video that may have been billed gets late checks: its clip, or its refusal, may come late.
    """
    if video.has_ended:
        raise WrongStateError(f"The video {video.id} is {video.phase}.")
    in_doubt = outcome is AttemptOutcome.POSSIBLY_BILLED
    ended = replace(
        with_outcome(video, outcome),
        phase=Phase.FAILED,
        version_state=None,
        clip=None,
        failure=failure,
        cost=replace(video.cost, actual=charged(video, outcome)),
        completed_at=now,
        due_at=late_check_at(video.attempt.submitted_at, now=now) if in_doubt else None,
        lease_expires_at=None,
        queue=None,
    )
    money = settle(campaign.money, video, outcome)
    slot = campaign.slot(video.index)
    if slot.is_making(video) and not video.cancel_requested:
        campaign = campaign.with_failure(video.index, is_last=True)
    freed = slot.without_pending(video)
    change = _change(replace(campaign, money=money), freed, at=now, videos=(ended,))
    return replace(change, events=ends_of(ended))


def clear(campaign: Campaign, video: Video, *, now: datetime) -> Change:
    """Free the dollars of a failed video that turns out not to be billed."""
    if video.phase is not Phase.FAILED or not video.is_possibly_billed:
        raise WrongStateError(f"The video {video.id} holds no dollars as possibly spent.")
    outcome = AttemptOutcome.NOT_BILLED
    cleared = replace(
        with_outcome(video, outcome),
        cost=replace(video.cost, actual=charged(video, outcome)),
        due_at=None,
    )
    money = settle(campaign.money, video, outcome)
    return Change(
        campaign=replace(campaign, money=money, updated_at=now),
        videos=(cleared,),
    )


def cancel(campaign: Campaign, video: Video, *, now: datetime) -> Change:
    """Stop a video before its submission; afterwards only keep it from becoming current."""
    if video.has_ended:
        raise WrongStateError(f"The video is {video.phase}; there is nothing to cancel.")
    if video.phase is not Phase.RESERVED:
        return Change(campaign=campaign, videos=(replace(video, cancel_requested=True),))
    failure = Failure(code="cancelled", message="The video was cancelled; nothing was paid.")
    asked = replace(video, cancel_requested=True)
    change = fail(campaign, asked, failure=failure, outcome=AttemptOutcome.NOT_BILLED, now=now)
    cancelled = replace(change.videos[0], phase=Phase.CANCELLED)
    return replace(change, videos=(cancelled,), events=ends_of(cancelled))


def promote(campaign: Campaign, video: Video, *, replaced: Video | None, now: datetime) -> Change:
    """Make a historical video current again. Nothing is paid."""
    if video.version_state is not VersionState.HISTORICAL:
        raise WrongStateError("Only a historical video can be promoted.")
    slot = campaign.slot(video.index)
    _require_current(slot, replaced)
    shown = replace(video, version_state=VersionState.CURRENT)
    change = _renaming(_show(campaign, slot.without(video), shown, replaced, at=now), video)
    return replace(change, events=(of_video(EventType.VIDEO_PROMOTED, shown, at=now),))


def mark(campaign: Campaign, video: Video, *, kept: bool, now: datetime) -> Change:
    """Set whether a completed video is exempt from every clean-up."""
    if video.kept == kept:
        return Change(campaign=campaign)
    if video.phase is not Phase.DONE:
        raise WrongStateError("Only a completed video can be kept.")
    if kept:
        require_room_for_kept(campaign)
    marked = replace(video, kept=kept)
    slot = campaign.slot(video.index).with_facts_of(marked)
    return _change(campaign, slot, at=now, videos=(marked,))


def _show(
    campaign: Campaign, slot: Slot, video: Video, replaced: Video | None, *, at: datetime
) -> Change:
    """Make `video` current, and the version that it replaces the latest historical one."""
    if replaced is None:
        shown = replace(slot, current=Version.of(video))
        return _change(campaign, shown, at=at, videos=(video,))
    shown = replace(slot.with_latest_historical(Version.of(replaced)), current=Version.of(video))
    former = replace(replaced, version_state=VersionState.HISTORICAL, shown_until=at)
    chores = (chore_for(ChoreKind.RENAME, replaced),)
    return _change(campaign, shown, at=at, videos=(video, former), chores=chores)


def _keep(campaign: Campaign, slot: Slot, video: Video, *, at: datetime) -> Change:
    """Make `video` the latest historical version; a cancelled one the first to be removed."""
    version = Version.of(video)
    history = (*slot.historical, version) if video.cancel_requested else (version, *slot.historical)
    return _change(campaign, replace(slot, historical=history), at=at, videos=(video,))


def _renaming(change: Change, video: Video) -> Change:
    chore = chore_for(ChoreKind.RENAME, video)
    return replace(change, campaign=with_chores(change.campaign, chore))


def _require_current(slot: Slot, replaced: Video | None) -> None:
    expected = slot.current.video_hash if slot.current else None
    if expected != (replaced.video_hash if replaced else None):
        raise WrongStateError("The video that is to be replaced is not the current one.")


def _change(
    campaign: Campaign,
    slot: Slot,
    *,
    at: datetime,
    videos: tuple[Video, ...] = (),
    chores: tuple[Chore, ...] = (),
) -> Change:
    changed = with_chores(replace(campaign.with_slot(slot), updated_at=at), *chores)
    return Change(campaign=changed, videos=videos)
