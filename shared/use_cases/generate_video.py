"""Take a video one step forward. Any step may run twice, late, or at the same time elsewhere."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from shared.domain.clip import room_for
from shared.domain.errors import (
    CampaignNotFoundError,
    ConflictError,
    ObjectNotFoundError,
    RetryLaterError,
    ShowreelError,
    StorageError,
    StorageFullError,
    UnavailableError,
    UnreadableRecordError,
    VideoNotFoundError,
    WrongStateError,
)
from shared.domain.identity import video_id
from shared.domain.schedule import BROKEN_RETRY, STORE_TRIES
from shared.domain.video import AttemptOutcome, Phase, Video
from shared.domain.video_steps import schedule_next_step
from shared.ports import Ports
from shared.ports.message_queue import VideoMessage
from shared.ports.policy import queue_limit
from shared.ports.video_generator import Failed, Succeeded
from shared.use_cases.announcing import report_unreadable
from shared.use_cases.check_operation import check_late, check_operation, look_for_clip, usd_of
from shared.use_cases.committing import read_both, revise
from shared.use_cases.fail_video import fail_video
from shared.use_cases.finding_clips import find_clip
from shared.use_cases.holding import retry_after
from shared.use_cases.mirroring import mirror_video
from shared.use_cases.publishing import ask_for_step_later
from shared.use_cases.store_video import store_video
from shared.use_cases.submit_video import submit_video

_TIMEOUT = (
    "provider_timeout",
    "The video was not finished within its deadline. Create it again.",
)
_QUEUE_TIMEOUT = (
    "queue_timeout",
    "The video had no turn in time (QUEUE_LIMIT_HOURS), and nothing is billed. Create it again.",
)

logger = logging.getLogger(__name__)


def generate_video(ports: Ports, message: VideoMessage) -> None:
    """Return when the message can be acknowledged.

    Raise RetryLaterError, and no other, if it must be delivered again: a store does not answer.
    Every other outcome is in the video's record, and the tick wakes the video when it is due. An
    error that no retry can fix is logged and not delivered again.
    """
    about = {"video_id": video_id(message.campaign_id, message.video_hash)}
    try:
        if _step_unless_overtaken(ports, message):
            mirror_video(ports, message.campaign_id, message.video_hash)
    except (CampaignNotFoundError, VideoNotFoundError):
        logger.info("message.without_video", extra=about)
    except WrongStateError:
        logger.info("message.overtaken", extra=about)
    except UnreadableRecordError as error:
        report_unreadable(about["video_id"], error.message)
        _look_again_later(ports, message, BROKEN_RETRY)
    except StorageError:
        logger.exception("message.given_up", extra=about)
        _look_again_later(ports, message, BROKEN_RETRY)
    except (ConflictError, ObjectNotFoundError) as error:
        logger.warning("message.postponed", extra=about, exc_info=True)
        _look_again_later(ports, message, retry_after(error))
    except UnavailableError as error:
        logger.warning("message.postponed", extra=about, exc_info=True)
        if message.turn is None:
            raise RetryLaterError(error.message, retry_after=retry_after(error)) from error
        # The video is given another turn.


def _step_unless_overtaken(ports: Ports, message: VideoMessage) -> bool:
    """Return whether a step was taken.

    No step is taken while another one holds the video, or if its turn is already used.

    Raise ConflictError if the step lost a race and no other step holds the video.
    """
    video, replacing = _read(ports, message)
    is_used = message.turn is not None and video.phase is not Phase.RESERVED
    if is_used or video.is_leased(ports.now()):
        return False
    try:
        if message.clip_path and _may_store_announced(video):
            _store_announced(ports, video, message.clip_path, replacing)
        else:
            _step(ports, video, turn=message.turn)
    except ConflictError:
        latest = ports.campaigns.get_video(message.campaign_id, message.video_hash)
        is_where_it_was = latest.phase in (video.phase, Phase.STORING)
        if latest.has_ended or latest.is_leased(ports.now()) or not is_where_it_was:
            raise WrongStateError(f"Another step has changed the video {latest.id}.") from None
        raise
    return True


def _read(ports: Ports, message: VideoMessage) -> tuple[Video, str | None]:
    """Return the video, and for an announced clip the hash of the video that it may replace."""
    if message.clip_path is None:
        return ports.campaigns.get_video(message.campaign_id, message.video_hash), None
    campaign, video = read_both(ports, message.campaign_id, message.video_hash)
    current = campaign.slot(video.index).current
    return video, current.video_hash if current else None


def _look_again_later(ports: Ports, message: VideoMessage, wait: timedelta) -> None:
    """Let the next step be due after `wait` at the latest, if the video's record can be read.

    A video that waits for its turn leaves its place, so that one that cannot be submitted does not
    use the turns of others.
    """
    with suppress(ShowreelError):
        video = ports.campaigns.get_video(message.campaign_id, message.video_hash)
        due_at = ports.now() + wait
        is_later = video.queue is None and video.due_at is not None and video.due_at > due_at
        if is_later or wait >= BROKEN_RETRY:
            revise(ports, video, partial(schedule_next_step, due_at=due_at))
        ask_for_step_later(ports, video, wait)


def _step(ports: Ports, video: Video, *, turn: datetime | None) -> None:
    if video.phase is Phase.STORING and video.store_tries >= STORE_TRIES:
        _give_up_storing(ports, video)
    elif _is_overdue(ports, video):
        _end_overdue(ports, video)
    elif video.phase is Phase.RESERVED:
        submit_video(ports, video, turn=turn)
    elif video.phase is Phase.GENERATING:
        check_operation(ports, video)
    elif video.phase in (Phase.SUBMITTING, Phase.OUTCOME_UNKNOWN):
        look_for_clip(ports, video)
    elif video.phase is Phase.STORING:
        store_video(ports, video)
    elif video.is_possibly_billed:
        check_late(ports, video)


def _may_store_announced(video: Video) -> bool:
    """Whether an announced clip is the next step: without a poll, the operation has ended."""
    return video.phase in (Phase.SUBMITTING, Phase.GENERATING, Phase.OUTCOME_UNKNOWN)


def _store_announced(ports: Ports, video: Video, path: str, replacing: str | None) -> None:
    usd = usd_of(ports, video)
    try:
        store_video(ports, video, path, replacing=replacing, usd=usd)
    except ObjectNotFoundError:
        # It was removed. The tick asks the generator when the video is due.
        logger.warning("clip.missing", extra={"video_id": video.id})


def _give_up_storing(ports: Ports, video: Video) -> None:
    """Fail the video: its clip was paid for and is kept, but ends every process that stores it."""
    fail_video(
        ports,
        video,
        code="invalid_output",
        message=(
            f"The clip could not be stored: {STORE_TRIES} tries ended with their process. It is "
            f"kept as the generator left it."
        ),
        outcome=AttemptOutcome.BILLED,
    )


def _is_overdue(ports: Ports, video: Video) -> bool:
    deadline_at = video.deadline_at
    if video.phase is Phase.RESERVED and video.queue is None:
        # Until 0.5: in 0.2 the deadline of a submission began with the creation.
        deadline_at = max(deadline_at, video.created_at + queue_limit(ports.policy))
    return not video.has_ended and ports.now() >= deadline_at


def _end_overdue(ports: Ports, video: Video) -> None:
    """Store a clip that exists at the deadline; else fail the video."""
    logger.warning("video.overdue", extra={"video_id": video.id, "phase": video.phase})
    if video.phase is Phase.RESERVED:
        code, message = _why_not_submitted(ports, video)
        outcome = AttemptOutcome.NOT_BILLED
        fail_video(ports, video, code=code, message=message, outcome=outcome)
        return
    if video.phase is Phase.GENERATING and _has_result(ports, video):
        check_operation(ports, video)
        return
    if (found := find_clip(ports, video)) is not None:
        store_video(ports, video, found.path)
        return
    code, message = _TIMEOUT
    outcome = AttemptOutcome.POSSIBLY_BILLED
    fail_video(ports, video, code=code, message=message, outcome=outcome)


def _why_not_submitted(ports: Ports, video: Video) -> tuple[str, str]:
    try:
        ports.storage_probe.require(room_for((video.parameters,)))
    except StorageFullError as error:
        return error.code, error.message
    except UnavailableError as error:
        return StorageError.code, error.message
    return _QUEUE_TIMEOUT


def _has_result(ports: Ports, video: Video) -> bool:
    """Whether the operation ended while nothing was checked, such as during a laptop's sleep."""
    try:
        state = ports.generator.check(video.attempt.operation or "")
    except UnavailableError:
        return False
    return isinstance(state, Failed | Succeeded)
