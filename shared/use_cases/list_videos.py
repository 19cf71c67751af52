"""List videos in pages."""

from datetime import datetime

from shared.domain.errors import CampaignNotFoundError, VideoNotFoundError
from shared.domain.identity import parse_video_id
from shared.domain.values import replace
from shared.ports import Ports
from shared.ports.campaign_repository import ListPosition, VideoPage, VideoQuery


def list_videos(ports: Ports, query: VideoQuery, *, after: str | None) -> VideoPage:
    """`after` is the id of the last video of the previous page, which may have been removed.

    Raise VideoNotFoundError if its position is not known.
    """
    if after is None:
        return ports.campaigns.list_videos(query)
    campaign_id, video_hash = parse_video_id(after)
    created_at = _creation_of(ports, campaign_id, video_hash)
    position = ListPosition(created_at=created_at, campaign_id=campaign_id, video_hash=video_hash)
    return ports.campaigns.list_videos(replace(query, after=position))


def _creation_of(ports: Ports, campaign_id: str, video_hash: str) -> datetime:
    try:
        return ports.campaigns.get_video(campaign_id, video_hash).created_at
    except VideoNotFoundError:
        removed = _removed_from(ports, campaign_id)
        if video_hash not in removed:
            raise
        return removed[video_hash]


def _removed_from(ports: Ports, campaign_id: str) -> dict[str, datetime]:
    try:
        campaign = ports.campaigns.get_campaign(campaign_id)
    except CampaignNotFoundError:
        return {}
    return {each.video_hash: each.created_at for each in campaign.removed}
