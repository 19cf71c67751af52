"""The trash of a campaign: what goes there, what is in it, and what leaves it for good."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain.campaign import Campaign, Change
from shared.domain.errors import CampaignNotFoundError
from shared.domain.removal import remove
from shared.domain.trash import due_trash, hasten, move_to_trash, purge
from shared.domain.versions import require_not_deleted
from shared.domain.video import Video
from shared.ports import Ports
from shared.ports.campaign_repository import VideoPage
from shared.use_cases.committing import commit, until_committed
from shared.use_cases.finish_chores import finish_chores

# Each portion is one commit, and some calls for the objects of each video.
_PORTION = 20
_PATIENCE = timedelta(seconds=20)


def trash_or_remove(
    ports: Ports,
    campaign: Campaign,
    videos: Sequence[Video],
    *,
    objects_until: datetime | None = None,
) -> Change:
    """Move completed videos to the trash. Without one (TRASH_DAYS=0), remove them.

    The objects of removed ones are kept until `objects_until`.
    """
    now = ports.now()
    if not ports.policy.trash_days:
        return remove(campaign, videos, now=now, objects_until=objects_until)
    purge_at = now + timedelta(days=ports.policy.trash_days)
    return move_to_trash(campaign, videos, now=now, purge_at=purge_at)


def read_trash(ports: Ports, campaign_id: str) -> VideoPage:
    """Return all trashed videos of a campaign, the latest deleted first.

    All records are of one snapshot. Raise CampaignNotFoundError.
    """
    campaign: Campaign | None = ports.campaigns.get_campaign(campaign_id)
    asked: list[str] = []
    page = VideoPage(videos=(), has_more=False)
    while campaign is not None:
        names = [each.chore.video_hash for each in reversed(campaign.trash)]
        if names == asked:
            return page
        asked = names
        campaign, page = ports.campaigns.get_together(campaign_id, names)
    raise CampaignNotFoundError(f"There is no campaign {campaign_id!r}.")


def empty_trash(ports: Ports, campaign_id: str) -> bool:
    """Remove for good what is in the trash, and return whether all of it is removed.

    One commit makes all of it due, so the tick continues after a crash, or if it takes too long.
    Raise CampaignNotFoundError or CampaignDeletedError.
    """

    def attempt() -> None:
        campaign = ports.campaigns.get_campaign(campaign_id)
        require_not_deleted(campaign)
        if campaign.trash:
            ports.campaigns.commit(Change(campaign=hasten(campaign)))

    until_committed(attempt)
    return purge_due(ports, campaign_id, end=ports.now() + _PATIENCE)


def purge_due(ports: Ports, campaign_id: str, *, end: datetime) -> bool:
    """Remove the trashed videos whose time is over, and return whether none is left.

    No portion begins after `end`. One whose record cannot be read stays.
    """
    while ports.now() < end:
        change = until_committed(lambda: _purge_portion(ports, campaign_id))
        if change is None:
            return True
        finish_chores(ports, campaign_id)
    return False


def _purge_portion(ports: Ports, campaign_id: str) -> Change | None:
    """Commit the removal of some, and return it; None if there is nothing to remove."""
    now = ports.now()
    due = due_trash(ports.campaigns.get_campaign(campaign_id), now)
    if not due:
        return None
    campaign, page = ports.campaigns.get_together(campaign_id, [each.video_hash for each in due])
    if campaign is None or campaign.is_being_deleted:
        return None
    unreadable = {each.video_hash for each in page.unreadable}
    still_due = [each for each in due_trash(campaign, now) if each in due]
    portion = [each for each in still_due if each.video_hash not in unreadable][:_PORTION]
    if not portion:
        return None
    return commit(ports, purge(campaign, portion, page.videos, now=now))
