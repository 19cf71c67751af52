"""The budget of a day: reservations charge it, and videos that end unbilled credit it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from shared.domain.campaign import Change
from shared.domain.daily_budget import DayBudget, begins_warning, give_back, released, take
from shared.domain.errors import UnreadableRecordError
from shared.domain.money import ZERO
from shared.domain.values import replace
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
    before = ports.campaigns.get_day(day)
    after = take(before, budget=budget, amount=amount)
    videos = tuple(video if video.revision else of_day(video, day) for video in change.videos)
    committed = ports.campaigns.commit(replace(change, videos=videos, days=(after,)))
    if begins_warning(before, after):
        warn_of_day(day, used=after.committed, budget=budget)
    return committed


def budget_of_today(ports: Ports) -> DayBudget | None:
    """Return the budget of this day (of UTC), or None where a day has no limit."""
    if ports.policy.daily_budget_usd is None:
        return None
    return ports.campaigns.get_day(ports.now().date())


def require_left_today(ports: Ports, amount: Decimal) -> None:
    """Raise BudgetExceededError unless the day's budget, if there is one, has `amount` left."""
    budget = ports.policy.daily_budget_usd
    if budget is not None and amount:
        take(ports.campaigns.get_day(ports.now().date()), budget=budget, amount=amount)


def giving_back(ports: Ports, change: Change) -> Change:
    """The same as `all_giving_back` for a commit of one change."""
    (given,) = all_giving_back(ports, (change,))
    return given


def all_giving_back(ports: Ports, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return changes of one commit, with the dollars of unbilled videos credited to their days.

    A day without a record, such as after a copy to another installation, is skipped.
    """
    amounts: defaultdict[date, Decimal] = defaultdict(lambda: ZERO)
    for video in (video for change in changes for video in (*change.videos, *change.removed)):
        if video.budget_day is not None and released(video) is not video:
            amounts[video.budget_day] += video.cost.estimated
    if not amounts:
        return changes
    found = [(_stored_day(ports, day), amount) for day, amount in amounts.items()]
    days = tuple(give_back(day, amount) for day, amount in found if day)
    first, *others = (
        replace(
            change,
            videos=tuple(map(released, change.videos)),
            removed=tuple(map(released, change.removed)),
        )
        for change in changes
    )
    return replace(first, days=days), *others


def _stored_day(ports: Ports, day: date) -> DayBudget | None:
    """Return None if the record cannot be read: its dollars stay committed."""
    try:
        stored = ports.campaigns.get_day(day)
    except UnreadableRecordError as error:
        report_unreadable(day.isoformat(), error.message)
        return None
    return stored if stored.revision else None


def _price_of(videos: Iterable[Video]) -> Decimal:
    return sum((video.cost.estimated for video in videos), ZERO)


def of_day(video: Video, day: date) -> Video:
    return replace(video, budget_day=day)
