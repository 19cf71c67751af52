"""A campaign that is deleted goes with everything of it, and nothing brings it back."""

from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from threading import Barrier

import pytest

from shared.domain.errors import (
    CampaignDeletedError,
    CampaignNotFoundError,
    UnavailableError,
    WrongStateError,
)
from shared.domain.money import ZERO
from shared.use_cases.begin_campaign import change_campaign
from shared.use_cases.claims import Claim
from shared.use_cases.create_videos import create_videos
from shared.use_cases.delete_campaign import continue_deletion, delete_campaign
from shared.use_cases.regenerate_videos import regenerate_campaign
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    a_request,
    budgeted_ports,
    deliver,
    make,
    pass_time,
    remake,
    reserve,
    settle,
    submit,
    wake,
)
from tests.unit.use_cases.watching import Hooks, Once, at_every_call, watched

NOTE = f"videos/requests/deleted/{CAMPAIGN_ID}.json"


def begin_only(ports: FakePorts) -> None:
    """Let the store fail as soon as the deletion is promised."""

    def fail() -> None:
        raise UnavailableError("Down.")

    with suppress(UnavailableError):
        delete_campaign(watched(ports, Hooks(before_effect=Once(fail, at=1))), CAMPAIGN_ID)
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).is_being_deleted


def test_a_deletion_that_the_tick_ends_first_is_a_deletion() -> None:
    scene = budgeted_ports()
    remake(scene, make(scene))

    def simulate(at: int) -> bool:
        ports = scene.copy()

        def tick() -> None:
            continue_deletion(ports, CAMPAIGN_ID, end=ports.now() + timedelta(seconds=1))

        meanwhile = Once(tick, at=at)
        assert delete_campaign(watched(ports, Hooks(before_call=meanwhile)), CAMPAIGN_ID)
        assert (ports.campaigns.campaigns, ports.campaigns.videos) == ({}, {})
        return meanwhile.has_acted

    at_every_call(simulate)


def test_records_and_objects_are_removed(ports: FakePorts) -> None:
    remake(ports, make(ports))
    ports.generator.write_clip(ports.generator.submissions[0])

    assert delete_campaign(ports, CAMPAIGN_ID)

    assert (ports.campaigns.campaigns, ports.campaigns.videos) == ({}, {})
    assert set(ports.objects.objects) == {NOTE}


def test_many_objects_are_removed_at_the_same_time_and_not_after_the_end(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(ports)
    for number in range(100):
        path = f"videos/attempts/{CAMPAIGN_ID}/left/{number:03}.mp4"
        ports.objects.put(path, BytesIO(b"clip"), content_type="video/mp4")
    delete, two = ports.objects.delete, Barrier(2, timeout=20)

    def slow(path: str) -> None:
        if "/left/" in path:
            two.wait()
            ports.clock.advance(timedelta(seconds=1))
        delete(path)

    monkeypatch.setattr(ports.objects, "delete", slow)

    assert not delete_campaign(ports, CAMPAIGN_ID)
    assert sum("/left/" in path for path in ports.objects.objects) == 60

    while not continue_deletion(ports, CAMPAIGN_ID, end=ports.now() + timedelta(seconds=20)):
        assert ports.campaigns.get_campaign(CAMPAIGN_ID).is_being_deleted
    assert set(ports.objects.objects) == {NOTE}


def test_another_campaign_stays(ports: FakePorts) -> None:
    other = make(ports, campaign_id="spring2")
    make(ports)

    delete_campaign(ports, CAMPAIGN_ID)

    assert [other] == list(ports.campaigns.videos.values())


def test_spent_dollars_stay_in_the_day_and_reserved_ones_are_released() -> None:
    ports = budgeted_ports()
    make(ports)
    reserve(ports, "A blue bicycle", campaign_id=CAMPAIGN_ID)

    delete_campaign(ports, CAMPAIGN_ID)
    deliver(ports)

    assert sum(day.committed for day in ports.campaigns.days.values()) == PRICE
    assert len(ports.generator.submissions) == 1


def test_a_campaign_whose_video_is_paid_for_is_not_deleted(ports: FakePorts) -> None:
    video = submit(ports)

    with pytest.raises(WrongStateError, match=video.id):
        delete_campaign(ports, CAMPAIGN_ID)

    assert not ports.campaigns.get_campaign(CAMPAIGN_ID).is_being_deleted
    settle(ports)
    assert delete_campaign(ports, CAMPAIGN_ID)


def test_an_unknown_campaign_cannot_be_deleted(ports: FakePorts) -> None:
    with pytest.raises(CampaignNotFoundError):
        delete_campaign(ports, CAMPAIGN_ID)


def test_a_campaign_being_deleted_accepts_no_new_video(ports: FakePorts) -> None:
    make(ports)
    begin_only(ports)

    for act in (
        lambda: create_videos(ports, a_request("A red bicycle")),
        lambda: create_videos(ports, a_request("Another one")),
        lambda: regenerate_campaign(ports, CAMPAIGN_ID),
        lambda: change_campaign(ports, CAMPAIGN_ID, budget_usd=None),
    ):
        with pytest.raises(CampaignDeletedError):
            act()


def test_the_tick_completes_an_interrupted_deletion(ports: FakePorts) -> None:
    make(ports)
    begin_only(ports)

    pass_time(ports)
    settle(ports)

    assert ports.campaigns.campaigns == {}


def test_the_name_is_free_afterwards(ports: FakePorts) -> None:
    make(ports)
    delete_campaign(ports, CAMPAIGN_ID)

    again = make(ports)

    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    assert (campaign.money.spent, campaign.money.reserved) == (PRICE, ZERO)
    assert again.is_current


def test_a_redelivered_message_does_not_recreate_the_campaign(ports: FakePorts) -> None:
    claim = Claim(name="1", digest="", claimed_at=ports.now().isoformat())
    create_videos(ports, a_request("A red bicycle", claim=claim))
    settle(ports)
    ports.clock.advance(timedelta(minutes=1))
    delete_campaign(ports, CAMPAIGN_ID)
    ports.clock.advance(timedelta(minutes=1))

    with pytest.raises(CampaignDeletedError):
        create_videos(ports, a_request("A red bicycle", claim=claim))

    assert len(ports.generator.submissions) == 1


def test_a_message_published_after_the_deletion_is_a_new_request(ports: FakePorts) -> None:
    make(ports)
    delete_campaign(ports, CAMPAIGN_ID)
    ports.clock.advance(timedelta(minutes=1))
    claim = Claim(name="2", digest="", claimed_at=ports.now().isoformat())
    ports.clock.advance(timedelta(minutes=1))

    assert create_videos(ports, a_request("A red bicycle", claim=claim))


def test_a_message_for_a_removed_video_is_acknowledged(ports: FakePorts) -> None:
    video = make(ports)
    delete_campaign(ports, CAMPAIGN_ID)

    wake(ports, video)


def test_a_campaign_without_a_deletion_is_not_changed(ports: FakePorts) -> None:
    make(ports)

    assert not continue_deletion(ports, CAMPAIGN_ID, end=ports.now() + timedelta(minutes=1))
    assert ports.campaigns.campaigns
