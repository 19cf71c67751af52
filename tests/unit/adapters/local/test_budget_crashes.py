"""Processes that are killed while they change a campaign together with a day's budget."""

import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.domain.campaign import ZERO, Campaign, Change
from shared.domain.daily_budget import DayBudget
from shared.domain.errors import CampaignNotFoundError, NotFoundError
from shared.ports.campaign_repository import VideoQuery
from tests.unit.adapters.local.processes import crashes, run_together
from tests.unit.domain.builders import SOON, a_campaign, a_reserved_video

DAYS = tuple(date(2026, 11, 20 + each) for each in range(3))
PRICE = Decimal("3.20")
TAKEN = 3 * PRICE / 2


class Sight(NamedTuple):
    """What there is: whether the campaign has the new video, and what the days hold."""

    has_video: bool
    committed: tuple[Decimal, ...]


NOTHING = Sight(has_video=False, committed=(Decimal("3.20"), Decimal("3.20"), Decimal("0.00")))
ALL = Sight(has_video=True, committed=(Decimal("4.80"), Decimal("4.80"), Decimal("1.60")))


def days_of(repository: LocalCampaignRepository) -> tuple[DayBudget, ...]:
    return tuple(map(repository.get_day, DAYS))


def committed_of(days: Iterable[DayBudget]) -> Decimal:
    return sum((day.committed for day in days), ZERO)


def campaign_of(repository: LocalCampaignRepository, campaign_id: str) -> Campaign:
    try:
        return repository.get_campaign(campaign_id)
    except CampaignNotFoundError:
        return a_campaign(campaign_id)


def make_day(root: Path) -> None:
    """Two of the days hold something, and two campaigns are there."""
    repository = LocalCampaignRepository(root)
    repository.commit(
        Change(
            campaign=a_campaign("spring"),
            days=tuple(DayBudget(day=day, committed=PRICE) for day in DAYS[:2]),
        )
    )
    repository.commit(Change(campaign=a_campaign("summer")))


def take(root: Path, campaign_id: str) -> None:
    """Reserve a video whose dollars come from three days."""
    repository = LocalCampaignRepository(root)
    campaign = campaign_of(repository, campaign_id)
    half = PRICE / 2
    days = days_of(repository)
    repository.commit(
        Change(
            campaign=replace(campaign, cache_hits=campaign.cache_hits + 1),
            videos=(replace(a_reserved_video(1, due_at=SOON), campaign_id=campaign_id),),
            days=tuple(replace(each, committed=each.committed + half) for each in days),
        )
    )


def take_for_spring(root: Path) -> None:
    take(root, "spring")


def take_for_summer(root: Path) -> None:
    take(root, "summer")


def sight(root: Path, *, first: str = "days") -> Sight:
    """Return what a new process finds that looks at `first` first."""
    repository = LocalCampaignRepository(root)
    with suppress(NotFoundError):
        FIRST_LOOKS[first](repository)
    days = days_of(repository)
    hits = repository.get_campaign("spring").cache_hits
    videos = repository.list_videos(VideoQuery(campaign_id="spring")).videos
    assert hits == len(videos)
    return Sight(bool(videos), tuple(each.committed for each in days))


