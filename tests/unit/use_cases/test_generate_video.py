"""Generate: one step for each message, whenever and however often it comes, until the end."""

import logging
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from shared.domain.errors import (
    GeneratorBusyError,
    RetryLaterError,
    StorageError,
    UnavailableError,
)
from shared.domain.schedule import (
    BROKEN_RETRY,
    CLOUD_LEASES,
    DEADLINE,
    FAULT_RETRY,
    STORE_TRIES,
)
from shared.domain.video import AttemptOutcome, Phase, Video
from shared.ports.message_queue import VideoMessage
from shared.ports.video_generator import Failed
from shared.use_cases.change_versions import delete_video
from shared.use_cases.generate_video import generate_video
from tests.fakes.ports import FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.rules import assert_agreement
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    QUEUE_LIMIT,
    announced,
    deliver,
    give_up,
    make,
    message_for,
    pass_time,
    reserve,
    settle,
    stored,
    submit,
    wake,
)
from tests.unit.use_cases.watching import Hooks, Once, watched

RUNNING = Script(running_checks=9)


def code_of(video: Video) -> str | None:
    return None if video.failure is None else video.failure.code


def test_each_delivery_takes_one_step(ports: FakePorts) -> None:
    video = reserve(ports)

    wake(ports, video)
    assert stored(ports, video).phase is Phase.GENERATING
    wake(ports, video)
    assert stored(ports, video).phase is Phase.DONE


PORT_NAMES = (
    *("objects", "storage_probe", "campaigns", "mirror", "queue", "inspector"),
    *("savings", "local_signatures", "policy", "leases", "now"),
)


class Recorder:
    """Notes the names of the calls of a port."""

    def __init__(self, port: object, calls: list[str]) -> None:
        self._port = port
        self._calls = calls

    def __getattr__(self, name: str) -> object:
        self._calls.append(name)
        return getattr(self._port, name)


def test_a_message_for_a_video_that_has_ended_changes_nothing(ports: FakePorts) -> None:
    video = make(ports)
    objects = dict(ports.objects.objects)

    wake(ports, video)

    assert stored(ports, video) == video
    assert objects == ports.objects.objects
    assert ports.queue.messages == ()


def test_a_message_for_an_unknown_video_is_acknowledged(ports: FakePorts) -> None:
    generate_video(ports, VideoMessage(campaign_id=CAMPAIGN_ID, video_hash="0" * 16))

    assert ports.queue.messages == ()


def test_the_message_of_a_video_deleted_during_its_step_is_acknowledged(ports: FakePorts) -> None:
    video = give_up(ports)
    ports.generator.let_clips_appear()
    deleting = Once(lambda: delete_video(ports, CAMPAIGN_ID, video.video_hash), at=0)

    wake(watched(ports, Hooks(before_effect=deleting)), video)

    assert ports.campaigns.videos == {}


@pytest.mark.parametrize("at", [0, 1, 3, 4])
def test_a_store_that_fails_before_the_clip_is_there_brings_the_message_back(
    ports: FakePorts, at: int
) -> None:
    """The third call is to the generator."""
    video = submit(ports)

    def fail() -> None:
        raise UnavailableError("Down.")

    with pytest.raises(RetryLaterError) as postponed:
        wake(watched(ports, Hooks(before_call=Once(fail, at=at))), video)

    assert postponed.value.retry_after == FAULT_RETRY


@pytest.mark.parametrize("at", range(5))
def test_a_permanent_refusal_of_the_store_keeps_the_video_and_logs_an_error(
    ports: FakePorts, at: int, caplog: pytest.LogCaptureFixture
) -> None:
    video = submit(ports)

    def fail() -> None:
        raise StorageError("The folder is not writable.")

    wake(watched(ports, Hooks(before_call=Once(fail, at=at))), video)

    assert [each.message for each in caplog.records if each.levelno == logging.ERROR] == [
        "message.given_up"
    ]
    assert ports.now() + BROKEN_RETRY == stored(ports, video).due_at
    settle(ports)
    assert stored(ports, video).is_current


def test_an_announced_clip_is_stored_without_a_poll_or_a_search(ports: FakePorts) -> None:
    message = announced(ports, video := submit(ports, script=RUNNING))
    calls: list[str] = []
    looking = SimpleNamespace(**{name: getattr(ports, name) for name in PORT_NAMES})
    looking.generator = None
    looking.objects = Recorder(ports.objects, calls)

    generate_video(looking, message)

    assert stored(ports, video).is_current
    assert [each for each in calls if each in ("head", "list", "open")] == ["open", "list"]


