"""Read a campaign with what its slots show."""

import pytest

from shared.domain.errors import CampaignNotFoundError
from shared.use_cases.change_versions import delete_video
from shared.use_cases.create_videos import Draft
from shared.use_cases.read_campaigns import SlotView, read_campaign
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
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


def test_a_video_that_is_deleted_while_the_campaign_is_read_is_not_shown(
    ports: FakePorts,
) -> None:
    video = make(ports)
    deleting = Once(lambda: delete_video(ports, CAMPAIGN_ID, video.video_hash), at=1)

    view = read_campaign(watched(ports, Hooks(before_call=deleting)), CAMPAIGN_ID)

    assert view.slots == ()


def test_an_unknown_campaign_cannot_be_read(ports: FakePorts) -> None:
    with pytest.raises(CampaignNotFoundError):
        read_campaign(ports, CAMPAIGN_ID)