FIRST_LOOKS: dict[str, Callable[[LocalCampaignRepository], object]] = {
    "days": days_of,
    "campaign": lambda repository: repository.get_campaign("spring"),
    "video": lambda repository: repository.get_video("spring", f"{1:016x}"),
    "list": lambda repository: repository.list_videos(VideoQuery(campaign_id="spring")),
    "due": lambda repository: repository.due(SOON, limit=9),
    "other campaign": lambda repository: repository.get_campaign("summer"),
}


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What is left, for each moment to die at, of a process that takes for spring."""
    folder = tmp_path_factory.mktemp("crashed")
    before = folder / "before"
    make_day(before)
    return list(crashes(folder, before, take_for_spring))


@pytest.fixture
def wrecks(tmp_path: Path, crashed: list[Path]) -> list[Path]:
    """One of each kind of what is left."""
    kinds = {hidden_state(root): root for root in crashed}
    assert {(promised, has_journal) for promised, has_journal, *_ in kinds} == {
        (promised, has_journal) for promised in (False, True) for has_journal in (False, True)
    }
    return [copy(root, tmp_path / root.name) for root in kinds.values()]


@pytest.mark.parametrize("first", FIRST_LOOKS)
def test_a_reservation_is_seen_with_its_dollars_or_not_at_all(
    tmp_path: Path, crashed: list[Path], first: str
) -> None:
    outcomes = [sight(copy(root, tmp_path / root.name), first=first) for root in crashed]

    assert set(outcomes) == {NOTHING, ALL}
    assert outcomes == sorted(outcomes), "A later death undid the commit."


def test_the_first_reservation_of_all_is_seen_with_its_dollars_or_not_at_all(
    tmp_path: Path,
) -> None:
    before = tmp_path / "empty"
    before.mkdir()

    for root in crashes(tmp_path, before, take_for_spring):
        repository = LocalCampaignRepository(root)
        total = committed_of(days_of(repository))
        assert total == campaign_of(repository, "spring").cache_hits * TAKEN


@pytest.mark.parametrize("next_one", [take_for_spring, take_for_summer])
def test_whoever_takes_next_loses_nothing(
    tmp_path: Path, wrecks: list[Path], next_one: Callable[[Path], None]
) -> None:
    for root in wrecks:
        was_committed = sight(copy(root, tmp_path / "copy")) == ALL
        if next_one is take_for_spring and was_committed:
            continue
        next_one(root)

        before_spring_is_looked_at = committed(root)
        assert sight(root).has_video == (was_committed or next_one is take_for_spring)
        assert committed(root) == before_spring_is_looked_at == after(1 + was_committed)


def test_whoever_dies_while_settling_loses_nothing_either(
    tmp_path: Path, wrecks: list[Path]
) -> None:
    for wreck in filter(needs_settling, wrecks):
        outcome = sight(copy(wreck, tmp_path / "copy"))
        folder = tmp_path / f"settling-{wreck.name}"
        folder.mkdir()
        for root in crashes(folder, wreck, look_at_all):
            take_for_summer(root)
            assert sight(root).has_video == outcome.has_video
            assert committed(root) == after(1 + outcome.has_video)


def test_processes_that_find_a_wreck_together_settle_it_once(wrecks: list[Path]) -> None:
    for root in wrecks:
        run_together(look_first_at, *[(root, first) for first in FIRST_LOOKS])

        assert sight(root) in (NOTHING, ALL)
        assert not needs_settling(root)


def look_at_all(root: Path) -> None:
    look_first_at(root, "campaign")


def look_first_at(root: Path, first: str) -> None:
    repository = LocalCampaignRepository(root)
    with suppress(NotFoundError):
        FIRST_LOOKS[first](repository)
    days_of(repository)


def needs_settling(wreck: Path) -> bool:
    marks = (wreck / "videos/budget/.promise", wreck / "videos/cache/spring/.journal")
    return any(mark.exists() for mark in marks)


def hidden_state(root: Path) -> tuple[bool, ...]:
    """Return what tells one crash from another."""
    budget, spring = root / "videos/budget", root / "videos/cache/spring"
    marks = (budget / ".promise", spring / ".journal", spring / f"{1:016x}.json")
    changed = {b"3.20" not in path.read_bytes() for path in budget.glob("[0-9]*")}
    return (*(mark.exists() for mark in marks), False in changed, True in changed)


def copy(root: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    return Path(shutil.copytree(root, to))


def committed(root: Path) -> Decimal:
    return committed_of(days_of(LocalCampaignRepository(root)))


def after(takings: int) -> Decimal:
    return 2 * PRICE + takings * TAKEN
