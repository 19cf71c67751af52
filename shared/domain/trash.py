"""The trash of a campaign: deleted videos that can be restored until they are purged.

A trashed video has its record, its objects and its dollars, and no slot. A delayed chore of its
campaign removes it (`Campaign.trash`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from shared.domain.campaign import Campaign, Change, Chore, ChoreKind
from shared.domain.chores import chore_for, with_chores, with_delayed_chores, without_chores
from shared.domain.errors import WrongStateError
from shared.domain.events import EventType, of_video
from shared.domain.limits import require_room_for_kept, require_room_for_version
from shared.domain.removal import remove
from shared.domain.slot import Version
from shared.domain.values import replace
from shared.domain.versions import require_not_deleted
from shared.domain.video import Phase, VersionState, Video


def require_not_trashed(video: Video) -> None:
    """Raise WrongStateError."""
    if video.is_trashed:
        raise WrongStateError(f"The video {video.id} is in the trash. Restore it first.")


def move_to_trash(
    campaign: Campaign, videos: Sequence[Video], *, now: datetime, purge_at: datetime
) -> Change:
    """Take completed videos out of their slots. Those that are trashed already stay as they are."""
    trashed = []
    for video in videos:
        if video.is_trashed:
            continue
        if video.phase is not Phase.DONE:
            raise WrongStateError(f"The video {video.id} has no clip to restore.")
        campaign = campaign.with_slot(campaign.slot(video.index).without(video))
        gone = replace(video, version_state=VersionState.TRASHED, purge_at=purge_at)
        if video.is_current:
            campaign = with_chores(campaign, chore_for(ChoreKind.RENAME, video))
            gone = replace(gone, shown_until=now)
        campaign = _with(campaign, video, purge_at=purge_at)
        trashed.append(gone)
    campaign = replace(campaign, updated_at=now) if trashed else campaign
    events = tuple(of_video(EventType.VIDEO_TRASHED, each, at=now) for each in trashed)
    return Change(campaign=campaign, videos=tuple(trashed), events=events)


def restore(campaign: Campaign, video: Video, *, now: datetime) -> Change:
    """Return a trashed video to its slot, kept as it was before.

    It becomes current where the slot has no current version, else the latest historical one. So
    does one that was cancelled and never shown.
    """
    require_not_deleted(campaign)
    if not video.is_trashed:
        raise WrongStateError(f"The video {video.id} is not in the trash.")
    if video.kept:
        require_room_for_kept(campaign)
    require_room_for_version(campaign)
    slot = campaign.slot(video.index)
    was_shown = video.shown_until is not None or not video.cancel_requested
    shown = slot.current is None and was_shown
    state = VersionState.CURRENT if shown else VersionState.HISTORICAL
    restored = replace(video, version_state=state, purge_at=None)
    version = Version.of(restored)
    filled = replace(slot, current=version) if shown else slot.with_latest_historical(version)
    left = without_chores(campaign, (chore_for(ChoreKind.REMOVE, video),)).with_slot(filled)
    # The clip of a trashed video has the name of a historical one.
    chores = (chore_for(ChoreKind.RENAME, video),) if shown else ()
    promoted = (EventType.VIDEO_PROMOTED,) if shown else ()
    kinds = (EventType.VIDEO_RESTORED, *promoted)
    return Change(
        campaign=replace(with_chores(left, *chores), updated_at=now),
        videos=(restored,),
        events=tuple(of_video(kind, restored, at=now) for kind in kinds),
    )


def hasten(campaign: Campaign) -> Campaign:
    """Return the campaign whose trash is due, whatever time was left to restore it."""
    removals = (each.chore for each in campaign.trash)
    return with_delayed_chores(campaign, *removals, due_at=campaign.created_at, trashed=True)


def due_trash(campaign: Campaign, now: datetime) -> tuple[Chore, ...]:
    """Return the chores of the trashed videos whose time is over."""
    return tuple(each.chore for each in campaign.trash if each.due_at <= now)


def purge(
    campaign: Campaign, due: Iterable[Chore], videos: Iterable[Video], *, now: datetime
) -> Change:
    """Remove what is due. `videos` are the records of these chores that exist.

    A video that is not trashed any more stays.
    """
    known = {video.video_hash: video for video in videos}
    gone: list[Video] = []
    for chore in due:
        video = known.get(chore.video_hash)
        if video is not None and video.is_trashed:
            gone.append(video)
            continue
        campaign = without_chores(campaign, (chore,))
        if video is None:
            campaign = with_chores(campaign, chore)
    change = remove(campaign, gone, now=now)
    return replace(change, campaign=replace(change.campaign, updated_at=now))


def with_trash_of(campaign: Campaign, videos: Iterable[Video]) -> Campaign:
    """Return the campaign whose trash has just those of its `videos` that are trashed."""
    trashed = {video.video_hash: video for video in videos if video.is_trashed}
    known = {each.chore.video_hash: each.chore for each in campaign.trash}
    strays = [chore for name, chore in known.items() if name not in trashed]
    if strays:
        campaign = without_chores(campaign, strays)
    for name, video in trashed.items():
        if name not in known:
            campaign = _with(campaign, video, purge_at=video.purge_at or campaign.updated_at)
    return campaign


def _with(campaign: Campaign, video: Video, *, purge_at: datetime) -> Campaign:
    removal = chore_for(ChoreKind.REMOVE, video)
    return with_delayed_chores(campaign, removal, due_at=purge_at, trashed=True)
