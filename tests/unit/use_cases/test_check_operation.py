"""Check: look once at what was submitted, and note when to look again."""

from decimal import Decimal

import pytest

from shared.domain.errors import SubmissionUnknownError, UnavailableError
from shared.domain.schedule import CLOUD_LEASES, FAULT_RETRY, OUTCOME_WINDOW
from shared.domain.video import AttemptOutcome, Phase
from shared.domain.video_steps import submission_accepted
from shared.ports.video_generator import Failed, Gone
from shared.use_cases.change_versions import cancel_video
from shared.use_cases.maintain_campaigns import maintain_campaigns
from tests.fakes.ports import FakePolicy, FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.rules import Witness
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    deliver,
    message_for,
    reserve,
    settle,
    stored,
    submit,
    wake,
)
from tests.unit.use_cases.watching import Hooks, Once, watched

FILTERED = Failed(code="content_filtered", message="Try rephrasing the prompt.")
BROKEN = Failed(code="provider_error", message="It broke.", possibly_billed=True)
UNKNOWN = Script(raises=SubmissionUnknownError("The connection was lost."))


def interrupt() -> None:
    raise KeyboardInterrupt


def test_an_operation_that_runs_is_looked_at_again_when_it_says(ports: FakePorts) -> None:
    video = submit(ports, script=Script(running_checks=1))
    ports.clock.advance(ports.generator.expected_in)

    deliver(ports)

    running = stored(ports, video)
    again_at = ports.now() + ports.generator.check_after
    assert (Phase.GENERATING, again_at) == (running.phase, running.due_at)
    assert not running.is_leased(ports.now())
    assert ((message_for(video),), again_at) == (ports.queue.messages, ports.queue.next_at)
    ports.clock.advance(ports.generator.check_after)
    deliver(ports)
    assert stored(ports, video).is_current


def test_a_clip_that_is_there_is_stored_while_its_operation_still_runs(ports: FakePorts) -> None:
    video = submit(ports, script=Script(running_checks=5))
    ports.generator.write_clip(ports.generator.submissions[0])

    wake(ports, video)

    assert stored(ports, video).is_current
    assert ports.generator.operations["operations/1"].checks == 1


def test_one_delivery_checks_at_most_once(ports: FakePorts) -> None:
    video = submit(ports, script=Script(running_checks=5))

    wake(ports, video)

    assert ports.generator.operations["operations/1"].checks == 1


def test_a_filtered_operation_ends_its_video_and_is_not_billed(ports: FakePorts) -> None:
    video = submit(ports, script=Script(ending=FILTERED))

    wake(ports, video)

    failed = stored(ports, video)
    assert failed.failure is not None
    assert (FILTERED.code, FILTERED.message) == (failed.failure.code, failed.failure.message)
    assert (failed.cost.actual, failed.attempt.outcome) == (Decimal(0), AttemptOutcome.NOT_BILLED)
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    assert (campaign.slots, campaign.money.reserved) == ((), Decimal(0))


def test_the_price_of_an_operation_that_failed_is_held_as_possibly_spent(
    ports: FakePorts,
) -> None:
    video = submit(ports, script=Script(ending=BROKEN))

    wake(ports, video)

    failed = stored(ports, video)
    assert (failed.phase, failed.attempt.outcome) == (Phase.FAILED, AttemptOutcome.POSSIBLY_BILLED)
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    assert ((), Decimal(0), failed.cost.estimated) == (
        campaign.slots,
        campaign.money.reserved,
        campaign.money.possibly_spent,
    )


def test_a_clip_is_stored_although_its_operation_failed(ports: FakePorts) -> None:
    video = submit(ports, script=Script(ending=BROKEN))
    ports.generator.write_clip(ports.generator.submissions[0])

    wake(ports, video)

    assert stored(ports, video).is_current


