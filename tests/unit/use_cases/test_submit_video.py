"""Submit: the one step that costs money, recorded before it is made and never repeated blindly."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest

from shared.domain.errors import (
    GenerationRefusedError,
    GeneratorBusyError,
    RetryLaterError,
    SubmissionUnknownError,
    UnavailableError,
)
from shared.domain.schedule import CLOUD_LEASES, OUTCOME_WINDOW
from shared.domain.storage_layout import attempt_prefix
from shared.domain.video import AttemptOutcome, Phase, Video
from shared.ports import Ports
from shared.use_cases.change_versions import cancel_video
from tests.fakes.ports import FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.rules import assert_agreement
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    deliver,
    message_for,
    pass_time,
    reserve,
    settle,
    stored,
    wake,
)
from tests.unit.use_cases.watching import Hooks, Once, watched

WAIT = timedelta(seconds=10)
BUSY = Script(raises=GeneratorBusyError("No quota left.", retry_after=WAIT))
REFUSED = Script(raises=GenerationRefusedError("No such seed.", code="invalid_request"))
UNKNOWN = Script(raises=SubmissionUnknownError("The connection was lost."))


class WithoutCredentials:
    """The ports of a process that was given none."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # It is whichever port is asked for.
        if name == "generator":
            raise UnavailableError("There are no credentials for Vertex AI.")
        return getattr(self._ports, name)


def test_the_generator_gets_the_composed_prompt_and_a_prefix_of_its_own(ports: FakePorts) -> None:
    video = reserve(ports, business_context={"tone": "calm"})

    wake(ports, video)

    (submission,) = ports.generator.submissions
    assert (video.campaign_id, video.video_hash, 0, 1) == (
        submission.campaign_id,
        submission.video_hash,
        submission.index,
        submission.attempt,
    )
    assert video.enhanced_prompt == submission.enhanced_prompt
    assert video.parameters == submission.parameters
    assert attempt_prefix(CAMPAIGN_ID, video.video_hash, 1) == submission.output_prefix


def test_an_attempt_is_recorded_before_it_is_made(ports: FakePorts) -> None:
    video = reserve(ports)
    phases: list[Phase] = []

    wake(
        watched(ports, Hooks(before_effect=lambda: phases.append(stored(ports, video).phase))),
        video,
    )

    claim, submission, operation, publication = phases
    assert (claim, submission) == (Phase.RESERVED, Phase.SUBMITTING)
    assert (operation, publication) == (Phase.SUBMITTING, Phase.GENERATING)


def test_no_attempt_is_made_with_a_generator_that_cannot_be_built(ports: FakePorts) -> None:
    video = reserve(ports)

    wake(cast("Ports", WithoutCredentials(ports)), video)

    waiting = stored(ports, video)
    assert (Phase.RESERVED, video.due_at) == (waiting.phase, waiting.due_at)
    settle(ports)
    assert stored(ports, video).is_current


def test_an_accepted_video_is_looked_at_when_it_can_be_done(ports: FakePorts) -> None:
    video = reserve(ports)
    deliver(ports)

    generating = stored(ports, video)

    expected_at = ports.now() + ports.generator.expected_in
    assert ("operations/1", expected_at) == (
        generating.attempt.operation,
        generating.attempt.expected_at,
    )
    assert (expected_at, expected_at) == (generating.due_at, ports.queue.next_at)
    assert (message_for(video),) == ports.queue.messages


def test_a_duplicate_delivery_submits_nothing(ports: FakePorts) -> None:
    video = reserve(ports)
    ports.queue.publish(message_for(video))
    ports.queue.publish(message_for(video))

    deliver(ports)

    assert len(ports.generator.submissions) == 1


def test_of_two_deliveries_at_once_one_submits(ports: FakePorts) -> None:
    video = reserve(ports)
    meanwhile = Once(lambda: wake(ports, video), at=0)

    wake(watched(ports, Hooks(before_effect=meanwhile)), video)

    assert len(ports.generator.submissions) == 1
    assert stored(ports, video).phase is Phase.GENERATING


def test_a_busy_generator_is_asked_again_after_the_time_that_it_names(ports: FakePorts) -> None:
    ports.generator.will(BUSY)
    video = reserve(ports)

    wake(ports, video)

    waiting = stored(ports, video)
    assert (Phase.RESERVED, ports.now() + WAIT) == (waiting.phase, waiting.due_at)
    assert (waiting.attempts, waiting.refusals) == ((), 1)
    ports.clock.advance(WAIT)
    wake(ports, video)
    assert [submission.attempt for submission in ports.generator.submissions] == [1, 2]
    assert len({submission.output_prefix for submission in ports.generator.submissions}) == 2


def test_a_message_that_comes_too_early_waits_for_the_rest_of_the_time(ports: FakePorts) -> None:
    ports.generator.will(BUSY)
    video = reserve(ports)
    deliver(ports)
    ports.clock.advance(timedelta(seconds=4))

    wake(ports, video)

    assert len(ports.generator.submissions) == 1
    ports.clock.advance(timedelta(seconds=6))
    deliver(ports)
    assert len(ports.generator.submissions) == 2


