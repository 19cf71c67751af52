from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from shared.domain.errors import BudgetExceededError
from shared.domain.video import AttemptOutcome, Phase, Video, with_outcome
from tests.unit.domain.builders import a_generating_video, a_reserved_video

DAY = date(2026, 11, 20)
PRICE = Decimal("3.20")

cents = st.integers(min_value=1, max_value=60_000).map(lambda number: Decimal(number) / 100)


class Day:
    """All shares of a day as they are stored, one taking after the other."""

    def __init__(self) -> None:
        self.shares = {number: DayShare(day=DAY, number=number) for number in range(MOST_SHARES)}

    @property
    def committed(self) -> Decimal:
        return committed_of(self.shares.values())

    def take(self, amount: Decimal, *, budget: Decimal, first: int = 0) -> tuple[DayShare, ...]:
        one = take_from_share(self.shares[first], budget=budget, amount=amount)
        if one is not None:
            return self.keep((one,))
        return self.keep(take_from_day(self.read(), budget=budget, amount=amount))

    def give_back(self, amount: Decimal, number: int) -> None:
        self.keep((give_back(self.shares[number], amount),))

    def read(self) -> tuple[DayShare, ...]:
        return tuple(self.shares.values())

    def keep(self, changed: Iterable[DayShare]) -> tuple[DayShare, ...]:
        kept = tuple(replace(share, revision="stored") for share in changed)
        self.shares |= {share.number: share for share in kept}
        return kept

    def stored(self) -> list[int]:
        return [number for number, share in self.shares.items() if share.revision]


@pytest.fixture
def day() -> Day:
    return Day()


@pytest.mark.parametrize(
    ("budget", "count"),
    [("0", 1), ("49.99", 1), ("99.99", 1), ("100", 2), ("1599", 31), ("1600", 32), ("9999999", 32)],
)
def test_a_budget_has_a_share_for_each_fifty_dollars_up_to_32(budget: str, count: int) -> None:
    assert share_count(Decimal(budget)) == count


@given(cents)
def test_the_parts_of_the_shares_are_the_budget(budget: Decimal) -> None:
    shares = [DayShare(day=DAY, number=number, budget=budget) for number in range(MOST_SHARES)]

    parts = [share.part_of(budget) for share in shares]
    assert sum(parts) == budget
    assert sum(part > 0 for part in parts) <= share_count(budget)


def test_the_first_who_takes_lays_out_the_whole_day(day: Day) -> None:
    day.take(PRICE, budget=Decimal(200), first=3)

    assert day.stored() == [0, 1, 2, 3]
    assert day.committed == PRICE


def test_who_comes_later_takes_from_one_share(day: Day) -> None:
    day.take(PRICE, budget=Decimal(200))

    (changed,) = day.take(PRICE, budget=Decimal(200), first=2)

    assert (changed.number, changed.committed) == (2, PRICE)
    assert day.committed == 2 * PRICE


def test_a_share_that_is_not_laid_out_is_not_taken_from() -> None:
    share = DayShare(day=DAY, number=0)

    assert take_from_share(share, budget=Decimal(200), amount=PRICE) is None


def test_from_its_80_percent_on_a_share_is_not_taken_from_alone() -> None:
    share = DayShare(day=DAY, number=0, budget=Decimal(10))

    taken = take_from_share(share, budget=Decimal(10), amount=Decimal("7.99"))

    assert taken is not None
    assert take_from_share(taken, budget=Decimal(10), amount=Decimal("0.01")) is None


def test_a_budget_can_be_used_up_to_its_last_cent(day: Day) -> None:
    day.take(Decimal(99), budget=Decimal(100))
    day.take(Decimal(1), budget=Decimal(100))

    with pytest.raises(BudgetExceededError):
        day.take(Decimal("0.01"), budget=Decimal(100))
    assert day.committed == 100


def test_what_no_share_has_alone_is_taken_from_several(day: Day) -> None:
    for number in range(4):
        day.take(Decimal(40), budget=Decimal(200), first=number)

    changed = day.take(Decimal(25), budget=Decimal(200))

    assert len(changed) == 3
    assert day.committed == 185
    assert all(share.committed <= share.part_of(Decimal(200)) for share in day.read())


def test_a_refusal_says_which_limit_it_is_and_when_it_ends(day: Day) -> None:
    day.take(Decimal("3.20"), budget=Decimal(5))

    with pytest.raises(
        BudgetExceededError, match=r"DAILY_BUDGET_USD.*3\.20.*2026-11-20.*00:00 UTC"
    ):
        day.take(Decimal("3.20"), budget=Decimal(5))


def test_what_is_given_back_can_be_taken_again(day: Day) -> None:
    day.take(Decimal(200), budget=Decimal(200))

    day.give_back(PRICE, 2)

    day.take(PRICE, budget=Decimal(200))
    assert day.committed == 200


def test_a_share_may_be_given_more_than_was_taken_from_it(day: Day) -> None:
    day.take(Decimal(60), budget=Decimal(100))

    day.give_back(Decimal(60), 1)

    assert day.committed == 0
    day.take(Decimal(100), budget=Decimal(100))
    assert day.committed == 100


def test_a_lower_budget_counts_what_was_taken_under_the_higher_one(day: Day) -> None:
    for number in range(32):
        day.take(PRICE, budget=Decimal(1600), first=number)

    with pytest.raises(BudgetExceededError):
        day.take(PRICE, budget=Decimal(100), first=0)
    day.take(PRICE, budget=Decimal(110), first=0)
    assert day.committed == 33 * PRICE


def test_a_higher_budget_counts_what_was_taken_under_the_lower_one(day: Day) -> None:
    day.take(Decimal(60), budget=Decimal(60))

    day.take(Decimal(50), budget=Decimal(110), first=1)

    with pytest.raises(BudgetExceededError):
        day.take(Decimal("0.01"), budget=Decimal(110), first=1)


@given(
    st.lists(
        st.tuples(
            st.sampled_from((Decimal(10), Decimal(99), Decimal(333), Decimal(1700))),
            cents,
            st.integers(min_value=0, max_value=MOST_SHARES - 1),
            st.booleans(),
        ),
        max_size=30,
    )
)
def test_a_day_takes_what_its_budget_has_left_and_never_more(
    steps: list[tuple[Decimal, Decimal, int, bool]],
) -> None:
    day = Day()
    held: list[Decimal] = []
    for budget, amount, number, gives_back in steps:
        before = day.committed
        if gives_back and held:
            day.give_back(held.pop(), number)
            continue
        try:
            day.take(amount, budget=budget, first=number % share_count(budget))
        except BudgetExceededError:
            assert before + amount > budget
            assert day.committed == before
        else:
            held.append(amount)
            assert before + amount <= budget
        assert day.committed == sum(held)


@given(st.lists(st.tuples(cents, st.integers(min_value=0, max_value=6)), max_size=40))
def test_the_warning_begins_once_and_at_80_percent(steps: list[tuple[Decimal, int]]) -> None:
    budget, day = Decimal(350), Day()
    for amount, number in steps:
        read, before = day.read(), day.committed
        if before + amount > budget:
            continue
        changed = day.take(amount, budget=budget, first=number)

        threshold = budget * Decimal("0.8")
        assert begins_warning(read, changed) == (before < threshold <= before + amount)


def test_another_budget_has_a_warning_of_its_own(day: Day) -> None:
    day.take(Decimal(90), budget=Decimal(100))
    day.take(Decimal(10), budget=Decimal(1000))
    read = day.read()

    changed = day.take(Decimal(700), budget=Decimal(1000))

    assert begins_warning(read, changed)


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
