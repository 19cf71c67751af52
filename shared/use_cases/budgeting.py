"""The budget of a day: reservations charge it, and videos that end unbilled credit it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal

from shared.domain.campaign import Change
from shared.domain.daily_budget import (
    DayBudget,
    begins_warning,
    give_back,
    held_day,
    released,
    take,
)
from shared.domain.errors import UnreadableRecordError
from shared.domain.money import ZERO
from shared.domain.values import replace
from shared.domain.video import VersionState, Video
from shared.ports import Ports
from shared.ports.campaign_repository import ListPosition, SortOrder, VideoQuery
from shared.use_cases.announcing import report_unreadable, warn_of_day

_AT_ONCE = 200


def commit_reservation(ports: Ports, change: Change) -> Change:
    """Commit new videos, with their dollars in the budget of this day (of UTC) if there is one.

    Raise BudgetExceededError or ConflictError.
    """
    budget = ports.policy.daily_budget_usd
    new = [video for video in change.videos if not video.revision]
    if budget is None or not new:
        return ports.campaigns.commit(change)
    before = _today(ports, budget)
    after = take(before, budget=budget, amount=_price_of(new))
    videos = tuple(
        video if video.revision else of_day(video, before.day) for video in change.videos
    )
    committed = ports.campaigns.commit(replace(change, videos=videos, days=(after,)))
    if begins_warning(before, after):
        warn_of_day(before.day, used=after.committed, budget=budget)
    return committed


def budget_of_today(ports: Ports) -> DayBudget | None:
    """Return the budget of this day (of UTC), or None where a day has no limit."""
    budget = ports.policy.daily_budget_usd
    return None if budget is None else _today(ports, budget)


def require_left_today(ports: Ports, amount: Decimal) -> None:
    """Raise BudgetExceededError unless the day's budget, if there is one, has `amount` left."""
    budget = ports.policy.daily_budget_usd
    if budget is not None and amount:
        take(_today(ports, budget), budget=budget, amount=amount)


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


def _today(ports: Ports, budget: Decimal) -> DayBudget:
    """Return this day (of UTC). One without a record holds what was used before it had a budget.

    That is added up until it exceeds the budget.
    """
    day = ports.campaigns.get_day(ports.now().date())
    if day.revision:
        return day
    committed = ZERO
    for video in _made_on(ports, day.day):
        if held_day(of_day(video, video.budget_day or day.day)) == day.day:
            committed += video.cost.estimated
        if committed > budget:
            break
    return replace(day, committed=committed)


def _made_on(ports: Ports, day: date) -> Iterator[Video]:
    """Yield the videos that were created on this day, and also those that are in the trash."""
    midnight = datetime.combine(day, time(), UTC)
    before = ListPosition(
        created_at=midnight - datetime.resolution, campaign_id="a", video_hash="0"
    )
    for state in (None, VersionState.TRASHED):
        query = VideoQuery(
            version_state=state, after=before, limit=_AT_ONCE, order=SortOrder.ASCENDING
        )
        has_more = True
        while has_more:
            page = ports.campaigns.list_videos(query)
            yield from (each for each in page.videos if each.created_at >= midnight)
            has_more = page.has_more
            query = replace(query, after=ListPosition.of(page.videos[-1])) if has_more else query


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
