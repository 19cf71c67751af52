"""Delete a campaign with its videos, objects and records.

One commit marks the campaign. From then on no video is created in it, and its content is removed in
batches: by the request, or by the tick after a crash or if the request takes too long.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from shared.domain.campaign import Change
from shared.domain.errors import CampaignNotFoundError, ConflictError, UnreadableRecordError
from shared.domain.removal import begin_deletion, remove
from shared.domain.storage_layout import ATTEMPTS, GENERATED, INPUTS
from shared.domain.values import replace
from shared.domain.video import VersionState, Video
from shared.parallel import in_parallel
from shared.ports import Ports
from shared.ports.campaign_repository import VideoQuery
from shared.use_cases.announcing import report_unreadable
from shared.use_cases.claims import note_deletion
from shared.use_cases.committing import commit, until_committed
from shared.use_cases.finish_chores import finish_chores

logger = logging.getLogger(__name__)

_PORTION = 20
_OBJECTS = 40
_PATIENCE = timedelta(seconds=20)


def delete_campaign(ports: Ports, campaign_id: str) -> bool:
    """Return whether the campaign is removed completely; else the tick continues.

    Raise WrongStateError, and change nothing, while one of its videos is submitted and paid for.
    Raise UnreadableRecordError, and change nothing, if the record of one of its videos cannot be
    read: it may be in the making, and what it cost is not known. A review or an experiment holds
    neither money nor files, and is removed whatever its record is.
    """

    def attempt() -> Change:
        campaign = ports.campaigns.get_campaign(campaign_id)
        names = {slot.pending.video_hash for slot in campaign.slots if slot.pending}
        videos = _readable_videos(ports, campaign_id)
        pending = tuple(video for video in videos if video.video_hash in names)
        if len(pending) < len(names):
            raise ConflictError("The campaign has changed. Read it again.")
        change = begin_deletion(campaign, pending, now=ports.now())
        return commit(ports, change)

    until_committed(attempt)
    return continue_deletion(ports, campaign_id, end=ports.now() + _PATIENCE)


def continue_deletion(ports: Ports, campaign_id: str, *, end: datetime) -> bool:
    """Remove the content of a campaign that is being deleted. Return whether all is removed.

    Another process may do so at the same time, and end first.
    """
    while ports.now() < end:
        try:
            campaign = ports.campaigns.get_campaign(campaign_id)
            if not campaign.is_being_deleted:
                return False
            videos = _videos(ports, campaign_id)
            ended = [video for video in videos if video.has_ended]
            if ended:
                commit(ports, remove(campaign, ended, now=ports.now()))
                finish_chores(ports, campaign_id)
            elif videos or _has_unreadable(ports, campaign_id):
                # A late clip is being stored, or a person has to decide about a record.
                return False
            elif _are_objects_removed(ports, campaign_id, end=end):
                _remove_rest(ports, campaign_id)
                return True
        except CampaignNotFoundError:
            return True
        except ConflictError:
            continue
    return False


def _readable_videos(ports: Ports, campaign_id: str) -> tuple[Video, ...]:
    """Raise UnreadableRecordError, for a record of a newer release before a damaged one."""
    page = ports.campaigns.get_all_videos(campaign_id)
    for record in sorted(page.unreadable, key=lambda each: not each.is_newer):
        message = f"The campaign is not deleted. {record.error().message}"
        if not record.is_newer:
            message += " Restore this record, or delete the video first with purge=true."
        raise UnreadableRecordError(message, is_newer=record.is_newer, record=record)
    return page.videos


def _has_unreadable(ports: Ports, campaign_id: str) -> bool:
    """Report the records that have become unreadable since the deletion began."""
    unreadable = ports.campaigns.get_all_videos(campaign_id).unreadable
    for record in unreadable:
        report_unreadable(record.id, record.detail)
    return bool(unreadable)


def _videos(ports: Ports, campaign_id: str) -> tuple[Video, ...]:
    """Return some of its videos; lists have the trashed ones apart."""
    query = VideoQuery(campaign_id=campaign_id, limit=_PORTION)
    trash = replace(query, version_state=VersionState.TRASHED)
    found = ports.campaigns.list_videos(query).videos
    return found or ports.campaigns.list_videos(trash).videos


def _are_objects_removed(ports: Ports, campaign_id: str, *, end: datetime) -> bool:
    """Remove objects without a record, eight at once, as long as `end` leaves time."""
    note_deletion(ports, campaign_id)
    for prefix in (GENERATED, ATTEMPTS, INPUTS):
        found = ports.objects.list(f"{prefix}/{campaign_id}/")
        while portion := list(islice(found, _OBJECTS)):
            if ports.now() >= end:
                return False
            in_parallel(partial(ports.objects.delete, each.path) for each in portion)
    return True


def _remove_rest(ports: Ports, campaign_id: str) -> None:
    """Remove what others keep of the campaign, and its own record last. Raise ConflictError."""
    ports.plays.delete_campaign(campaign_id)
    ports.mirror.remove(ports.mirror.list(campaign_id))
    ports.experiments.delete_campaign(campaign_id)
    ports.reviews.delete_campaign(campaign_id)
    ports.campaigns.remove_campaign(ports.campaigns.get_campaign(campaign_id))
    logger.info("campaign.deleted", extra={"campaign_id": campaign_id})
