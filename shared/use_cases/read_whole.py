"""Read a campaign with all its videos, as they were at one moment."""

from collections.abc import Iterator
from dataclasses import replace

from shared.domain.campaign import Campaign
from shared.domain.errors import ConflictError
from shared.domain.reconciling import CampaignState
from shared.domain.video import Video
from shared.ports.campaign_repository import CampaignRepository, Place, SortOrder, VideoQuery

PAGE = 100


def all_campaigns(campaigns: CampaignRepository) -> Iterator[Campaign]:
    after: str | None = None
    while page := campaigns.list_campaigns(after=after, limit=PAGE):
        yield from page
        after = page[-1].campaign_id


def read_whole(campaigns: CampaignRepository, campaign_id: str) -> CampaignState:
    """Raise CampaignNotFoundError, or ConflictError where it is changed at this moment."""
    campaign = campaigns.get_campaign(campaign_id)
    videos = tuple(_videos(campaigns, campaign_id))
    if campaigns.get_campaign(campaign_id).revision != campaign.revision:
        raise ConflictError(f"The campaign {campaign_id!r} has changed. Read it again.")
    return CampaignState.of(campaign, videos)


def _videos(campaigns: CampaignRepository, campaign_id: str) -> Iterator[Video]:
    query = VideoQuery(campaign_id=campaign_id, order=SortOrder.ASCENDING, limit=PAGE)
    while True:
        page = campaigns.list_videos(query)
        yield from page.videos
        if not page.has_more:
            return
        query = replace(query, after=Place.of(page.videos[-1]))
