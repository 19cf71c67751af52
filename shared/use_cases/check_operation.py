"""Check a submission once: its operation, or only its output if the operation's name was lost."""

import logging
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import assert_never

from shared.domain.errors import UnavailableError
from shared.domain.model_registry import MODELS
from shared.domain.queueing import place_again
from shared.domain.schedule import FAULT_RETRY, OUTCOME_WINDOW, RECHECK_AFTER, late_check_at
from shared.domain.versions import clear
from shared.domain.video import AttemptOutcome, Video
from shared.domain.video_steps import (
    begin_check,
    outcome_unknown,
    schedule_late_check,
    still_generating,
    submit_again,
)
from shared.ports import Ports
from shared.ports.policy import queue_limit
from shared.ports.video_generator import (
    FILTERED,
    Failed,
    Gone,
    OperationState,
    Running,
    Succeeded,
)
from shared.use_cases.announcing import announce
from shared.use_cases.committing import change_video, revise_held
from shared.use_cases.fail_video import fail_video
from shared.use_cases.finding_clips import find_clip, find_generated_clip
from shared.use_cases.holding import holding
from shared.use_cases.publishing import ask_for_step, ask_for_step_later
from shared.use_cases.store_video import store_video

logger = logging.getLogger(__name__)


def check_operation(ports: Ports, video: Video) -> None:
    """Finish the video if its operation is done, else schedule the next check."""
    lease_expires_at = ports.now() + ports.leases.check
    claimed = ports.campaigns.commit_video(begin_check(video, lease_expires_at=lease_expires_at))
    with holding(ports, claimed):
        _act_on(ports, claimed, _ask(ports, claimed))


def _ask(ports: Ports, video: Video) -> OperationState:
    """A generator that does not answer is asked again when the video is due, with no redelivery."""
    operation = video.attempt.operation or ""
    try:
        if video.cancel_requested:
            ports.generator.cancel(operation)
        return ports.generator.check(operation)
    except UnavailableError:
        logger.warning("generator.unavailable", extra={"video_id": video.id}, exc_info=True)
        return Running(check_after=FAULT_RETRY)


def _act_on(ports: Ports, video: Video, state: OperationState) -> None:
    match state:
        case Running(check_after=check_after):
            _wait(ports, video, still_generating, delay=check_after)
        case Succeeded(clip_path=path, usd=usd):
            store_video(ports, video, path, usd=usd)
        case Failed(code=code, possibly_billed=False) if (
            code == FILTERED and _may_be_submitted_again(ports, video)
        ):
            _submit_again(ports, video)
        case Failed(possibly_billed=True) if found := find_generated_clip(ports, video):
            # An operation may fail after its clip was written.
            store_video(ports, video, found.path)
        case Failed(code=code, message=message, possibly_billed=held):
            outcome = AttemptOutcome.POSSIBLY_BILLED if held else AttemptOutcome.NOT_BILLED
            fail_video(ports, video, code=code, message=message, outcome=outcome)
            if held:
                look_again(ports, video)
        case Gone():
            look_for_clip(ports, video)
        case _:
            assert_never(state)


def _may_be_submitted_again(ports: Ports, video: Video) -> bool:
    """Submit again: a filtered clip is not billed, and the same prompt often passes later."""
    retries = video.accepted_attempts - 1
    return (
        retries < ports.policy.filtered_retries
        and not video.cancel_requested
        and ports.now() < video.deadline_at
    )


def _submit_again(ports: Ports, video: Video) -> None:
    now, limit = ports.now(), queue_limit(ports.policy)
    has_rate = ports.rates.get(video.parameters.model) is not None
    place = place_again(video, limit=limit, now=now) if has_rate else None
    again = submit_again(video, place=place, due_at=now, deadline_at=now + limit)
    ask_for_step(ports, ports.campaigns.commit_video(again))


def look_for_clip(ports: Ports, video: Video) -> None:
    """Adopt the clip of a submission of unknown outcome, or fail the video after the window."""
    if (found := find_clip(ports, video)) is not None:
        store_video(ports, video, found.path)
        return
    if ports.now() < video.attempt.submitted_at + OUTCOME_WINDOW:
        _wait(ports, video, outcome_unknown, delay=RECHECK_AFTER)
        return
    fail_video(
        ports,
        video,
        code="outcome_unknown",
        message=(
            "It is not known whether the generator accepted the submission, and no clip appeared. "
            "Nothing was submitted again; the price is held as possibly spent."
        ),
        outcome=AttemptOutcome.POSSIBLY_BILLED,
    )
    look_again(ports, video)


def look_again(ports: Ports, video: Video) -> None:
    """Request the next step if the clip exists. The lease must be released.

    A delivery that announces a clip is dropped while another delivery holds the lease.
    """
    if find_generated_clip(ports, video) is not None:
        ask_for_step(ports, video)


def _wait(
    ports: Ports, video: Video, transition: Callable[..., Video], *, delay: timedelta
) -> None:
    """Release `video` until it is due again, unless its clip exists.

    The bucket may announce a clip before its operation is done, and that delivery is dropped while
    the lease is held. Therefore the clip is looked for after the release.
    """
    due_at = ports.now() + delay
    waiting = revise_held(ports, video, partial(transition, due_at=due_at))
    if (found := find_generated_clip(ports, waiting)) is not None:
        store_video(ports, waiting, found.path)
        return
    ask_for_step_later(ports, video, delay)


def check_late(ports: Ports, video: Video) -> None:
    """Store a late clip, free dollars that were not billed, or schedule the next check."""
    found = find_clip(ports, video)
    state = (
        _state_of(ports, video)
        if found is None
        else Succeeded(clip_path=found.path, usd=usd_of(ports, video))
    )
    # A generator that returns the clip in its answer has stored it during this check.
    if isinstance(state, Succeeded):
        logger.info("video.late_success", extra={"video_id": video.id})
        store_video(ports, video, state.clip_path, usd=state.usd)
    elif isinstance(state, Failed) and not state.possibly_billed:
        change = change_video(ports, video, partial(clear, now=ports.now()))
        announce("video.cleared", change.videos[0])
    else:
        following = late_check_at(video.attempt.submitted_at, now=ports.now())
        ports.campaigns.commit_video(schedule_late_check(video, due_at=following))


def _state_of(ports: Ports, video: Video) -> OperationState | None:
    """Return None if the operation's name is not known, or the generator does not answer."""
    if video.attempt.operation is None:
        return None
    try:
        return ports.generator.check(video.attempt.operation)
    except UnavailableError:
        return None


def usd_of(ports: Ports, video: Video) -> Decimal | None:
    """Ask what the operation of a clip that was found used, if its model is billed by tokens.

    The clip is stored whatever the answer is.
    """
    model = MODELS.get(video.parameters.model)
    if model is None or model.token_prices is None:
        return None
    state = _state_of(ports, video)
    return state.usd if isinstance(state, Succeeded) else None
