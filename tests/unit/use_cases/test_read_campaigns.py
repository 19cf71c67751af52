"""Read a campaign with what its slots show."""

from decimal import Decimal

import pytest

from shared.domain.errors import CampaignNotFoundError
from shared.domain.money import Savings
from shared.use_cases.change_versions import delete_video
from shared.use_cases.create_videos import Draft, create_videos
from shared.use_cases.read_campaigns import SlotView, read_campaign
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    a_request,
    make,
    remake,
    reserve,
    stored,
)
from tests.unit.use_cases.watching import Hooks, Once, watched


def test_each_used_slot_is_shown_with_its_videos(ports: FakePorts) -> None:
    old = make(ports)
    new = remake(ports, old)
    pending = reserve(ports, "A blue bicycle")
    other = reserve(ports, drafts=(Draft(prompt="A green bicycle", index=2),))

    view = read_campaign(ports, CAMPAIGN_ID)

    assert ports.campaigns.get_campaign(CAMPAIGN_ID) == view.campaign
    assert (
        SlotView(index=0, current=new, pending=pending, historical=(stored(ports, old),)),
        SlotView(index=2, current=None, pending=other, historical=()),
    ) == view.slots


def test_the_money_is_the_sum_of_the_videos(ports: FakePorts) -> None:
    make(ports)
    reserve(ports, "A blue bicycle")

    money = read_campaign(ports, CAMPAIGN_ID).campaign.money

    assert (PRICE, PRICE, Decimal(0), Decimal(0)) == (
        money.reserved,
        money.spent,
        money.possibly_spent,
        money.saved,
    )


def test_cache_hits_that_are_not_written_yet_are_shown(ports: FakePorts) -> None:
    make(ports)
    for _ in range(5):
        create_videos(ports, a_request("A red bicycle"))

    campaign = read_campaign(ports, CAMPAIGN_ID).campaign

    assert Savings(amount=5 * PRICE, hits=5) == campaign.saved


def test_a_video_that_is_deleted_while_the_campaign_is_read_is_not_shown(
    ports: FakePorts,
) -> None:
    video = make(ports)
    deleting = Once(lambda: delete_video(ports, CAMPAIGN_ID, video.video_hash), at=1)

    view = read_campaign(watched(ports, Hooks(before_call=deleting)), CAMPAIGN_ID)

    assert () == view.slots


def test_an_unknown_campaign_cannot_be_read(ports: FakePorts) -> None:
    with pytest.raises(CampaignNotFoundError):
        read_campaign(ports, CAMPAIGN_ID)
