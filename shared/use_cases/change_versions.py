"""Promote, keep, cancel, delete and restore versions on request. None of these costs anything."""

from datetime import datetime
from functools import partial

from shared.domain.campaign import Campaign, Change
from shared.domain.errors import UnreadableRecordError, WrongStateError
from shared.domain.model_registry import MODELS
from shared.domain.removal import remove
from shared.domain.trash import require_not_trashed, restore
from shared.domain.versions import cancel, mark, promote
from shared.domain.video import Phase, Video
from shared.ports import Ports
from shared.use_cases.committing import change_video
from shared.use_cases.damaged_records import discard_damaged
from shared.use_cases.finding_clips import require_stored_clip
from shared.use_cases.finish_chores import finish_chores
from shared.use_cases.publishing import ask_for_step
from shared.use_cases.read_campaigns import current_video
from shared.use_cases.trash_videos import trash_or_remove


def promote_video(ports: Ports, campaign_id: str, video_hash: str) -> Video:
    """Make a historical video current again; the current one becomes historical.

    A video that is already current is returned unchanged. Raise ObjectNotFoundError if its clip is
    missing: a slot never switches to a video that cannot be played.
    """
    video = ports.campaigns.get_video(campaign_id, video_hash)
    change = change_video(ports, video, partial(_promote, ports))
    finish_chores(ports, campaign_id)
    return _after(ports, video, change)


def mark_video(ports: Ports, campaign_id: str, video_hash: str, *, kept: bool) -> Video:
    """Set whether a completed video is exempt from every clean-up.

    A video that is so already is returned unchanged.
    """
    video = ports.campaigns.get_video(campaign_id, video_hash)
    change = change_video(ports, video, partial(_mark, ports, kept=kept))
    return _after(ports, video, change)


def cancel_video(ports: Ports, campaign_id: str, video_hash: str) -> Video:
    """Cancel a video that is not submitted. A submitted one becomes historical when it is done.

    A clip that is made is paid for, so it is stored and counted. Where the model can, the video's
    next step, which is requested at once, stops the generator first.
    """
    video = ports.campaigns.get_video(campaign_id, video_hash)
    change = change_video(ports, video, partial(_cancel, ports))
    if not change.videos:
        return ports.campaigns.get_video(campaign_id, video_hash)
    (cancelled,) = change.videos
    if _can_be_stopped(cancelled):
        ask_for_step(ports, cancelled)
    return cancelled


def delete_video(
    ports: Ports, campaign_id: str, video_hash: str, *, purge: bool = False
) -> datetime | None:
    """Move a completed video to the trash, and return when it will be removed for good.

    With `purge`, without a trash, and without a clip to restore, remove the record and the objects
    now, and return None. A video that is in the trash already stays there until its time is over,
    also if TRASH_DAYS has changed. Raise WrongStateError while it is submitted.

    A damaged record cannot be restored from the trash, so it is removed only with `purge`; its
    dollars stay counted. Else raise UnreadableRecordError, as for a record of a newer release.
    """
    try:
        video = ports.campaigns.get_video(campaign_id, video_hash)
    except UnreadableRecordError as error:
        if not (purge or error.is_newer):
            raise _only_for_good(error) from error
        discard_damaged(ports, campaign_id, video_hash)
        return None
    change = change_video(ports, video, partial(_delete, ports, purge=purge))
    finish_chores(ports, campaign_id)
    return None if change.removed else _after(ports, video, change).purge_at


def restore_video(ports: Ports, campaign_id: str, video_hash: str) -> Video:
    """Return a trashed video to its slot, kept as it was before.

    A completed video that is not in the trash is returned unchanged.
    """
    video = ports.campaigns.get_video(campaign_id, video_hash)
    change = change_video(ports, video, partial(_restore, ports))
    finish_chores(ports, campaign_id)
    return _after(ports, video, change)


def _only_for_good(error: UnreadableRecordError) -> UnreadableRecordError:
    return UnreadableRecordError(
        f"{error.message} Its clip may be good. Restore the record, or delete both for good with "
        f"purge=true.",
        record=error.record,
        revision=error.revision,
    )


def _promote(ports: Ports, campaign: Campaign, video: Video) -> Change:
    """Change nothing if it is already current."""
    require_not_trashed(video)
    if video.is_current:
        return Change(campaign=campaign)
    replaced = current_video(ports, campaign, video.index)
    change = promote(campaign, video, replaced=replaced, now=ports.now())
    require_stored_clip(ports, video)
    return change


def _mark(ports: Ports, campaign: Campaign, video: Video, *, kept: bool) -> Change:
    require_not_trashed(video)
    return mark(campaign, video, kept=kept, now=ports.now())


def _cancel(ports: Ports, campaign: Campaign, video: Video) -> Change:
    """Change nothing if it is already cancelled."""
    if video.phase is Phase.CANCELLED:
        return Change(campaign=campaign)
    return cancel(campaign, video, now=ports.now())


def _can_be_stopped(video: Video) -> bool:
    model = MODELS.get(video.parameters.model)
    return video.phase is Phase.GENERATING and model is not None and model.can_cancel


def _delete(ports: Ports, campaign: Campaign, video: Video, *, purge: bool) -> Change:
    change = Change(campaign=campaign)
    if video.phase is Phase.RESERVED:
        change = cancel(campaign, video, now=ports.now())
        (video,) = change.videos
    if not video.has_ended:
        raise WrongStateError(
            "This video is being made and is paid for already. Delete it when it is finished; "
            "cancel keeps it from becoming current."
        )
    if video.is_trashed and not purge:
        return change
    if purge or video.phase is not Phase.DONE:
        return change.then(remove(change.campaign, (video,), now=ports.now()))
    return change.then(trash_or_remove(ports, change.campaign, (video,)))


def _restore(ports: Ports, campaign: Campaign, video: Video) -> Change:
    """Change nothing if it is in its slot already."""
    if video.phase is Phase.DONE and not video.is_trashed:
        return Change(campaign=campaign)
    return restore(campaign, video, now=ports.now())


def _after(ports: Ports, video: Video, change: Change) -> Video:
    """Return a video as a change of it has left it, which may have changed nothing."""
    if change.videos:
        return change.videos[0]
    return ports.campaigns.get_video(video.campaign_id, video.video_hash)