def test_an_announced_clip_that_is_gone_changes_nothing(ports: FakePorts) -> None:
    message = announced(ports, video := submit(ports, script=RUNNING))
    before = stored(ports, video)
    ports.objects.delete(message.clip_path or "")

    generate_video(ports, message)

    assert stored(ports, video) == before


def test_a_clip_that_is_announced_again_is_stored_once(ports: FakePorts) -> None:
    message = announced(ports, video := submit(ports, script=RUNNING))

    generate_video(ports, message)
    done = stored(ports, video)
    generate_video(ports, message)

    assert stored(ports, video) == done


def test_a_missing_clip_is_looked_for_again(ports: FakePorts) -> None:
    video = submit(ports)
    ports.generator.let_clips_appear()
    ports.objects.objects.clear()

    wake(ports, video)

    assert ports.now() + FAULT_RETRY == stored(ports, video).due_at
    assert message_for(video) in ports.queue.messages


def test_a_video_that_is_never_submitted_ends_at_its_deadline_unpaid(ports: FakePorts) -> None:
    video = reserve(ports)
    while not stored(ports, video).has_ended:
        busy = GeneratorBusyError("No quota left.", retry_after=timedelta(minutes=10))
        ports.generator.will(Script(raises=busy))
        deliver(ports)
        ports.clock.advance(timedelta(minutes=10))

    failed = stored(ports, video)
    assert (code_of(failed), failed.cost.actual) == ("queue_timeout", Decimal(0))
    assert failed.completed_at is not None
    assert failed.completed_at < failed.created_at + QUEUE_LIMIT + timedelta(minutes=10)
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.reserved == Decimal(0)


def test_an_operation_that_runs_at_the_deadline_ends_its_video_with_the_price_held(
    ports: FakePorts,
) -> None:
    video = give_up(ports)

    assert (code_of(video), video.cost.actual) == ("provider_timeout", None)
    money = ports.campaigns.get_campaign(CAMPAIGN_ID).money
    assert (money.reserved, money.possibly_spent) == (Decimal(0), PRICE)


def test_a_clip_that_is_there_at_the_deadline_counts(ports: FakePorts) -> None:
    video = submit(ports, script=RUNNING)
    ports.generator.let_clips_appear()
    ports.clock.advance(DEADLINE)

    wake(ports, video)

    assert stored(ports, video).is_current


def test_an_operation_that_ended_unobserved_counts_at_the_deadline(
    ports: FakePorts,
) -> None:
    """As when a laptop was asleep; some generators make their clip only when they are asked."""
    video = submit(ports)
    ports.clock.advance(DEADLINE)

    wake(ports, video)

    assert stored(ports, video).is_current


def test_an_operation_that_failed_unobserved_is_not_possibly_spent(
    ports: FakePorts,
) -> None:
    failed = Failed(code="content_filtered", message="A policy.")
    video = submit(ports, script=Script(ending=failed))
    ports.clock.advance(DEADLINE)

    wake(ports, video)

    assert code_of(stored(ports, video)) == "content_filtered"
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.possibly_spent == Decimal(0)


def test_a_generator_out_of_reach_does_not_keep_a_video_beyond_its_deadline(
    ports: FakePorts,
) -> None:
    video = submit(ports, script=Script(ending=UnavailableError("503")))
    ports.clock.advance(DEADLINE)

    wake(ports, video)

    assert code_of(stored(ports, video)) == "provider_timeout"


def test_the_arrival_of_a_late_clip_wakes_a_video_that_failed(ports: FakePorts) -> None:
    video = give_up(ports)
    deliver(ports)
    assert stored(ports, video).phase is Phase.FAILED

    pass_time(ports)
    deliver(ports)

    assert stored(ports, video).is_current
    assert_agreement(ports)


def test_a_clip_that_kills_every_process_ends_as_a_failed_video(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = submit(ports)

    def die(clip: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ports.inspector, "inspect", die)
    for _ in range(STORE_TRIES):
        with pytest.raises(KeyboardInterrupt):
            wake(ports, video)
        ports.clock.advance(CLOUD_LEASES.store)

    wake(ports, video)

    failed = stored(ports, video)
    assert (failed.phase, code_of(failed)) == (Phase.FAILED, "invalid_output")
    assert failed.attempt.outcome is AttemptOutcome.BILLED
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.spent == PRICE


def test_a_store_that_does_not_answer_is_no_reason_to_give_a_clip_up(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = submit(ports)

    def fail(clip: object) -> None:
        raise UnavailableError("Down.")

    with monkeypatch.context() as fault:
        fault.setattr(ports.inspector, "inspect", fail)
        for _ in range(2 * STORE_TRIES):
            with pytest.raises(RetryLaterError):
                wake(ports, video)
            ports.clock.advance(CLOUD_LEASES.store)

    wake(ports, video)

    assert stored(ports, video).is_current