def test_the_clip_of_a_forgotten_operation_is_looked_for_and_never_submitted_again(
    ports: FakePorts,
) -> None:
    video = submit(ports, script=Script(ending=Gone()))

    wake(ports, video)
    assert stored(ports, video).phase is Phase.OUTCOME_UNKNOWN
    ports.generator.write_clip(ports.generator.submissions[0])
    settle(ports)

    assert stored(ports, video).is_current
    assert len(ports.generator.submissions) == 1


def test_a_forgotten_operation_is_given_up_after_the_window(ports: FakePorts) -> None:
    video = submit(ports, script=Script(ending=Gone()))
    ports.clock.advance(OUTCOME_WINDOW)

    wake(ports, video)

    assert stored(ports, video).phase is Phase.FAILED
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.possibly_spent == PRICE


def test_a_generator_that_does_not_answer_is_polled_when_the_video_is_due_again(
    ports: FakePorts,
) -> None:
    """No store failed, so the message is acknowledged."""
    video = submit(ports, script=Script(ending=UnavailableError("503")))

    wake(ports, video)

    waiting = stored(ports, video)
    again_at = ports.now() + FAULT_RETRY
    assert (Phase.GENERATING, None, again_at) == (
        waiting.phase,
        waiting.lease_expires_at,
        waiting.due_at,
    )
    assert again_at == ports.queue.next_at
    ports.generator.operations["operations/1"].script = Script()
    ports.clock.advance(FAULT_RETRY)
    assert maintain_campaigns(ports) == 1
    deliver(ports)
    assert stored(ports, video).is_current
    assert len(ports.generator.submissions) == 1


def test_a_clip_that_is_there_is_stored_while_the_generator_does_not_answer(
    ports: FakePorts,
) -> None:
    video = submit(ports, script=Script(ending=UnavailableError("503")))
    ports.generator.write_clip(ports.generator.submissions[0])

    wake(ports, video)

    assert stored(ports, video).is_current


