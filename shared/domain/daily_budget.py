"""The dollars of a day, for the whole installation: kept in shares, so that no record is hot.

A day is laid out in shares by the first who needs it, and once more by the first who comes under
another budget. From then on a reservation takes from one share, as a rule. Each share stays within
its part of the budget, so all of them do together, whoever else commits at the same time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from operator import itemgetter
from typing import Any

from shared.domain.campaign import ZERO
from shared.domain.errors import BudgetExceededError
from shared.domain.video import Video

MOST_SHARES = 32
_SMALLEST_PART = Decimal(50)
_WARNING = Decimal("0.8")
_CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class DayShare:
    """What the videos that were reserved on a day (of UTC) hold or have cost of one share.

    `budget` is the day's whole one, by which it was laid out; a share that is not stored has none.
    `warned` marks one that was taken from when 80 % of the day's budget were used.
    `unread` is as in a video.
    """

    day: date
    number: int
    committed: Decimal = ZERO
    budget: Decimal = ZERO
    warned: bool = False
    revision: str = ""
    unread: Mapping[tuple[object, ...], Mapping[str, Any]] = field(default_factory=dict)

    def part_of(self, dollars: Decimal) -> Decimal:
        """Return what of the day's `dollars` is this share's, as the day is laid out."""
        return _part(dollars, self.number, share_count(self.budget))


def share_count(budget: Decimal) -> int:
    """Return in how many shares a budget is laid out: a small one is few videos, and needs one."""
    return min(max(int(budget // _SMALLEST_PART), 1), MOST_SHARES)


def committed_of(shares: Iterable[DayShare]) -> Decimal:
    """Return what all shares of a day hold; one that was given more than it took is below zero."""
    return sum((share.committed for share in shares), ZERO)


def take_from_share(share: DayShare, *, budget: Decimal, amount: Decimal) -> DayShare | None:
    """Take `amount` from one share, or None if the others have to be read for that.

    Up to 80 % of the budget each share stays below 80 % of its part, so that nobody who reads one
    alone takes the step that the warning is due at.
    """
    committed = share.committed + amount
    if share.budget != budget or committed >= share.part_of(_warning_at(budget)):
        return None
    return replace(share, committed=committed)


def take_from_day(
    shares: Sequence[DayShare], *, budget: Decimal, amount: Decimal
) -> tuple[DayShare, ...]:
    """Take `amount` from the day's shares, which are all here, and return those that change.

    The first that has room for all of it is taken from, else several are: nothing is lost in
    pieces. From 80 % of the budget on one is marked. Raise BudgetExceededError.
    """
    committed = committed_of(shares)
    if committed + amount > budget:
        raise BudgetExceededError(
            f"Of DAILY_BUDGET_USD, {budget}, {committed} USD are used on {shares[0].day}, and this "
            f"costs {amount} USD. The next day begins at 00:00 UTC."
        )
    is_due = committed + amount >= _warning_at(budget)
    usable = budget if is_due else _warning_at(budget)
    ready = [share for share in shares if share.budget == budget]
    changed = _taken(ready, amount, usable)
    if not changed:
        laid_out = _laid_out(shares, budget, left=budget - committed)
        changed = _merged(laid_out, _taken(laid_out, amount, usable))
    if is_due:
        changed = (replace(changed[0], warned=True), *changed[1:])
    return changed


def begins_warning(read: Iterable[DayShare], changed: Sequence[DayShare]) -> bool:
    """Whether this change is the one that has used 80 % of the budget."""
    budget = changed[0].budget
    known = any(share.warned and share.budget == budget for share in read)
    return not known and any(share.warned for share in changed)


def give_back(share: DayShare, amount: Decimal) -> DayShare:
    """Free `amount` in any one share of the day that it was taken from."""
    return replace(share, committed=share.committed - amount)


def released(video: Video) -> Video:
    """Return the video without its day if it has ended and cost nothing; else the very same."""
    if video.budget_day is None or not video.has_ended or video.cost.actual != ZERO:
        return video
    return replace(video, budget_day=None)


def _warning_at(budget: Decimal) -> Decimal:
    return (budget * _WARNING).quantize(_CENT, ROUND_UP)


def _taken(shares: Sequence[DayShare], amount: Decimal, usable: Decimal) -> tuple[DayShare, ...]:
    """Return the shares that change, or none if there is too little room in what is `usable`."""
    rooms = [(share.part_of(usable) - share.committed, share) for share in shares]
    for room, share in rooms:
        if room >= amount:
            return (replace(share, committed=share.committed + amount),)
    changed: list[DayShare] = []
    for room, share in sorted(rooms, key=itemgetter(0), reverse=True):
        taken = min(room, amount)
        if taken <= 0:
            break
        changed.append(replace(share, committed=share.committed + taken))
        amount -= taken
    return () if amount else tuple(changed)


def _laid_out(shares: Iterable[DayShare], budget: Decimal, *, left: Decimal) -> list[DayShare]:
    """Spread what is left of the budget evenly. What was a share of another one holds nothing."""
    count = share_count(budget)
    return [
        replace(
            share,
            committed=_part(budget, share.number, count) - _part(left, share.number, count),
            budget=budget,
            warned=False,
        )
        for share in shares
        if share.number < count or share.revision
    ]


def _part(amount: Decimal, number: int, count: int) -> Decimal:
    """Split without a rest: the first share has the cents that cannot be split."""
    if number >= count:
        return ZERO
    each = (amount / count).quantize(_CENT, ROUND_DOWN)
    return each if number else amount - each * (count - 1)


def _merged(shares: Iterable[DayShare], changed: Iterable[DayShare]) -> tuple[DayShare, ...]:
    latest = {share.number: share for share in changed}
    return tuple(latest.get(share.number, share) for share in shares)
