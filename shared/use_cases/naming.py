"""Names of campaigns become names of folders, and some disks do not tell a from A."""

from collections.abc import Iterable

from shared.domain.campaign import Campaign
from shared.domain.errors import CampaignNameTakenError
from shared.domain.unreadable import Unreadable
from shared.ports.object_store import ObjectStore


def require_name(
    objects: ObjectStore, campaign_id: str, *, among: Iterable[Campaign | Unreadable]
) -> None:
    """Raise CampaignNameTakenError where the store would keep two campaigns as one.

    A campaign costs a look at all others only on such a store, and only when it is new.
    """
    if objects.tells_case_apart():
        return
    for other in among:
        same = other.campaign_id.lower() == campaign_id.lower()
        if same and other.campaign_id != campaign_id:
            raise CampaignNameTakenError(
                f"There is a campaign {other.campaign_id!r}, and the disk of the data folder does "
                f"not tell {campaign_id!r} from it. Use that one, or another name."
            )