def test_a_video_that_is_cancelled_while_it_waits_is_not_submitted(ports: FakePorts) -> None:
    ports.generator.will(BUSY)
    video = reserve(ports)
    cancelling = Once(lambda: cancel_video(ports, CAMPAIGN_ID, video.video_hash), at=2)
    wake(watched(ports, Hooks(before_effect=cancelling)), video)

    settle(ports)

    assert stored(ports, video).phase is Phase.CANCELLED
    assert len(ports.generator.submissions) == 1
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.reserved == Decimal(0)


def test_a_refusal_ends_the_video_with_its_reason_and_frees_the_money(ports: FakePorts) -> None:
    ports.generator.will(REFUSED)
    video = reserve(ports)

    deliver(ports)

    failed = stored(ports, video)
    assert failed.failure is not None
    assert (
        failed.phase,
        failed.failure.code,
        failed.failure.message,
    ) == (Phase.FAILED, "invalid_request", "No such seed.")
    assert (failed.attempt.outcome, failed.cost.actual) == (AttemptOutcome.NOT_BILLED, Decimal(0))
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    assert (campaign.slots, campaign.money.reserved) == ((), Decimal(0))


def test_an_unknown_outcome_is_never_submitted_again(ports: FakePorts) -> None:
    ports.generator.will(UNKNOWN)
    video = reserve(ports)

    settle(ports)

    assert len(ports.generator.submissions) == 1
    assert stored(ports, video).phase is Phase.FAILED


def test_the_clip_of_an_unknown_outcome_is_adopted(ports: FakePorts) -> None:
    ports.generator.will(UNKNOWN)
    video = reserve(ports)
    deliver(ports)
    assert stored(ports, video).phase is Phase.OUTCOME_UNKNOWN

    ports.generator.write_clip(ports.generator.submissions[0])
    settle(ports)

    assert stored(ports, video).is_current
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.spent == PRICE
    assert_agreement(ports)


def test_an_unknown_outcome_is_given_up_after_the_window_and_its_price_held(
    ports: FakePorts,
) -> None:
    ports.generator.will(UNKNOWN)
    video = reserve(ports)
    deliver(ports)
    ports.clock.advance(OUTCOME_WINDOW - timedelta(seconds=1))
    deliver(ports)
    assert stored(ports, video).phase is Phase.OUTCOME_UNKNOWN

    ports.clock.advance(timedelta(seconds=1))
    wake(ports, video)

    failed = stored(ports, video)
    assert failed.failure is not None
    assert (failed.failure.code, failed.cost.actual) == ("outcome_unknown", None)
    money = ports.campaigns.get_campaign(CAMPAIGN_ID).money
    assert (money.reserved, money.possibly_spent, money.spent) == (Decimal(0), PRICE, Decimal(0))


def test_a_process_that_dies_while_it_submits_leaves_an_unknown_outcome(ports: FakePorts) -> None:
    video = reserve(ports)
    with pytest.raises(KeyboardInterrupt):
        wake(watched(ports, Hooks(before_effect=Once(interrupt, at=1))), video)

    wake(ports, video)
    assert stored(ports, video).phase is Phase.SUBMITTING
    ports.clock.advance(CLOUD_LEASES.submit)
    wake(ports, video)

    assert stored(ports, video).phase is Phase.OUTCOME_UNKNOWN
    assert ports.generator.submissions == []


def test_a_clip_whose_operation_was_lost_with_its_process_is_adopted(ports: FakePorts) -> None:
    video = reserve(ports)
    with pytest.raises(KeyboardInterrupt):
        wake(watched(ports, Hooks(before_effect=Once(interrupt, at=2))), video)
    assert phase_and_operation(ports, video) == (Phase.SUBMITTING, None)

    pass_time(ports)
    deliver(ports)

    assert stored(ports, video).is_current
    assert len(ports.generator.submissions) == 1


def test_an_answer_that_comes_after_the_lease_is_good_news(ports: FakePorts) -> None:
    """Others held the submission for unknown while its process still waited for the answer."""
    video = reserve(ports)

    def look_for_its_clip() -> None:
        ports.clock.advance(CLOUD_LEASES.submit)
        wake(ports, video)

    slow = watched(ports, Hooks(before_effect=Once(look_for_its_clip, at=2)))
    wake(slow, video)

    assert phase_and_operation(ports, video) == (Phase.GENERATING, "operations/1")


def test_an_operation_is_kept_though_its_video_was_cancelled_meanwhile(ports: FakePorts) -> None:
    video = reserve(ports)
    cancelling = Once(lambda: cancel_video(ports, CAMPAIGN_ID, video.video_hash), at=2)

    wake(watched(ports, Hooks(before_effect=cancelling)), video)

    assert phase_and_operation(ports, video) == (Phase.GENERATING, "operations/1")
    assert stored(ports, video).cancel_requested


def test_a_store_that_fails_before_the_submission_postpones_it(ports: FakePorts) -> None:
    video = reserve(ports)

    def fail() -> None:
        raise UnavailableError("The store is down.")

    with pytest.raises(RetryLaterError):
        wake(watched(ports, Hooks(before_effect=Once(fail, at=0))), video)

    assert ports.generator.submissions == []
    wake(ports, video)
    assert stored(ports, video).phase is Phase.GENERATING


def interrupt() -> None:
    raise KeyboardInterrupt


def phase_and_operation(ports: FakePorts, video: Video) -> tuple[Phase, str | None]:
    latest = stored(ports, video)
    return latest.phase, latest.attempt.operation
