"""Create a campaign, or change what callers set of it."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from decimal import Decimal
from secrets import token_hex
from typing import TypedDict, Unpack

from shared.domain.campaign import Campaign, CampaignDraft, Change
from shared.domain.errors import CampaignNameTakenError, ConflictError
from shared.domain.titles import ids_for
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.versions import require_not_deleted
from shared.ports import Ports
from shared.ports.object_store import ObjectStore
from shared.use_cases.campaign_state import all_campaigns
from shared.use_cases.committing import until_committed


class Facts(TypedDict, total=False):
    """The fields of a campaign that a caller sets."""

    title: str | None
    archived: bool
    budget_usd: Decimal | None


def new_campaign(ports: Ports, campaign_id: str) -> Campaign:
    """Raise CampaignNameTakenError."""
    TakenNames(ports.objects, all_campaigns(ports.campaigns)).require_free(campaign_id)
    now = ports.now()
    return Campaign(campaign_id=campaign_id, created_at=now, updated_at=now)


def begin_titled(
    ports: Ports,
    title: str,
    *,
    budget_usd: Decimal | None = None,
    draft: CampaignDraft | None = None,
) -> Campaign:
    """Store a new campaign, without videos, under an id that is made of its title."""
    for campaign_id in ids_for(title, _endings()):
        with suppress(ConflictError, CampaignNameTakenError):
            campaign = replace(
                new_campaign(ports, campaign_id), title=title, budget_usd=budget_usd, draft=draft
            )
            return ports.campaigns.commit(Change(campaign=campaign)).campaign
    raise ConflictError("Another request makes campaigns of this title. Send this one again.")


def change_campaign(ports: Ports, campaign_id: str, **facts: Unpack[Facts]) -> None:
    """Change what a caller may set. An unknown campaign is created.

    A budget of None is that of the installation. One below the sum that is used only stops new
    videos.
    """

    def attempt() -> None:
        stored, _ = ports.campaigns.get_together(campaign_id, ())
        campaign = stored or new_campaign(ports, campaign_id)
        require_not_deleted(campaign)
        changed = replace(campaign, **facts, updated_at=ports.now())
        ports.campaigns.commit(Change(campaign=changed))

    until_committed(attempt)


def _endings() -> Iterator[str]:
    """Yield numbers, and then random endings, which are practically unique."""
    yield from map(str, range(2, 10))
    yield from (token_hex(4) for _ in range(3))


class TakenNames:
    """The names of campaigns, where a store may not distinguish them by case.

    Only such a store, and only a new campaign, requires a read of `campaigns`, and of each once.
    """

    def __init__(self, objects: ObjectStore, campaigns: Iterable[Campaign | Unreadable]) -> None:
        self._objects = objects
        self._unread = iter(campaigns)
        self._names: dict[str, str] = {}

    def require_free(self, campaign_id: str) -> None:
        """Raise CampaignNameTakenError if another name differs in case alone."""
        if self._objects.is_case_sensitive():
            return
        self._names |= {each.campaign_id.lower(): each.campaign_id for each in self._unread}
        other = self._names.get(campaign_id.lower(), campaign_id)
        if other != campaign_id:
            raise CampaignNameTakenError(
                f"There is a campaign {other!r}, and the disk of the data folder "
                f"ignores case: {campaign_id!r} is the same. Use that one, or another name."
            )

    def take(self, campaign_id: str) -> None:
        """Raise CampaignNameTakenError, as `require_free`."""
        self.require_free(campaign_id)
        self._names[campaign_id.lower()] = campaign_id
