"""Slots, videos and money agree again, whatever of them was lost."""

from datetime import datetime, timedelta

import pytest

from shared.domain.campaign import Campaign
from shared.domain.reconciling import CampaignState, reconciled
from shared.domain.slot import Slot, Version
from shared.domain.values import replace
from shared.domain.video import Phase, VersionState, Video
from tests.unit.domain.builders import (
    NOW,
    a_campaign,
    a_generating_video,
    a_reserved_video,
    a_storing_video,
)

EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
CURRENT, HISTORICAL = VersionState.CURRENT, VersionState.HISTORICAL


def a_done_video(number: int, state: VersionState, completed_at: datetime = EARLIER) -> Video:
    return a_storing_video(
        number, phase=Phase.DONE, version_state=state, completed_at=completed_at, due_at=None
    )


def version(number: int) -> Version:
    return Version.of(a_reserved_video(number))


def a_campaign_with(slot: Slot) -> Campaign:
    campaign = a_campaign().with_slot(slot)
    reserved = a_reserved_video().cost.estimated if slot.pending else campaign.money.reserved
    return replace(campaign, money=replace(campaign.money, reserved=reserved))


def mended(slot: Slot, *videos: Video) -> tuple[Slot, dict[str, VersionState | None]]:
    """Return the slot, and the states of the videos by number."""
    state = reconciled(CampaignState.of(a_campaign_with(slot), videos))
    states = {video_hash[-1]: video.version_state for video_hash, video in state.videos.items()}
    return state.campaign.slot(0), states


def test_a_consistent_campaign_is_unchanged() -> None:
    slot = Slot(index=0, current=version(1), pending=version(2), historical=(version(3),))
    state = CampaignState.of(
        a_campaign_with(slot),
        (
            a_done_video(1, CURRENT),
            a_generating_video(2),
            a_done_video(3, HISTORICAL, LATER),
            a_reserved_video(4, phase=Phase.FAILED, version_state=None),
        ),
    )

    assert reconciled(state) == state


def test_a_lost_video_is_removed_from_its_slot() -> None:
    slot = Slot(index=0, current=version(1), pending=version(2), historical=(version(3),))

    assert mended(slot) == (Slot(index=0), {})


def test_a_video_that_no_slot_names_gets_its_slot() -> None:
    videos = (a_done_video(1, CURRENT), a_generating_video(2), a_done_video(3, HISTORICAL))

    slot, _ = mended(Slot(index=0), *videos)

    assert slot == Slot(index=0, current=version(1), pending=version(2), historical=(version(3),))


def test_an_ended_video_is_not_pending_in_its_slot() -> None:
    failed = a_reserved_video(1, phase=Phase.FAILED, version_state=None)

    slot, _ = mended(Slot(index=0, pending=version(1)), failed)

    assert slot == Slot(index=0)


def test_a_video_that_was_completed_after_its_slot_was_written_is_shown() -> None:
    slot, states = mended(
        Slot(index=0, current=version(1), pending=version(2)),
        a_done_video(1, CURRENT),
        a_done_video(2, CURRENT, LATER),
    )

    assert slot == Slot(index=0, current=version(2), historical=(version(1),))
    assert states == {"1": HISTORICAL, "2": CURRENT}


def test_a_slot_that_is_newer_than_its_videos_is_kept() -> None:
    """The other one was promoted, and its own record is of an earlier moment."""
    slot, states = mended(
        Slot(index=0, current=version(1), historical=(version(2),)),
        a_done_video(1, CURRENT),
        a_done_video(2, CURRENT, EARLIER + timedelta(minutes=1)),
    )

    assert slot == Slot(index=0, current=version(1), historical=(version(2),))
    assert states == {"1": CURRENT, "2": HISTORICAL}


@pytest.mark.parametrize("state", [CURRENT, HISTORICAL])
def test_the_video_that_its_slot_shows_becomes_current(
    state: VersionState,
) -> None:
    slot, states = mended(Slot(index=0, current=version(1)), a_done_video(1, state))

    assert (slot, states) == (Slot(index=0, current=version(1)), {"1": CURRENT})


def test_dollars_are_reserved_for_pending_videos_alone() -> None:
    waiting, lost = a_generating_video(1), Slot(index=1, pending=version(2))
    campaign = a_campaign_with(Slot(index=0, pending=version(1))).with_slot(lost)
    price = waiting.cost.estimated
    campaign = replace(campaign, money=replace(campaign.money, reserved=2 * price))

    state = reconciled(CampaignState.of(campaign, [waiting]))

    assert state.campaign.money.reserved == price
