"""A day's dollars: taken by the commit that reserves, given back by the one that ends unbilled.

Neither makes a hot record: a share that is chosen at random is read, and all only if it won't do.
"""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from shared.domain.campaign import ZERO, Change
from shared.domain.daily_budget import (
    MOST_SHARES,
    DayShare,
    begins_warning,
    committed_of,
    give_back,
    released,
    share_count,
    take_from_day,
    take_from_share,
)
from shared.domain.errors import UnreadableRecordError
from shared.domain.video import Video
from shared.ports import Ports
from shared.use_cases.announcing import report_unreadable, warn_of_day


def commit_reservation(ports: Ports, change: Change) -> Change:
    """Commit new videos, with their dollars in the budget of this day (of UTC) if there is one.

    Raise BudgetExceededError or ConflictError.
    """
    budget = ports.policy.daily_budget_usd
    new = [video for video in change.videos if not video.revision]
    if budget is None or not new:
        return ports.campaigns.commit(change)
    day, amount = ports.now().date(), _price_of(new)
    read, taken = _take(ports, day, budget=budget, amount=amount)
    videos = tuple(video if video.revision else _of_day(video, day) for video in change.videos)
    committed = ports.campaigns.commit(replace(change, videos=videos, shares=taken))
    if begins_warning(read, taken):
        warn_of_day(day, used=committed_of(read) + amount, budget=budget)
    return committed


def require_left_today(ports: Ports, amount: Decimal) -> None:
    """Raise BudgetExceededError unless the day's budget, if there is one, has `amount` left."""
    budget = ports.policy.daily_budget_usd
    if budget is not None and amount:
        _take(ports, ports.now().date(), budget=budget, amount=amount)


def giving_back(ports: Ports, change: Change) -> Change:
    """Let the commit give back to each day what it held for videos that turned out to cost nothing.

    Where the day has no share any more, such as after a copy to elsewhere, nothing takes it.
    """
    amounts: defaultdict[date, Decimal] = defaultdict(lambda: ZERO)
    for video in (*change.videos, *change.removed):
        if video.budget_day is not None and released(video) is not video:
            amounts[video.budget_day] += video.cost.estimated
    if not amounts:
        return change
    found = [(_stored_share(ports, day), amount) for day, amount in amounts.items()]
    return replace(
        change,
        videos=tuple(map(released, change.videos)),
        removed=tuple(map(released, change.removed)),
        shares=tuple(give_back(share, amount) for share, amount in found if share),
    )


def _take(
    ports: Ports, day: date, *, budget: Decimal, amount: Decimal
) -> tuple[tuple[DayShare, ...], tuple[DayShare, ...]]:
    """Return the shares that were read, and those that change."""
    read = ports.campaigns.get_day_shares(day, (_any_number(budget),))
    taken = take_from_share(read[0], budget=budget, amount=amount)
    if taken is not None:
        return read, (taken,)
    # In any order: where each has room, those who come at once do not all take from the first.
    read = ports.campaigns.get_day_shares(day, random.sample(range(MOST_SHARES), MOST_SHARES))
    return read, take_from_day(read, budget=budget, amount=amount)


def _stored_share(ports: Ports, day: date) -> DayShare | None:
    """Return any; the first is stored whenever one is.

    A day whose share cannot be read keeps its dollars: they are held rather than given out twice.
    """
    number = _any_number(ports.policy.daily_budget_usd or ZERO)
    try:
        shares = ports.campaigns.get_day_shares(day, tuple(dict.fromkeys((number, 0))))
    except UnreadableRecordError as error:
        report_unreadable(day.isoformat(), error.message)
        return None
    return next((share for share in shares if share.revision), None)


def _any_number(budget: Decimal) -> int:
    return random.randrange(share_count(budget))  # noqa: S311  # Spread, not a secret.


def _price_of(videos: Iterable[Video]) -> Decimal:
    return sum((video.cost.estimated for video in videos), ZERO)


def _of_day(video: Video, day: date) -> Video:
    return replace(video, budget_day=day)
