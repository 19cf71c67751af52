"""The one step that costs money: recorded before it is taken, and never repeated blindly."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from shared.domain.clip import room_for
from shared.domain.errors import (
    BatchNotFoundError,
    GenerationRefusedError,
    GeneratorBusyError,
    ShowreelError,
    SubmissionUnknownError,
    UnavailableError,
    UnreadableRecordError,
)
from shared.domain.pacing import refused
from shared.domain.queueing import place_again
from shared.domain.schedule import FAULT_RETRY, RECHECK_AFTER, TURN_LIFE
from shared.domain.storage_layout import attempt_prefix
from shared.domain.values import replace
from shared.domain.versions import cancel
from shared.domain.video import AttemptOutcome, Video
from shared.domain.video_steps import (
    begin_attempt,
    outcome_unknown,
    submission_accepted,
    take_attempt_back,
)
from shared.ports import Ports
from shared.ports.policy import queue_limit
from shared.ports.video_generator import Accepted, Submission, VideoGenerator
from shared.use_cases.check_operation import look_again
from shared.use_cases.committing import change_video, revise, until_committed
from shared.use_cases.fail_video import fail_video
from shared.use_cases.give_turns import read_pace
from shared.use_cases.publishing import ask_for_step_later
from shared.use_cases.take_turn import Turn, commit_with_turn, take_turn, wait_for_moment

logger = logging.getLogger(__name__)


def submit_video(ports: Ports, video: Video, *, turn: datetime | None = None) -> None:
    """Submit a reserved video once, if it has a `turn` or can take one, unless it was cancelled.

    The process that commits the attempt makes it. A crash before the operation's name is stored
    leaves the phase `submitting`, from which no step leads to another submission. Nothing is
    recorded without credentials for the generator, and the tick wakes the video again.
    Raise UnavailableError, with nothing recorded, if the clip could not be stored.
    """
    if video.cancel_requested:
        _cancel(ports, video)
        return
    taken = _turn_of(ports, video, turn)
    if taken is None:
        return
    if _is_batch_cancelled(ports, video):
        _cancel(ports, video)
        return
    # No attempt is made if the clip could not be stored or the generator has no credentials.
    ports.storage_probe.require(room_for((video.parameters,)))
    generator = _generator(ports, video)
    if generator is None or (taken := wait_for_moment(ports, video, taken)) is None:
        return
    now = ports.now()
    submitting = begin_attempt(video, now=now, lease_expires_at=now + ports.leases.submit)
    # A bucket that refuses this file would refuse the clip as well.
    ports.mirror.write_submission(submitting)
    claimed = commit_with_turn(ports, submitting, taken)
    if claimed is None:
        return
    try:
        accepted = generator.submit(_submission(claimed))
    except GeneratorBusyError as error:
        _take_back(ports, video, claimed, error)
    except GenerationRefusedError as error:
        fail_video(
            ports,
            claimed,
            code=error.code,
            message=error.message,
            outcome=AttemptOutcome.NOT_BILLED,
        )
    except SubmissionUnknownError:
        logger.warning("video.outcome_unknown", extra={"video_id": claimed.id}, exc_info=True)
        revise(ports, claimed, partial(outcome_unknown, due_at=ports.now() + RECHECK_AFTER))
        look_again(ports, claimed)
    else:
        _keep_operation(ports, claimed, accepted)


def _generator(ports: Ports, video: Video) -> VideoGenerator | None:
    try:
        return ports.generator
    except UnavailableError:
        logger.warning("generator.unavailable", extra={"video_id": video.id}, exc_info=True)
        ask_for_step_later(ports, video, FAULT_RETRY)
        return None


def _turn_of(ports: Ports, video: Video, turn: datetime | None) -> Turn | None:
    now = ports.now()
    if video.refusals and video.queue is None and video.due_at and now < video.due_at:
        # The generator of a model without a queue has asked to wait.
        return None
    has_turn = _rate(ports, video) is None or (turn is not None and now < turn + TURN_LIFE)
    return Turn(at=turn) if has_turn else take_turn(ports, video)


def _is_batch_cancelled(ports: Ports, video: Video) -> bool:
    """Whether its batch was cancelled: the process that cancels the videos may be dead, or slow."""
    if video.batch_id is None:
        return False
    with suppress(BatchNotFoundError, UnreadableRecordError):
        return ports.batches.get(video.batch_id).cancelled_at is not None
    return False


def _cancel(ports: Ports, video: Video) -> None:
    change_video(ports, video, partial(cancel, now=ports.now()))


def _rate(ports: Ports, video: Video) -> int | None:
    return ports.rates.get(video.parameters.model)


def _keep_operation(ports: Ports, video: Video, accepted: Accepted) -> None:
    expected_at = ports.now() + accepted.expected_in
    transition = partial(
        submission_accepted,
        operation=accepted.operation,
        expected_at=expected_at,
        due_at=expected_at,
    )
    revise(ports, video, transition)
    ask_for_step_later(ports, video, accepted.expected_in)
    look_again(ports, video)


def _take_back(ports: Ports, video: Video, claimed: Video, error: GeneratorBusyError) -> None:
    """Let the video wait where it waited, as `video`, and lower the pace of its model."""
    logger.warning("video.refused: %s", error.message, extra={"video_id": video.id})
    now, has_rate = ports.now(), _rate(ports, video) is not None
    place = place_again(video, limit=queue_limit(ports.policy), now=now) if has_rate else None
    transition = partial(
        take_attempt_back,
        place=video.queue or place,
        due_at=now + error.retry_after,
        deadline_at=video.deadline_at,
    )
    waiting = revise(ports, claimed, transition)
    if has_rate:
        _slow_down(ports, video.parameters.model, error.retry_after)
    else:
        ask_for_step_later(ports, waiting, error.retry_after)
    if waiting.cancel_requested:
        _cancel(ports, waiting)


def _slow_down(ports: Ports, model: str, retry_after: timedelta) -> None:
    """Note a refusal in the pace, once for all that are refused together."""

    def attempt() -> None:
        now = ports.now()
        pace = read_pace(ports, model)
        slower = refused(pace, retry_after=retry_after, now=now)
        slower = slower if slower.waiting_since else replace(slower, waiting_since=now)
        if slower is not pace:
            ports.turns.commit_pace(slower)

    try:
        until_committed(attempt)
    except ShowreelError:
        # The next refusal is noted.
        logger.warning("pace.unchanged", extra={"model": model}, exc_info=True)


def _submission(video: Video) -> Submission:
    attempt = video.attempt.number
    return Submission(
        campaign_id=video.campaign_id,
        video_hash=video.video_hash,
        index=video.index,
        attempt=attempt,
        prompt=video.prompt,
        enhanced_prompt=video.enhanced_prompt,
        parameters=video.parameters,
        output_prefix=attempt_prefix(video.campaign_id, video.video_hash, attempt),
    )
