from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.daily_budget import DayBudget, begins_warning, give_back, released, take
from shared.domain.errors import BudgetExceededError
from shared.domain.money import ZERO
from shared.domain.values import replace
from shared.domain.video import AttemptOutcome, Phase, Video
from shared.domain.video_steps import with_outcome
from tests.unit.domain.builders import a_generating_video, a_reserved_video

DAY = date(2026, 11, 20)
PRICE = Decimal("3.20")
BUDGET = Decimal(350)

cents = st.integers(min_value=1, max_value=60_000).map(lambda number: Decimal(number) / 100)


def a_day(committed: Decimal = ZERO) -> DayBudget:
    return DayBudget(day=DAY, committed=committed)


def test_a_budget_can_be_used_up_to_its_last_cent() -> None:
    day = take(a_day(Decimal(99)), budget=Decimal(100), amount=Decimal(1))

    assert day.committed == 100
    with pytest.raises(BudgetExceededError):
        take(day, budget=Decimal(100), amount=Decimal("0.01"))


def test_a_refusal_names_the_limit_and_its_end() -> None:
    with pytest.raises(
        BudgetExceededError, match=r"DAILY_BUDGET_USD.*3\.20.*2026-11-20.*00:00 UTC"
    ):
        take(a_day(PRICE), budget=Decimal(5), amount=PRICE)


def test_a_refusal_does_not_promise_that_waiting_helps_where_it_never_does() -> None:
    with pytest.raises(BudgetExceededError, match=r"3\.20 USD, .* allows 0 USD a day\.$"):
        take(a_day(), budget=Decimal(0), amount=PRICE)


def test_released_dollars_can_be_reserved_again() -> None:
    day = give_back(take(a_day(), budget=Decimal(200), amount=Decimal(200)), PRICE)

    assert take(day, budget=Decimal(200), amount=PRICE).committed == 200


def test_another_budget_on_the_same_day_counts_what_is_committed() -> None:
    day = take(a_day(), budget=Decimal(1600), amount=Decimal(102))

    assert take(day, budget=Decimal(110), amount=PRICE).committed == Decimal("105.20")
    with pytest.raises(BudgetExceededError):
        take(day, budget=Decimal(100), amount=PRICE)


@given(st.lists(st.tuples(cents, st.booleans()), max_size=40))
def test_the_warning_begins_once_and_at_80_percent(steps: list[tuple[Decimal, bool]]) -> None:
    day, warnings = a_day(), 0
    for amount, gives_back in steps:
        if gives_back:
            day = give_back(day, min(amount, day.committed))
        elif day.committed + amount <= BUDGET:
            before, day = day, take(day, budget=BUDGET, amount=amount)
            warnings += begins_warning(before, day)
            assert (warnings == 1) or day.committed < BUDGET * Decimal("0.8")
        assert warnings in (0, 1)


def test_another_budget_has_a_warning_of_its_own() -> None:
    before = take(a_day(), budget=Decimal(100), amount=Decimal(100))

    after = take(before, budget=Decimal(1000), amount=Decimal(700))

    assert begins_warning(before, after)


def ended(video: Video, outcome: AttemptOutcome, actual: Decimal | None) -> Video:
    cost = replace(video.cost, actual=actual)
    return replace(with_outcome(video, outcome), phase=Phase.FAILED, cost=cost, budget_day=DAY)


def test_a_video_that_ended_for_nothing_is_released() -> None:
    cancelled = ended(a_reserved_video(), AttemptOutcome.NOT_BILLED, Decimal(0))

    assert released(cancelled).budget_day is None


@pytest.mark.parametrize(
    "video",
    [
        a_reserved_video(budget_day=DAY),
        a_generating_video(budget_day=DAY),
        ended(a_generating_video(), AttemptOutcome.BILLED, PRICE),
        ended(a_generating_video(), AttemptOutcome.POSSIBLY_BILLED, None),
    ],
)
def test_a_video_that_costs_or_may_cost_is_not_released(video: Video) -> None:
    assert released(video) is video
