"""Look once at what was submitted: the operation, or only its output where its name was lost."""

from datetime import datetime, timedelta
from typing import Protocol, assert_never

from shared.domain.errors import WrongStateError
from shared.domain.schedule import CHECK_LEASE, OUTCOME_WINDOW, RECHECK_AFTER
from shared.domain.video import (
    AttemptOutcome,
    Video,
    begin_check,
    outcome_unknown,
    still_generating,
    submit_again,
)
from shared.ports import Ports
from shared.ports.message_queue import VideoMessage
from shared.ports.video_generator import (
    FILTERED,
    Failed,
    Gone,
    OperationState,
    Running,
    Succeeded,
)
from shared.use_cases.announcing import ask_for_step
from shared.use_cases.committing import revise
from shared.use_cases.finding_clips import find_clip, find_generated_clip
from shared.use_cases.holding import holding
from shared.use_cases.store_video import end_without_clip, store_video


class Waiting(Protocol):
    def __call__(self, video: Video, *, due_at: datetime) -> Video: ...


def check_operation(ports: Ports, video: Video) -> None:
    """Finish the video if its operation is done, else note when to look again."""
    lease_expires_at = ports.now() + CHECK_LEASE
    claimed = ports.campaigns.commit_video(begin_check(video, lease_expires_at=lease_expires_at))
    with holding(ports, claimed):
        _act_on(ports, claimed, ports.generator.check(claimed.attempt.operation or ""))


def _act_on(ports: Ports, video: Video, state: OperationState) -> None:
    match state:
        case Running() if find_generated_clip(ports, video) is not None:
            # The bucket may announce the clip a moment before the operation says that it is done.
            store_video(ports, video)
        case Running(check_after=check_after):
            _wait(ports, video, still_generating, check_after)
        case Succeeded():
            store_video(ports, video)
        case Failed(code=code) if code == FILTERED and _may_be_submitted_again(ports, video):
            ask_for_step(
                ports, ports.campaigns.commit_video(submit_again(video, due_at=ports.now()))
            )
        case Failed(code=code, message=message):
            end_without_clip(
                ports, video, code=code, message=message, outcome=AttemptOutcome.NOT_BILLED
            )
        case Gone():
            look_for_clip(ports, video)
        case _:
            assert_never(state)


def _may_be_submitted_again(ports: Ports, video: Video) -> bool:
    """What was filtered is not billed, and the same prompt often passes."""
    retries = video.accepted_attempts - 1
    return (
        retries < ports.policy.filtered_retries
        and not video.cancel_requested
        and ports.now() < video.deadline_at
    )


def look_for_clip(ports: Ports, video: Video) -> None:
    """Adopt the clip of a submission whose outcome is unknown, or give it up after the window."""
    if find_clip(ports, video) is not None:
        store_video(ports, video)
        return
    now = ports.now()
    if now < video.attempt.submitted_at + OUTCOME_WINDOW:
        _wait(ports, video, outcome_unknown, RECHECK_AFTER)
        return
    end_without_clip(
        ports,
        video,
        code="outcome_unknown",
        message=(
            "It is not known whether the generator accepted the submission, and no clip appeared. "
            "Nothing was submitted again; the price is held as possibly spent."
        ),
        outcome=AttemptOutcome.POSSIBLY_BILLED,
    )


def _wait(ports: Ports, video: Video, transition: Waiting, delay: timedelta) -> None:
    """Look again after `delay`, unless another step has taken the video meanwhile."""

    def wait(latest: Video) -> Video:
        if not latest.stands_as(video):
            raise WrongStateError(f"The video {video.id} has gone on.")
        return transition(latest, due_at=ports.now() + delay)

    revise(ports, video, wait)
    message = VideoMessage(campaign_id=video.campaign_id, video_hash=video.video_hash)
    ports.queue.publish_later(message, delay)
