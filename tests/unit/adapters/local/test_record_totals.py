"""The totals of a folder's records are counted by its database, and no completed one is read."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.record_totals import STATES_OF_UNREADABLE, STATES_OF_VIDEOS
from shared.domain.campaign import Change
from shared.domain.money import Money
from shared.domain.values import replace
from shared.domain.video import Phase, Status, VersionState, phases_of
from shared.ports.campaign_repository import VideoPage
from tests.local_records import read_record, write_record
from tests.unit.domain.builders import a_campaign, a_reserved_video


@pytest.fixture
def campaigns(tmp_path: Path) -> Iterator[LocalCampaignRepository]:
    """A video in each phase, two trashed ones, and the money of two campaigns."""
    campaigns = LocalCampaignRepository(tmp_path)
    states: list[tuple[Phase, VersionState]] = [
        *((phase, VersionState.PENDING) for phase in Phase if phase is not Phase.DONE),
        (Phase.DONE, VersionState.CURRENT),
        (Phase.DONE, VersionState.HISTORICAL),
        (Phase.DONE, VersionState.TRASHED),
        (Phase.DONE, VersionState.TRASHED),
    ]
    videos = [
        replace(
            a_reserved_video(),
            video_hash=f"{number:016x}",
            phase=phase,
            version_state=version_state,
        )
        for number, (phase, version_state) in enumerate(states)
    ]
    money = Money(
        reserved=Decimal("1.60"),
        spent=Decimal("0.123456"),
        simulated=Decimal("0.02"),
        possibly_spent=Decimal("3.20"),
        saved=Decimal("0.40"),
    )
    campaigns.commit(Change(campaign=replace(a_campaign(), money=money), videos=tuple(videos)))
    other = replace(a_campaign(), campaign_id="other", money=Money(spent=Decimal("1.00")))
    campaigns.commit(Change(campaign=other))
    campaigns.add_savings("other", Decimal("0.10"), 1)
    yield campaigns
    campaigns.close()


def all_videos(campaigns: LocalCampaignRepository) -> VideoPage:
    return campaigns.get_all_videos("spring")


def damage(root: Path, table: str, condition: str) -> None:
    with closing(sqlite3.connect(root / ".records.db")) as database, database:
        database.execute(f"UPDATE {table} SET record = x'ff7b' WHERE {condition}")  # noqa: S608


def test_videos_are_counted_by_their_phases_and_the_dollars_added_up(
    campaigns: LocalCampaignRepository,
) -> None:
    totals = campaigns.totals()

    others = {phase: 1 for phase in Phase if phase is not Phase.DONE}
    assert others | {"done": 2, "trashed": 2} == totals.videos
    assert totals.money == Money(
        reserved=Decimal("1.60"),
        spent=Decimal("1.123456"),
        simulated=Decimal("0.02"),
        possibly_spent=Decimal("3.20"),
        saved=Decimal("0.50"),
    )


def test_no_record_of_a_completed_video_is_read(campaigns: LocalCampaignRepository) -> None:
    with campaigns.database.reading() as connection:
        plans = [
            connection.execute(f"EXPLAIN QUERY PLAN {each}").fetchone()[3]
            for each in (STATES_OF_VIDEOS, STATES_OF_UNREADABLE)
        ]

    assert plans[:1] == ["SCAN videos USING COVERING INDEX videos_in_state"]
    # It has the unreadable ones alone.
    assert "INDEX videos_unreadable" in plans[1]


def test_a_damaged_record_is_unreadable_and_has_no_money(
    campaigns: LocalCampaignRepository, tmp_path: Path
) -> None:
    damage(tmp_path, "videos", "status = 'failed' OR version_state = 'current'")
    damage(tmp_path, "campaigns", "campaign_id = 'other'")

    totals = campaigns.totals()

    others = {each: 1 for each in Phase if each not in (Phase.DONE, *phases_of(Status.FAILED))}
    assert others | {"done": 1, "trashed": 2, "unreadable": 3} == totals.videos
    assert totals.money.spent == Decimal("0.123456")


@pytest.mark.parametrize("changes", [{"completed_at": "soon"}, {"schema_version": 2}])
def test_a_record_that_lists_name_as_unreadable_is_counted_as_that(
    campaigns: LocalCampaignRepository, tmp_path: Path, changes: dict[str, object]
) -> None:
    shown = next(each for each in all_videos(campaigns).videos if each.version_state == "current")
    path = f"spring/{shown.video_hash}"
    write_record(tmp_path, path, {**read_record(tmp_path, path), **changes})

    totals = campaigns.totals()

    assert [shown.id] == [each.id for each in all_videos(campaigns).unreadable]
    assert (totals.videos["unreadable"], totals.videos["done"]) == (1, 1)
