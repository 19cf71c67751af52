"""Create a campaign, with its first videos or with a budget."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from shared.domain.campaign import Campaign, Change
from shared.domain.errors import CampaignNameTakenError
from shared.domain.unreadable import Unreadable
from shared.domain.versions import require_kept
from shared.ports import Ports
from shared.ports.object_store import ObjectStore
from shared.use_cases.campaign_state import all_campaigns
from shared.use_cases.committing import until_committed


def new_campaign(ports: Ports, campaign_id: str) -> Campaign:
    """Raise CampaignNameTakenError."""
    require_name(ports.objects, campaign_id, among=all_campaigns(ports.campaigns))
    now = ports.now()
    return Campaign(campaign_id=campaign_id, created_at=now, updated_at=now)


def set_budget(ports: Ports, campaign_id: str, budget_usd: Decimal | None) -> None:
    """Set the campaign's own budget; None restores the default of the installation.

    A budget below the sum that is used only stops new videos. An unknown campaign is created.
    """

    def attempt() -> None:
        stored, _ = ports.campaigns.get_together(campaign_id, ())
        campaign = stored or new_campaign(ports, campaign_id)
        require_kept(campaign)
        changed = replace(campaign, budget_usd=budget_usd, updated_at=ports.now())
        ports.campaigns.commit(Change(campaign=changed))

    until_committed(attempt)


def require_name(
    objects: ObjectStore, campaign_id: str, *, among: Iterable[Campaign | Unreadable]
) -> None:
    """Raise CampaignNameTakenError if the store does not distinguish two names by case.

    Only such a store, and only a new campaign, requires a read of all campaigns.
    """
    if objects.is_case_sensitive():
        return
    for other in among:
        same = other.campaign_id.lower() == campaign_id.lower()
        if same and other.campaign_id != campaign_id:
            raise CampaignNameTakenError(
                f"There is a campaign {other.campaign_id!r}, and the disk of the data folder does "
                f"not tell {campaign_id!r} from it. Use that one, or another name."
            )
