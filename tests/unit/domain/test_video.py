from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.domain.errors import WrongStateError
from shared.domain.schedule import DEADLINE
from shared.domain.values import replace
from shared.domain.video import (
    AttemptOutcome,
    Lane,
    Phase,
    QueuePlace,
    Status,
    VersionState,
    Video,
)
from shared.domain.video_steps import (
    begin_attempt,
    begin_check,
    begin_storing,
    outcome_unknown,
    still_generating,
    submission_accepted,
    submit_again,
    take_attempt_back,
    take_place,
    with_outcome,
)
from tests.unit.domain.builders import (
    NOW,
    SOON,
    a_generating_video,
    a_reserved_video,
    a_submitting_video,
    a_video_in,
    taken_back,
)

STEPS: dict[str, Callable[[Video], Video]] = {
    "begin_attempt": lambda video: begin_attempt(video, now=NOW, lease_expires_at=SOON),
    "submission_accepted": lambda video: submission_accepted(
        video, operation="op", expected_at=SOON, due_at=SOON
    ),
    "taken_back": taken_back,
    "outcome_unknown": lambda video: outcome_unknown(video, due_at=SOON),
    "begin_check": lambda video: begin_check(video, lease_expires_at=SOON),
    "still_generating": lambda video: still_generating(video, due_at=SOON),
    "begin_storing": lambda video: begin_storing(video, lease_expires_at=SOON),
}

# Back to `reserved`, where submissions begin, only the certainty leads that none was accepted.
WAYS = {
    ("begin_attempt", Phase.RESERVED): Phase.SUBMITTING,
    ("submission_accepted", Phase.SUBMITTING): Phase.GENERATING,
    ("submission_accepted", Phase.OUTCOME_UNKNOWN): Phase.GENERATING,
    ("taken_back", Phase.SUBMITTING): Phase.RESERVED,
    ("outcome_unknown", Phase.SUBMITTING): Phase.OUTCOME_UNKNOWN,
    ("outcome_unknown", Phase.GENERATING): Phase.OUTCOME_UNKNOWN,
    ("outcome_unknown", Phase.OUTCOME_UNKNOWN): Phase.OUTCOME_UNKNOWN,
    ("begin_check", Phase.GENERATING): Phase.GENERATING,
    ("still_generating", Phase.GENERATING): Phase.GENERATING,
    ("begin_storing", Phase.SUBMITTING): Phase.STORING,
    ("begin_storing", Phase.GENERATING): Phase.STORING,
    ("begin_storing", Phase.OUTCOME_UNKNOWN): Phase.STORING,
    ("begin_storing", Phase.STORING): Phase.STORING,
}


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_leads_on_from_its_phases_and_from_no_other(step: str, phase: Phase) -> None:
    video = a_video_in(phase)
    expected = WAYS.get((step, phase))

    if expected is None:
        with pytest.raises(WrongStateError, match=f"{video.id} is {phase}"):
            STEPS[step](video)
    else:
        assert expected is STEPS[step](video).phase


def test_an_attempt_is_recorded_before_its_operation_is_known() -> None:
    video = begin_attempt(a_reserved_video(), now=NOW, lease_expires_at=SOON)

    assert (
        video.attempt.number,
        video.attempt.submitted_at,
        video.attempt.operation,
    ) == (1, NOW, None)
    assert video.attempt.outcome is AttemptOutcome.OPEN


def test_an_accepted_submission_keeps_its_operation_and_gives_its_lease_back() -> None:
    video = submission_accepted(
        a_submitting_video(), operation="op-7", expected_at=NOW, due_at=SOON
    )

    assert (video.attempt.operation, video.attempt.expected_at) == ("op-7", NOW)
    assert (video.due_at, video.lease_expires_at) == (SOON, None)


def test_a_refused_submission_leaves_no_attempt_and_its_number_is_not_used_again() -> None:
    waiting = taken_back(a_submitting_video())
    again = begin_attempt(waiting, now=SOON, lease_expires_at=SOON)

    assert (waiting.attempts, waiting.refusals) == ((), 1)
    assert (waiting.due_at, waiting.lease_expires_at) == (SOON, None)
    assert [attempt.number for attempt in again.attempts] == [2]


def test_a_refused_submission_returns_to_its_place_in_the_queue() -> None:
    place = QueuePlace(lane=Lane.BULK, order=NOW, limit_at=SOON + DEADLINE)
    video = take_place(a_reserved_video(), place)
    submitting = begin_attempt(video, now=SOON, lease_expires_at=SOON)

    waiting = take_attempt_back(submitting, place=place, due_at=SOON, deadline_at=SOON)

    assert (submitting.queue, submitting.deadline_at) == (None, SOON + DEADLINE)
    assert (place, place.limit_at, place.limit_at) == (
        waiting.queue,
        waiting.due_at,
        waiting.deadline_at,
    )


