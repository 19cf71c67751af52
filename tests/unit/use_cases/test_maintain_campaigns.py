"""The tick: wake what is due, and finish what a crash left."""

from datetime import UTC, datetime, timedelta
from typing import NoReturn

import pytest

from shared.domain.errors import UnavailableError
from shared.domain.schedule import CLOUD_LEASES, REPUBLISH_AFTER, TICK
from shared.domain.video import Phase, Video
from shared.ports.message_queue import VideoMessage
from shared.use_cases import maintain_campaigns as maintaining
from shared.use_cases.create_videos import Draft, create_videos
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.regenerate_videos import regenerate_video
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.rules import assert_agreement
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    a_request,
    deliver,
    lose_messages,
    make,
    message_for,
    reserve,
    stored,
    wake,
)
from tests.unit.use_cases.watching import Hooks, Once, watched


def test_a_tick_without_due_records_does_nothing(ports: FakePorts) -> None:
    make(ports)
    reserve(ports, "A blue bicycle")
    lose_messages(ports)

    assert maintain_campaigns(ports) == 0
    assert ports.queue.messages == ()


def test_a_video_whose_message_was_lost_is_woken_when_it_is_due(ports: FakePorts) -> None:
    video = reserve(ports)
    lose_messages(ports)
    ports.clock.advance(REPUBLISH_AFTER)

    assert maintain_campaigns(ports) == 1

    assert (message_for(video),) == ports.queue.messages


def test_a_video_whose_process_died_is_woken_after_its_lease(ports: FakePorts) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    video = reserve(ports)
    lose_messages(ports)
    with pytest.raises(KeyboardInterrupt):
        wake(watched(ports, Hooks(before_effect=Once(interrupt, at=1))), video)

    maintain_campaigns(ports)
    assert ports.queue.messages == ()
    ports.clock.advance(CLOUD_LEASES.submit)
    maintain_campaigns(ports)
    deliver(ports)

    assert stored(ports, video).phase is Phase.OUTCOME_UNKNOWN


def test_all_unfinished_videos_can_be_woken_at_once(ports: FakePorts) -> None:
    """As when a process starts, in which no message of an earlier one is left."""
    videos = [created.video for created in create_videos(ports, a_request("One", "Two"))]
    lose_messages(ports)

    maintain_campaigns(ports, before=datetime.max.replace(tzinfo=UTC))

    assert {message_for(video) for video in videos} == set(ports.queue.messages)


def leave_names(ports: FakePorts) -> Video:
    """Let a process die before it names the clips of a slot after their states."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    old = make(ports)
    new = regenerate_video(ports, CAMPAIGN_ID, old.video_hash).video
    deliver(ports)
    with pytest.raises(KeyboardInterrupt):
        # The check, the store, three pictures, a clip and the completion come before the renaming.
        wake(watched(ports, Hooks(before_effect=Once(interrupt, at=8))), new)
    lose_messages(ports)
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).chores != ()
    return new


def test_renames_interrupted_by_a_crash_are_completed(ports: FakePorts) -> None:
    new = leave_names(ports)

    maintain_campaigns(ports)

    assert stored(ports, new).is_current
    assert_agreement(ports)


def test_only_what_is_due_is_begun(ports: FakePorts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind of work reads the campaign again."""
    leave_names(ports)

    def unexpected(*_: object, **__: object) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr(maintaining, "purge_due", unexpected)
    monkeypatch.setattr(maintaining, "continue_deletion", unexpected)

    maintain_campaigns(ports)

    assert ports.campaigns.get_campaign(CAMPAIGN_ID).chores == ()


def test_a_campaign_that_fails_does_not_keep_the_others_waiting(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_names(ports)
    reserve(ports, "One", campaign_id="autumn")
    lose_messages(ports)
    ports.clock.advance(REPUBLISH_AFTER)

    def fail(*_: object, **__: object) -> None:
        raise UnavailableError("The bucket is down.")

    with monkeypatch.context() as fault:
        fault.setattr(ports.objects, "rename", fail)
        assert maintain_campaigns(ports) == 2

    assert len(ports.queue.messages) == 1


def test_a_tick_wakes_everything_that_is_due_page_by_page(ports: FakePorts) -> None:
    for number in range(401):
        reserve(ports, campaign_id=f"campaign-{number}", drafts=(Draft(prompt="One"),))
    lose_messages(ports)
    ports.clock.advance(timedelta(hours=1))

    assert maintain_campaigns(ports) == 401
    assert len(set(ports.queue.messages)) == 401


def test_a_tick_ends_before_the_next_though_each_page_takes_its_time(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(401):
        reserve(ports, campaign_id=f"campaign-{number}", drafts=(Draft(prompt="One"),))
    lose_messages(ports)
    ports.clock.advance(REPUBLISH_AFTER)
    asked: list[VideoMessage] = []

    def give_up(*messages: VideoMessage) -> None:
        asked.extend(messages)
        ports.clock.advance(TICK / 2)
        raise UnavailableError("The queue does not answer.")

    with monkeypatch.context() as fault:
        fault.setattr(ports.queue, "publish", give_up)
        maintain_campaigns(ports)
    assert len(asked) == 400

    assert maintain_campaigns(ports) == 401
    assert len(ports.queue.messages) == 401
