"""The installation's budget of one day (UTC): one record, in the commit of every reservation."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from shared.domain.errors import BudgetExceededError
from shared.domain.limits import WARNING_SHARE
from shared.domain.money import ZERO
from shared.domain.values import replace
from shared.domain.video import Video


class DayBudget(Struct, frozen=True, kw_only=True):
    """`committed` is the sum of the reserved prices of the day's videos, unless they were free.

    `warned` is the budget for which the warning was logged; zero if none was.
    `revision` is empty for a day that is not stored yet. `unread` is as in a video.
    """

    day: date
    committed: Decimal = ZERO
    warned: Decimal = ZERO
    revision: str = ""
    unread: Mapping[tuple[object, ...], Mapping[str, Any]] = field(default_factory=dict)


def take(day: DayBudget, *, budget: Decimal, amount: Decimal) -> DayBudget:
    """Add `amount` to `committed`. Raise BudgetExceededError if that exceeds `budget`."""
    committed = day.committed + amount
    if amount > budget:
        raise BudgetExceededError(
            f"This costs {amount} USD, and DAILY_BUDGET_USD allows {budget} USD a day."
        )
    if committed > budget:
        raise BudgetExceededError(
            f"This costs {amount} USD. DAILY_BUDGET_USD allows {budget} USD a day, and "
            f"{day.committed} USD of {day.day} are used. The next day begins at 00:00 UTC."
        )
    is_due = committed >= budget * WARNING_SHARE
    return replace(day, committed=committed, warned=budget if is_due else day.warned)


def begins_warning(before: DayBudget, after: DayBudget) -> bool:
    """Whether this change is the first to use 80 % of its budget."""
    return after.warned != before.warned


def give_back(day: DayBudget, amount: Decimal) -> DayBudget:
    return replace(day, committed=day.committed - amount)


def released(video: Video) -> Video:
    """Return the video without its day if it has ended and cost nothing; else the same object."""
    return video if held_day(video) == video.budget_day else replace(video, budget_day=None)


def held_day(video: Video) -> date | None:
    """Return the day whose budget holds the video's dollars; none if it ended and cost nothing."""
    is_free = video.has_ended and video.cost.actual == ZERO
    return None if is_free else video.budget_day