def test_a_generator_that_does_not_answer_is_asked_to_cancel_again_with_the_next_check(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = submit(ports, script=Script(running_checks=1))
    cancel_video(ports, CAMPAIGN_ID, video.video_hash)

    def fail(operation: str) -> None:
        raise UnavailableError(f"{operation} cannot be reached.")

    with monkeypatch.context() as outage:
        outage.setattr(ports.generator, "cancel", fail)
        wake(ports, video)
    assert ports.now() + FAULT_RETRY == stored(ports, video).due_at
    ports.clock.advance(FAULT_RETRY)
    wake(ports, video)

    assert ports.generator.cancelled == ["operations/1"]


def test_while_one_delivery_checks_no_other_does(ports: FakePorts) -> None:
    video = submit(ports, script=Script(running_checks=9))
    meanwhile = Once(lambda: wake(ports, video), at=1)

    wake(watched(ports, Hooks(before_effect=meanwhile)), video)

    assert ports.generator.operations["operations/1"].checks == 1


def test_a_check_whose_process_died_is_made_again_after_its_lease(ports: FakePorts) -> None:
    video = submit(ports, script=Script())

    with pytest.raises(KeyboardInterrupt):
        wake(watched(ports, Hooks(before_effect=Once(interrupt, at=1))), video)
    wake(ports, video)
    assert stored(ports, video).phase is Phase.GENERATING

    ports.clock.advance(CLOUD_LEASES.check)
    wake(ports, video)

    assert stored(ports, video).is_current


def test_an_answer_that_comes_while_the_clip_is_looked_for_is_not_forgotten(
    ports: FakePorts,
) -> None:
    """Only who holds the operation's name learns why no clip will come."""
    video = reserve(ports)
    with pytest.raises(KeyboardInterrupt):
        wake(watched(ports, Hooks(before_effect=Once(interrupt, at=2))), video)
    ports.clock.advance(CLOUD_LEASES.submit)

    def keep_the_answer() -> None:
        accepted = submission_accepted(
            stored(ports, video),
            operation="operations/1",
            expected_at=ports.now(),
            due_at=ports.now(),
        )
        ports.campaigns.commit_video(accepted)

    wake(watched(ports, Hooks(before_effect=Once(keep_the_answer, at=0))), video)

    assert stored(ports, video).phase is Phase.GENERATING


def test_giving_up_does_not_end_what_another_delivery_is_storing(ports: FakePorts) -> None:
    video = submit(ports, script=UNKNOWN)
    witness = Witness(ports)
    ports.clock.advance(OUTCOME_WINDOW)

    def begin_to_store_the_clip() -> None:
        ports.generator.write_clip(ports.generator.submissions[0])
        with pytest.raises(KeyboardInterrupt):
            wake(watched(ports, Hooks(before_effect=Once(interrupt, at=1))), video)

    wake(watched(ports, Hooks(before_effect=Once(begin_to_store_the_clip, at=0))), video)
    settle(ports)

    assert stored(ports, video).is_current
    witness.testify()


def test_a_cancellation_does_not_hide_that_an_operation_failed(ports: FakePorts) -> None:
    video = submit(ports, script=Script(ending=FILTERED))
    cancelling = Once(lambda: cancel_video(ports, CAMPAIGN_ID, video.video_hash), at=2)

    wake(watched(ports, Hooks(before_effect=cancelling)), video)

    assert stored(ports, video).phase is Phase.FAILED
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.reserved == Decimal(0)


@pytest.fixture
def patient() -> FakePorts:
    """Ports of an installation that submits a filtered video once more."""
    return FakePorts(policy=FakePolicy(filtered_retries=1))


def test_a_filtered_video_can_be_submitted_once_more_and_is_paid_once(patient: FakePorts) -> None:
    video = submit(patient, script=Script(ending=FILTERED))
    settle(patient)

    made = stored(patient, video)
    assert made.is_current
    assert [attempt.outcome for attempt in made.attempts] == [
        AttemptOutcome.NOT_BILLED,
        AttemptOutcome.BILLED,
    ]
    prefixes = [submission.output_prefix for submission in patient.generator.submissions]
    assert len(set(prefixes)) == 2
    money = patient.campaigns.get_campaign(CAMPAIGN_ID).money
    assert (money.reserved, money.spent) == (Decimal(0), PRICE)


def test_a_video_that_is_filtered_again_fails_with_the_reason(patient: FakePorts) -> None:
    patient.generator.will(Script(ending=FILTERED))
    video = submit(patient, script=Script(ending=FILTERED))
    settle(patient)

    failed = stored(patient, video)
    assert (
        failed.phase,
        failed.failure and failed.failure.code,
    ) == (Phase.FAILED, "content_filtered")
    assert len(patient.generator.submissions) == 2
    assert patient.campaigns.get_campaign(CAMPAIGN_ID).money.committed == 0


def test_a_filtered_video_that_was_cancelled_is_not_submitted_again(
    patient: FakePorts,
) -> None:
    video = submit(patient, script=Script(ending=FILTERED))
    cancel_video(patient, CAMPAIGN_ID, video.video_hash)
    settle(patient)

    assert stored(patient, video).phase is Phase.FAILED
    assert len(patient.generator.submissions) == 1


def test_a_video_that_failed_for_another_reason_is_not_submitted_again(patient: FakePorts) -> None:
    video = submit(patient, script=Script(ending=BROKEN))
    settle(patient)

    assert stored(patient, video).phase is Phase.FAILED
    assert len(patient.generator.submissions) == 1


def test_a_requested_cancellation_reaches_the_generator_before_the_check(
    ports: FakePorts,
) -> None:
    video = submit(ports, script=Script(ending=BROKEN))
    operation = stored(ports, video).attempt.operation
    cancel_video(ports, CAMPAIGN_ID, video.video_hash)

    wake(ports, video)

    assert [operation] == ports.generator.cancelled
    assert stored(ports, video).is_possibly_billed


def test_an_operation_is_not_cancelled_unasked(ports: FakePorts) -> None:
    wake(ports, submit(ports))

    assert ports.generator.cancelled == []
