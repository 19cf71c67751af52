"""What leaves the trash for good, and what a record that cannot be read changes about that."""

from contextlib import suppress
from datetime import timedelta

import pytest

from shared.domain.trash import due_trash
from shared.domain.video import Video
from shared.use_cases import trash_videos
from shared.use_cases.change_versions import delete_video, restore_video
from shared.use_cases.claims import Claim
from shared.use_cases.cleanup_campaign import cleanup_campaign
from shared.use_cases.create_videos import create_videos
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.trash_videos import empty_trash, purge_due, read_trash
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.rules import assert_agreement
from tests.unit.use_cases.scenes import CAMPAIGN_ID, TICK, a_request, make, remake, settle
from tests.unit.use_cases.stories import TRASH_TIME, keep_trash
from tests.unit.use_cases.watching import (
    DiedError,
    Hooks,
    Once,
    at_every_call,
    die,
    watched,
)

CLAIM = Claim(name="order-17", digest="", claimed_at="2026-11-07T12:00:00+00:00")


@pytest.fixture
def trashed(ports: FakePorts) -> tuple[Video, Video]:
    """Two that are in the trash, the earlier one first."""
    keep_trash(ports)
    first = make(ports)
    second = remake(ports, first)
    for video in (first, second):
        delete_video(ports, CAMPAIGN_ID, video.video_hash)
        ports.clock.advance(timedelta(seconds=1))
    return first, second


def ids(ports: FakePorts) -> list[str]:
    return [video.id for video in read_trash(ports, CAMPAIGN_ID).videos]


def test_the_latest_deleted_comes_first(ports: FakePorts, trashed: tuple[Video, Video]) -> None:
    first, second = trashed

    assert [second.id, first.id] == ids(ports)


def test_an_unreadable_record_stays_and_does_not_keep_the_others(
    ports: FakePorts, trashed: tuple[Video, Video]
) -> None:
    first, second = trashed
    ports.campaigns.damage(CAMPAIGN_ID, first.video_hash)
    ports.clock.advance(TRASH_TIME)

    maintain_campaigns(ports)

    page = read_trash(ports, CAMPAIGN_ID)
    assert ((), [first.id]) == (page.videos, [each.id for each in page.unreadable])
    assert any(first.video_hash in path for path in ports.objects.objects)
    assert not any(second.video_hash in path for path in ports.objects.objects)


def test_a_damaged_record_leaves_the_trash_when_it_is_deleted(
    ports: FakePorts, trashed: tuple[Video, Video]
) -> None:
    first, second = trashed
    ports.campaigns.damage(CAMPAIGN_ID, first.video_hash)

    delete_video(ports, CAMPAIGN_ID, first.video_hash, purge=True)

    assert [second.id] == ids(ports)
    assert_agreement(ports)


def test_many_are_removed_in_portions_while_there_is_time(ports: FakePorts) -> None:
    keep_trash(ports)
    video = make(ports)
    for _ in range(21):
        video = remake(ports, video)
    cleanup_campaign(ports, CAMPAIGN_ID, keep=0)
    assert len(ids(ports)) == 21
    ports.clock.advance(TRASH_TIME)

    purge_due(ports, CAMPAIGN_ID, end=ports.now())
    assert len(ids(ports)) == 21
    purge_due(ports, CAMPAIGN_ID, end=ports.now() + TICK)

    assert ids(ports) == []
    assert_agreement(ports)


def test_an_emptied_trash_removes_what_is_in_it_and_nothing_else(
    ports: FakePorts, trashed: tuple[Video, Video]
) -> None:
    shown = make(ports, "A kite")
    spent = ports.campaigns.get_campaign(CAMPAIGN_ID).money.spent

    assert empty_trash(ports, CAMPAIGN_ID)
    assert empty_trash(ports, CAMPAIGN_ID)

    assert [shown.video_hash] == [each for _, each in ports.campaigns.videos]
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.spent == spent
    assert_agreement(ports)


def test_an_emptied_trash_is_gone_at_whichever_call_its_process_dies(
    no_log: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Except what is restored before the tick comes."""
    monkeypatch.setattr(trash_videos, "_PORTION", 1)

    def simulate(at: int) -> bool:
        ports = FakePorts()
        keep_trash(ports)
        first = make(ports)
        last = remake(ports, first)
        for video in (first, last):
            delete_video(ports, CAMPAIGN_ID, video.video_hash)
        hook = Once(die, at=at)
        with suppress(DiedError):
            empty_trash(watched(ports, Hooks(before_call=hook, after_effect=hook)), CAMPAIGN_ID)
        left = ids(ports)
        has_begun = len(due_trash(ports.campaigns.get_campaign(CAMPAIGN_ID), ports.now()))
        if last.id in left:
            restore_video(ports, CAMPAIGN_ID, last.video_hash)
        maintain_campaigns(ports)
        assert ids(ports) == ([] if has_begun or not left else [first.id])
        assert (last.id in left) == ((CAMPAIGN_ID, last.video_hash) in ports.campaigns.videos)
        assert_agreement(ports)
        return hook.has_acted

    at_every_call(simulate)


def test_a_request_that_is_repeated_under_its_key_gets_the_trashed_video(ports: FakePorts) -> None:
    """It was carried out once: to make another video would be to pay again."""
    keep_trash(ports)
    request = a_request("A red bicycle", claim=CLAIM)
    (made,) = create_videos(ports, request)
    settle(ports)
    delete_video(ports, CAMPAIGN_ID, made.video.video_hash)

    (again,) = create_videos(ports, request)
    (another,) = create_videos(ports, a_request("A red bicycle"))

    assert (made.video.id, True) == (again.video.id, again.video.is_trashed)
    assert again.video.id != another.video.id
