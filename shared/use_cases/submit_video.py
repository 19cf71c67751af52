"""The one step that costs money: recorded before it is taken, and never repeated blindly."""

import logging
from functools import partial

from shared.domain.clip import room_for
from shared.domain.errors import (
    GenerationRefusedError,
    GeneratorBusyError,
    RetryLaterError,
    SubmissionUnknownError,
)
from shared.domain.schedule import RECHECK_AFTER
from shared.domain.storage_layout import attempt_prefix
from shared.domain.versions import cancel
from shared.domain.video import AttemptOutcome, Video
from shared.domain.video_steps import (
    begin_attempt,
    outcome_unknown,
    submission_accepted,
    submission_postponed,
)
from shared.ports import Ports
from shared.ports.video_generator import Accepted, Submission
from shared.use_cases.announcing import announce
from shared.use_cases.check_operation import look_again
from shared.use_cases.committing import decide, revise
from shared.use_cases.fail_video import fail_video
from shared.use_cases.publishing import ask_for_step_later

logger = logging.getLogger(__name__)


def submit_video(ports: Ports, video: Video) -> None:
    """Submit a reserved video once, unless it was cancelled while it had to wait.

    The process that commits the attempt makes it. A crash before the operation's name is stored
    leaves the phase `submitting`, from which no step leads to another submission.
    Raise UnavailableError, with nothing recorded, if the clip could not be stored.
    """
    now = ports.now()
    if video.cancel_requested:
        change = decide(ports, video, partial(cancel, now=now))
        announce("video.cancelled", change.videos[0])
        return
    if video.attempts and video.due_at is not None and now < video.due_at:
        raise RetryLaterError("The generator asked to wait.", retry_after=video.due_at - now)
    # No attempt is made if the clip could not be stored or the generator has no credentials.
    ports.storage_probe.require(room_for((video.parameters,)))
    generator = ports.generator
    submitting = begin_attempt(video, now=now, lease_expires_at=now + ports.leases.submit)
    # The bucket that does not take this file would not take the clip either.
    ports.mirror.write_submission(submitting)
    claimed = ports.campaigns.commit_video(submitting)
    try:
        accepted = generator.submit(_submission(claimed))
    except GeneratorBusyError as error:
        _postpone(ports, claimed, error)
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


def _postpone(ports: Ports, video: Video, error: GeneratorBusyError) -> None:
    revise(ports, video, partial(submission_postponed, until=ports.now() + error.retry_after))
    raise RetryLaterError(error.message, retry_after=error.retry_after) from error


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
