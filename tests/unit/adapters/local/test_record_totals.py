"""The totals of a folder's records are counted by its database, and no completed one is read."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.domain.campaign import Change
from shared.domain.money import Money
from shared.domain.values import replace
from shared.domain.video import Phase, VersionState
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


def damage(root: Path, table: str, condition: str) -> None:
    with closing(sqlite3.connect(root / ".records.db")) as database, database:
        database.execute(f"UPDATE {table} SET record = x'ff7b' WHERE {condition}")  # noqa: S608


def test_videos_are_counted_by_their_phases_and_the_dollars_added_up(
    campaigns: LocalCampaignRepository,
) -> None:
    totals = campaigns.totals()

    others = {phase: 1 for phase in Phase if phase is not Phase.DONE}
    assert others | {"done": 2, "trashed": 2} == totals.videos
    assert (
        Money(
            reserved=Decimal("1.60"),
            spent=Decimal("1.123456"),
            simulated=Decimal("0.02"),
            possibly_spent=Decimal("3.20"),
            saved=Decimal("0.50"),
        )
        == totals.money
    )


def test_no_record_of_a_completed_video_is_read(
    campaigns: LocalCampaignRepository, tmp_path: Path
) -> None:
    damage(tmp_path, "videos", "status = 'completed'")

    assert {"done": 2, "trashed": 2}.items() <= campaigns.totals().videos.items()


def test_a_damaged_record_is_unreadable_and_has_no_money(
    campaigns: LocalCampaignRepository, tmp_path: Path
) -> None:
    damage(tmp_path, "videos", "status = 'failed'")
    damage(tmp_path, "campaigns", "campaign_id = 'other'")

    totals = campaigns.totals()

    assert 2 == totals.videos["unreadable"]
    assert Decimal("0.123456") == totals.money.spent
