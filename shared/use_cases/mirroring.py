"""Write the JSON beside the videos: after each step, and by the tick."""

import logging
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from shared.domain.errors import (
    CampaignNotFoundError,
    ShowreelError,
    UnreadableRecordError,
)
from shared.domain.reconciling import CampaignState
from shared.domain.schedule import COMMIT_DELAY
from shared.ports import Ports
from shared.ports.campaign_repository import CampaignRepository, ChangedCampaign
from shared.ports.record_mirror import RecordMirror
from shared.use_cases.campaign_state import load_campaign_state
from shared.use_cases.committing import until_committed

logger = logging.getLogger(__name__)

_CHANGES_AT_ONCE = 500
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
# A file that cannot be written for longer is left to reconciling.
_RETRIED_FOR = timedelta(hours=1)


def mirror_video(ports: Ports, campaign_id: str, video_hash: str) -> None:
    """Write the JSON of a video, of the other versions of its slot, and of its campaign.

    Errors are logged, and the tick writes the missing files.
    """
    try:
        listing = ports.mirror.list(campaign_id)
        state = _state_around(ports, campaign_id, video_hash)
        if state is not None:
            hashes = {video_hash, *state.videos, *state.unreadable}
            ports.mirror.update(listing, state, only=hashes)
    except ShowreelError:
        logger.warning("record.unmirrored", extra={"campaign_id": campaign_id}, exc_info=True)


def mirror_campaign(
    mirror: RecordMirror, campaigns: CampaignRepository, campaign_id: str
) -> tuple[str, ...]:
    """Update all JSON of a campaign, and return the paths that were not written."""
    listing = mirror.list(campaign_id)
    try:
        state = until_committed(lambda: load_campaign_state(campaigns, campaign_id))
    except CampaignNotFoundError:
        mirror.remove(listing)
        return ()
    return mirror.update(listing, state)


def sweep_mirror(ports: Ports, *, end: datetime) -> None:
    """Update the JSON of every campaign that has changed since the last sweep.

    The next tick continues with the campaigns left at `end`. Errors are logged.
    """
    began = ports.now()
    try:
        since = ports.mirror.complete_until() or _BEGINNING
        # A change has the time at which its commit began: it may become visible after later ones.
        until = min(_swept_until(ports, since, end=end), began - COMMIT_DELAY)
        if until >= since + COMMIT_DELAY:
            ports.mirror.note_complete(until)
    except ShowreelError:
        logger.warning("mirror.unswept", exc_info=True)


def _swept_until(ports: Ports, since: datetime, *, end: datetime) -> datetime:
    """Return the moment until which every change is mirrored."""
    earliest = ports.now() - _RETRIED_FOR
    failed: list[datetime] = []
    done: set[str] = set()
    limit = _CHANGES_AT_ONCE
    while True:
        changes = ports.campaigns.changed_since(since, limit=limit)
        for change in _first_of_each(changes, done):
            if ports.now() >= end:
                return min((change.changed_at, *failed))
            done.add(change.campaign_id)
            if not _is_swept(ports, change.campaign_id):
                failed.append(max(change.changed_at, earliest))
        if len(changes) < limit:
            last = changes[-1].changed_at + timedelta(microseconds=1) if changes else since
            return min((last, *failed))
        # A page whose changes all have one time does not advance the cursor: request a longer page.
        limit = limit if changes[-1].changed_at > since else limit * 2
        since = changes[-1].changed_at


def _first_of_each(
    changes: Collection[ChangedCampaign], done: Collection[str]
) -> list[ChangedCampaign]:
    """Return the earliest change of each campaign that is not in `done`."""
    first: dict[str, ChangedCampaign] = {}
    for change in changes:
        if change.campaign_id not in done:
            first.setdefault(change.campaign_id, change)
    return list(first.values())


def _is_swept(ports: Ports, campaign_id: str) -> bool:
    try:
        return not mirror_campaign(ports.mirror, ports.campaigns, campaign_id)
    except UnreadableRecordError:
        # Reconciling reports it.
        return True
    except ShowreelError:
        logger.warning("record.unmirrored", extra={"campaign_id": campaign_id}, exc_info=True)
        return False


def _state_around(ports: Ports, campaign_id: str, video_hash: str) -> CampaignState | None:
    """Return the campaign with the video and the other versions of its slot, if it exists."""
    campaign, found = ports.campaigns.get_together(campaign_id, (video_hash,))
    if campaign is None:
        return None
    indexes = {each.index for each in found.videos}
    slots = [slot for slot in campaign.slots if slot.index in indexes]
    named = {each.video_hash for slot in slots for each in (*slot.versions, *slot.historical)}
    campaign, found = ports.campaigns.get_together(campaign_id, {video_hash, *named})
    if campaign is None:
        return None
    return CampaignState.of(campaign, found.videos, found.unreadable)
