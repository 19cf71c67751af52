"""Video-count and spending limits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct

from shared.domain.errors import (
    BudgetExceededError,
    InvalidRequestError,
    MaxCostExceededError,
    WrongStateError,
)

if TYPE_CHECKING:
    from shared.domain.campaign import Campaign
    from shared.domain.slot import Version

# A slot has a current, a pending and its historical videos. Together they fit into one document of
# Firestore, of 1 MiB, even if the object of each is still to be renamed.
MOST_VERSIONS = 4000
# Kept videos come on top of them.
MOST_KEPT = 100

WARNING_SHARE = Decimal("0.8")
# Up to here a double, the number type of JSON readers, represents cents exactly.
_MOST_DOLLARS = Decimal(10) ** 12
# A sum of doubles has up to 17 digits. The bound keeps records small: they store every digit.
_MOST_DECIMALS = 20


class Limits(Struct, frozen=True, kw_only=True):
    """`campaign_budget` applies to campaigns without a budget of their own; None is no limit."""

    videos: int
    campaign_budget: Decimal | None = None


def most_versions(*, slots: int, keep_historical: int) -> int:
    """Return how many videos the record of one campaign may name."""
    return slots * (keep_historical + 2)


def budget_of(campaign: Campaign, limits: Limits) -> Decimal | None:
    return limits.campaign_budget if campaign.budget_usd is None else campaign.budget_usd


def available(campaign: Campaign, limits: Limits) -> Decimal | None:
    """Return the dollars that are left of the campaign's budget, or None without one."""
    budget = budget_of(campaign, limits)
    return None if budget is None else max(budget - campaign.money.committed, Decimal(0))


def require_budget(campaign: Campaign, amount: Decimal, limits: Limits) -> None:
    """Raise BudgetExceededError unless `amount` is left. Possibly spent dollars count as used."""
    budget = budget_of(campaign, limits)
    if budget is None or campaign.money.committed + amount <= budget:
        return
    raise BudgetExceededError(
        f"Campaign {campaign.campaign_id!r} has a budget of {budget} USD, and this would bring it "
        f"to {campaign.money.committed + amount} USD. Raise its budget to make more."
    )


def require_room_for_kept(campaign: Campaign) -> None:
    """Raise WrongStateError if the campaign keeps as many videos as it may."""
    if sum(each.kept for each in _versions(campaign)) >= MOST_KEPT:
        raise WrongStateError(
            f"Campaign {campaign.campaign_id!r} keeps {MOST_KEPT} videos, which is the most. "
            f"Set kept to false for another one first."
        )


def require_room_for_version(campaign: Campaign) -> None:
    """Raise WrongStateError if the campaign's record names as many videos as it may."""
    if len(_versions(campaign)) >= MOST_VERSIONS + MOST_KEPT:
        raise WrongStateError(
            f"Campaign {campaign.campaign_id!r} has no room for another video. "
            f"Delete an earlier one first."
        )


def _versions(campaign: Campaign) -> list[Version]:
    return [each for slot in campaign.slots for each in (*slot.versions, *slot.historical)]


def require_max_cost(cost: Decimal, max_cost: Decimal | None) -> None:
    """Raise MaxCostExceededError if a request costs more than its caller allows."""
    if max_cost is not None and cost > max_cost:
        raise MaxCostExceededError(
            f"This costs {cost} USD, and max_cost_usd is {max_cost}. Nothing was started."
        )


def reaches_warning(*, before: Decimal, after: Decimal, budget: Decimal) -> bool:
    """Whether a step from `before` to `after` crosses 80 % of a budget."""
    threshold = budget * WARNING_SHARE
    return before < threshold <= after


def is_amount(amount: Decimal) -> bool:
    """Whether `amount` is a valid limit."""
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_MOST_DECIMALS:
        return False
    return 0 <= amount <= _MOST_DOLLARS


def require_dollars(amount: Decimal | None, *, param: str) -> Decimal | None:
    """Raise InvalidRequestError unless `amount` is a valid limit."""
    if amount is None or is_amount(amount):
        return amount
    raise InvalidRequestError(
        f"{param} is an amount of USD: from 0 to {_MOST_DOLLARS:,}, with at most {_MOST_DECIMALS} "
        f"digits after the point.",
        param=param,
    )
