"""Read a campaign together with all its videos."""

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


def load_campaign_state(campaigns: CampaignRepository, campaign_id: str) -> CampaignState:
    """Raise CampaignNotFoundError, or ConflictError if the campaign changes during the reads."""
    campaign = campaigns.get_campaign(campaign_id)
    page = campaigns.get_all_videos(campaign_id)
    if campaigns.get_campaign(campaign_id).revision != campaign.revision:
        raise ConflictError(f"The campaign {campaign_id!r} has changed. Read it again.")
    return CampaignState.of(campaign, page.videos, page.unreadable)