def test_a_filtered_video_tries_under_the_next_number() -> None:
    filtered = submit_again(a_generating_video(), place=None, due_at=SOON, deadline_at=SOON)
    again = begin_attempt(filtered, now=SOON, lease_expires_at=SOON)

    assert [attempt.outcome for attempt in again.attempts] == [
        AttemptOutcome.NOT_BILLED,
        AttemptOutcome.OPEN,
    ]
    assert [attempt.number for attempt in again.attempts] == [1, 2]


def test_a_video_that_was_cancelled_while_it_was_submitted_is_not_submitted_again() -> None:
    cancelled = a_submitting_video(cancel_requested=True)
    postponed = taken_back(cancelled)

    with pytest.raises(WrongStateError, match="was cancelled"):
        begin_attempt(postponed, now=SOON, lease_expires_at=SOON)


def test_an_unknown_outcome_keeps_what_is_known_of_the_operation() -> None:
    video = outcome_unknown(a_generating_video(7), due_at=SOON)

    assert video.attempt.operation == "op-7"
    assert video.attempt.outcome is AttemptOutcome.OPEN
    assert video.lease_expires_at is None


@pytest.mark.parametrize(
    ("outcome", "allowed"),
    [
        (AttemptOutcome.POSSIBLY_BILLED, True),
        (AttemptOutcome.NOT_BILLED, False),
        (AttemptOutcome.BILLED, False),
    ],
)
def test_a_failed_video_is_stored_late_only_if_it_may_have_been_paid_for(
    outcome: AttemptOutcome, *, allowed: bool
) -> None:
    failed = with_outcome(a_video_in(Phase.FAILED), outcome)

    if allowed:
        assert begin_storing(failed, lease_expires_at=SOON).phase is Phase.STORING
    else:
        with pytest.raises(WrongStateError):
            begin_storing(failed, lease_expires_at=SOON)


@pytest.mark.parametrize("step", ["begin_attempt", "begin_check", "begin_storing"])
def test_work_is_leased_and_due_again_when_the_lease_expires(step: str) -> None:
    phase = Phase.RESERVED if step == "begin_attempt" else Phase.GENERATING
    video = STEPS[step](a_video_in(phase))

    assert (video.lease_expires_at, video.due_at) == (SOON, SOON)


def test_a_running_operation_can_be_checked_by_any_process() -> None:
    checked = begin_check(a_generating_video(), lease_expires_at=NOW)

    video = still_generating(checked, due_at=SOON)

    assert (video.due_at, video.lease_expires_at) == (SOON, None)


def test_a_lease_holds_until_the_moment_it_expires() -> None:
    video = a_reserved_video(lease_expires_at=NOW)

    assert video.is_leased(NOW - timedelta(microseconds=1))
    assert not video.is_leased(NOW)
    assert not a_reserved_video().is_leased(NOW)


def test_an_outcome_belongs_to_the_latest_attempt() -> None:
    filtered = submit_again(a_generating_video(), place=None, due_at=SOON, deadline_at=SOON)
    again = begin_attempt(filtered, now=SOON, lease_expires_at=SOON)

    outcomes = [attempt.outcome for attempt in with_outcome(again, AttemptOutcome.BILLED).attempts]
    assert outcomes == [AttemptOutcome.NOT_BILLED, AttemptOutcome.BILLED]


def test_a_video_without_an_attempt_has_no_outcome() -> None:
    video = a_reserved_video()

    assert video == with_outcome(video, AttemptOutcome.NOT_BILLED)
    assert not video.is_possibly_billed


@pytest.mark.parametrize("outcome", AttemptOutcome)
def test_only_a_possibly_billed_attempt_makes_a_video_possibly_billed(
    outcome: AttemptOutcome,
) -> None:
    video = with_outcome(a_video_in(Phase.FAILED), outcome)

    assert (outcome is AttemptOutcome.POSSIBLY_BILLED) == video.is_possibly_billed


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (Phase.RESERVED, Status.QUEUED),
        (Phase.SUBMITTING, Status.QUEUED),
        (Phase.GENERATING, Status.IN_PROGRESS),
        (Phase.OUTCOME_UNKNOWN, Status.IN_PROGRESS),
        (Phase.STORING, Status.IN_PROGRESS),
        (Phase.DONE, Status.COMPLETED),
        (Phase.FAILED, Status.FAILED),
        (Phase.CANCELLED, Status.FAILED),
    ],
)
def test_every_phase_has_a_public_status_that_says_whether_it_has_ended(
    phase: Phase, expected: Status
) -> None:
    video = a_video_in(phase)

    assert expected is video.status
    assert (expected in (Status.COMPLETED, Status.FAILED)) == video.has_ended


@pytest.mark.parametrize("state", [None, *VersionState])
def test_only_the_current_version_is_current(state: VersionState | None) -> None:
    video = replace(a_reserved_video(), version_state=state)

    assert (state is VersionState.CURRENT) == video.is_current
