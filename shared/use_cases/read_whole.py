"""Read a campaign with all its videos, as they were at one moment."""

from collections.abc import Iterator

from shared.domain.campaign import Campaign
from shared.domain.errors import ConflictError
from shared.domain.reconciling import CampaignState
from shared.domain.unreadable import Unreadable
from shared.ports.campaign_repository import CampaignRepository

PAGE = 100


def all_campaigns(campaigns: CampaignRepository) -> Iterator[Campaign | Unreadable]:
    after: str | None = None
    while page := campaigns.list_campaigns(after=after, limit=PAGE):
        yield from page
        after = page[-1].campaign_id


def read_whole(campaigns: CampaignRepository, campaign_id: str) -> CampaignState:
    """Raise CampaignNotFoundError, or ConflictError where it is changed at this moment."""
    campaign = campaigns.get_campaign(campaign_id)
    page = campaigns.get_all_videos(campaign_id)
    if campaigns.get_campaign(campaign_id).revision != campaign.revision:
        raise ConflictError(f"The campaign {campaign_id!r} has changed. Read it again.")
    return CampaignState.of(campaign, page.videos, page.unreadable)
