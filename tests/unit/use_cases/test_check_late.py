"""Late checks: a failed video that may have been billed is not forgotten."""

from datetime import timedelta

import pytest

from shared.domain.errors import UnavailableError, WrongStateError
from shared.domain.money import ZERO
from shared.domain.schedule import DEADLINE, LATE_CHECK, LATE_WINDOW
from shared.domain.versions import clear
from shared.domain.video import AttemptOutcome, Phase, Video
from shared.ports.video_generator import Failed, Gone
from shared.use_cases.maintain_campaigns import maintain_campaigns
from tests.fakes.ports import FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.rules import assert_agreement
from tests.unit.use_cases.scenes import CAMPAIGN_ID, PRICE, deliver, make, stored, submit, wake

REFUSED = Failed(code="content_filtered", message="A policy.")
BROKEN = Failed(code="provider_error", message="It broke.", possibly_billed=True)


def give_up(ports: FakePorts, ending: Failed | Gone | UnavailableError | bytes) -> Video:
    """Let a video fail at its deadline, as one that may have been billed."""
    video = submit(ports, script=Script(running_checks=1, ending=ending))
    ports.clock.advance(DEADLINE)
    wake(ports, video)
    return stored(ports, video)


def tick(ports: FakePorts, after: timedelta = LATE_CHECK) -> None:
    ports.clock.advance(after)
    maintain_campaigns(ports)
    deliver(ports)


def test_the_tick_finds_a_clip_without_a_notification(ports: FakePorts) -> None:
    video = give_up(ports, b"a clip")
    assert video.phase is Phase.FAILED

    tick(ports)

    assert stored(ports, video).is_current
    money = ports.campaigns.get_campaign(CAMPAIGN_ID).money
    assert (money.spent, money.possibly_spent) == (PRICE, ZERO)
    assert_agreement(ports)


def test_dollars_are_released_when_the_generator_reports_no_clip(
    ports: FakePorts,
) -> None:
    video = give_up(ports, REFUSED)
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.possibly_spent == PRICE

    tick(ports)

    cleared = stored(ports, video)
    assert cleared.attempt.outcome is AttemptOutcome.NOT_BILLED
    assert cleared.cost.actual == ZERO
    assert cleared.due_at is None
    money = ports.campaigns.get_campaign(CAMPAIGN_ID).money
    assert (money.reserved, money.spent, money.possibly_spent) == (ZERO, ZERO, ZERO)


@pytest.mark.parametrize(
    "ending", [Gone(), UnavailableError("503"), BROKEN], ids=["gone", "unavailable", "broken"]
)
def test_an_unknown_outcome_is_checked_for_a_day_and_stays_possibly_billed(
    ports: FakePorts, ending: Gone | UnavailableError | Failed
) -> None:
    video = give_up(ports, ending)
    submitted_at = video.attempt.submitted_at

    while (due_at := stored(ports, video).due_at) is not None:
        assert due_at <= submitted_at + LATE_WINDOW
        tick(ports)

    assert ports.now() > submitted_at + LATE_WINDOW - 2 * LATE_CHECK
    assert stored(ports, video).phase is Phase.FAILED
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.possibly_spent == PRICE


def test_a_video_that_is_known_to_be_billed_is_not_cleared(ports: FakePorts) -> None:
    video = make(ports)

    with pytest.raises(WrongStateError):
        clear(ports.campaigns.get_campaign(CAMPAIGN_ID), video, now=ports.now())
