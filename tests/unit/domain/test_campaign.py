import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.campaign import Campaign
from shared.domain.errors import CampaignVideoLimitError
from shared.domain.slot import Slot, Version
from tests.unit.domain.builders import LIMIT, a_campaign, a_reserved_video

BOAT = Version(video_hash="0" * 16, fingerprint="boat")
FOX = Version(video_hash="1" * 16, fingerprint="fox")
KITE = Version(video_hash="2" * 16, fingerprint="kite")


def a_campaign_of(*slots: Slot) -> Campaign:
    campaign = a_campaign()
    for slot in slots:
        campaign = campaign.with_slot(slot)
    return campaign


def test_a_slot_that_was_never_used_is_empty_and_free() -> None:
    slot = a_campaign().slot(3)

    assert slot == Slot(index=3)
    assert slot.is_free


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        (Slot(index=0), True),
        (Slot(index=0, historical=(BOAT,)), True),
        (Slot(index=0, current=BOAT), False),
        (Slot(index=0, pending=BOAT), False),
    ],
    ids=["empty", "historical", "current", "pending"],
)
def test_a_slot_is_free_when_it_shows_nothing_and_waits_for_nothing(
    slot: Slot, *, expected: bool
) -> None:
    assert slot.is_free == expected


@given(st.permutations([Slot(index=index, current=BOAT) for index in range(LIMIT)]))
def test_slots_are_kept_in_order_of_their_index(slots: list[Slot]) -> None:
    assert [slot.index for slot in a_campaign_of(*slots).slots] == [0, 1, 2, 3]


def test_a_changed_slot_takes_the_place_of_the_old_one() -> None:
    campaign = a_campaign_of(Slot(index=1, current=BOAT), Slot(index=1, current=FOX))

    assert campaign.slots == (Slot(index=1, current=FOX),)


def test_a_slot_with_nothing_left_is_dropped() -> None:
    campaign = a_campaign_of(Slot(index=1, current=BOAT), Slot(index=1))

    assert campaign.slots == ()


def test_a_slot_that_has_only_history_is_kept() -> None:
    slot = Slot(index=1, historical=(BOAT,))

    assert (slot,) == a_campaign_of(slot).slots


def test_the_next_free_slot_is_the_first_gap() -> None:
    campaign = a_campaign_of(Slot(index=0, current=BOAT), Slot(index=2, pending=FOX))

    assert campaign.free_index(LIMIT) == 1


def test_a_full_campaign_says_what_can_be_done() -> None:
    campaign = a_campaign_of(Slot(index=0, current=BOAT), Slot(index=1, pending=FOX))

    with pytest.raises(CampaignVideoLimitError, match=r"has 2 of 2 videos.*replace.*delete"):
        campaign.free_index(2)


def test_a_current_or_pending_video_answers_for_its_fingerprint() -> None:
    campaign = a_campaign_of(
        Slot(index=0, current=BOAT), Slot(index=1, pending=FOX, historical=(KITE,))
    )

    assert campaign.find("boat") == BOAT
    assert campaign.find("fox") == FOX
    assert campaign.find("kite") is None


def test_a_slot_that_regenerates_answers_with_what_can_be_played() -> None:
    again = Version(video_hash="3" * 16, fingerprint="boat")
    campaign = a_campaign_of(Slot(index=0, current=BOAT, pending=again))

    assert campaign.find("boat") == BOAT


def test_a_version_is_a_slots_reference_to_a_video() -> None:
    video = a_reserved_video(7)

    expected = Version(video_hash="0000000000000007", fingerprint=video.fingerprint)
    assert Version.of(video) == expected


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        (Slot(index=0, current=BOAT, pending=FOX), Slot(index=0, pending=FOX)),
        (Slot(index=0, current=FOX, pending=BOAT), Slot(index=0, current=FOX)),
        (Slot(index=0, historical=(FOX, BOAT, KITE)), Slot(index=0, historical=(FOX, KITE))),
        (Slot(index=0, current=FOX), Slot(index=0, current=FOX)),
    ],
    ids=["current", "pending", "historical", "elsewhere"],
)
def test_a_video_is_taken_out_of_wherever_its_slot_held_it(slot: Slot, expected: Slot) -> None:
    assert slot.without(a_reserved_video(0)) == expected


def test_only_the_pending_video_is_in_progress() -> None:
    slot = Slot(index=0, current=FOX, pending=BOAT)

    assert slot.is_making(a_reserved_video(0))
    assert not slot.is_making(a_reserved_video(1, video_hash=FOX.video_hash))
    assert slot.without_pending(a_reserved_video(0)) == Slot(index=0, current=FOX)
