"""Set how many dollars a campaign may use."""

from dataclasses import replace
from decimal import Decimal

from shared.domain.campaign import Change
from shared.domain.versions import require_kept
from shared.ports import Ports
from shared.use_cases.committing import until_committed
from shared.use_cases.create_videos import new_campaign


def set_budget(ports: Ports, campaign_id: str, budget_usd: Decimal | None) -> None:
    """Give the campaign a budget of its own; None gives it that of the installation.

    One below what is used already stops only what is new. A campaign that has none yet begins.
    """

    def attempt() -> None:
        stored, _ = ports.campaigns.get_together(campaign_id, ())
        campaign = stored or new_campaign(ports, campaign_id)
        require_kept(campaign)
        changed = replace(campaign, budget_usd=budget_usd, updated_at=ports.now())
        ports.campaigns.commit(Change(campaign=changed))

    until_committed(attempt)
