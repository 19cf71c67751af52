"""The steps that a video takes by itself: each returns the record that is to be committed.

reserved ─▶ submitting ─▶ generating ─▶ storing ─▶ done
    ▲            │ busy       │ filtered   │
    └────────────┤            ├────────────┴──▶ failed
                 ├▶ outcome_unknown ─▶ storing | failed
                 └▶ storing, where the answer was lost and its clip is there

Steps that change the campaign too (done, failed, cancelled) are in `versions`.
"""

from datetime import datetime
from decimal import Decimal

from shared.domain.clip import ClipFacts
from shared.domain.errors import WrongStateError
from shared.domain.schedule import DEADLINE
from shared.domain.values import replace
from shared.domain.video import Attempt, AttemptOutcome, Phase, QueuePlace, Video


def begin_attempt(video: Video, *, now: datetime, lease_expires_at: datetime) -> Video:
    """The video leaves the queue, and its deadline begins.

    A video that was cancelled while its submission was refused is not submitted again.
    """
    _require_phase(video, Phase.RESERVED)
    if video.cancel_requested:
        raise WrongStateError(f"The video {video.id} was cancelled.")
    attempt = Attempt(number=video.submissions + 1, submitted_at=now)
    return replace(
        video,
        phase=Phase.SUBMITTING,
        attempts=(*video.attempts, attempt),
        queue=None,
        deadline_at=now + DEADLINE,
        lease_expires_at=lease_expires_at,
        due_at=lease_expires_at,
    )


def submission_accepted(
    video: Video, *, operation: str, expected_at: datetime, due_at: datetime
) -> Video:
    """The operation's name is known, which also settles a submission of unknown outcome."""
    _require_phase(video, Phase.SUBMITTING, Phase.OUTCOME_UNKNOWN)
    return replace(
        _with_attempt(video, operation=operation, expected_at=expected_at),
        phase=Phase.GENERATING,
        lease_expires_at=None,
        due_at=due_at,
    )


def take_place(video: Video, place: QueuePlace) -> Video:
    """Let a reserved video wait for its turn."""
    _require_phase(video, Phase.RESERVED)
    return replace(video, queue=place, deadline_at=place.limit_at, due_at=place.limit_at)


def take_attempt_back(
    video: Video, *, place: QueuePlace | None, due_at: datetime, deadline_at: datetime
) -> Video:
    """A busy generator accepted nothing: the video waits where it waited before the attempt.

    The attempt is removed from the record, and its number is not used again. Without a place, the
    next attempt is due at `due_at`.
    """
    _require_phase(video, Phase.SUBMITTING)
    waiting = replace(
        video,
        phase=Phase.RESERVED,
        attempts=video.attempts[:-1],
        refusals=video.refusals + 1,
        lease_expires_at=None,
        due_at=due_at,
        deadline_at=deadline_at,
    )
    return waiting if place is None else take_place(waiting, place)


def outcome_unknown(video: Video, *, due_at: datetime) -> Video:
    """The submission may have been accepted. It is never submitted again after this."""
    _require_phase(video, Phase.SUBMITTING, Phase.GENERATING, Phase.OUTCOME_UNKNOWN)
    return replace(video, phase=Phase.OUTCOME_UNKNOWN, lease_expires_at=None, due_at=due_at)


def begin_check(video: Video, *, lease_expires_at: datetime) -> Video:
    _require_phase(video, Phase.GENERATING)
    return replace(video, lease_expires_at=lease_expires_at, due_at=lease_expires_at)


def still_generating(video: Video, *, due_at: datetime) -> Video:
    _require_phase(video, Phase.GENERATING)
    return replace(video, lease_expires_at=None, due_at=due_at)


def begin_storing(video: Video, *, lease_expires_at: datetime, usd: Decimal | None = None) -> Video:
    """A clip exists, so the submission was accepted, even if its outcome was unknown.

    `usd` is what it cost, if the generator has said so.

    A failed video that may have been billed takes this step when its clip is late.
    """
    late = video.phase is Phase.FAILED and video.is_possibly_billed
    if not late:
        _require_phase(
            video, Phase.SUBMITTING, Phase.GENERATING, Phase.OUTCOME_UNKNOWN, Phase.STORING
        )
    return replace(
        video,
        phase=Phase.STORING,
        cost=video.cost if usd is None else replace(video.cost, actual=usd),
        store_tries=video.store_tries + 1,
        lease_expires_at=lease_expires_at,
        due_at=lease_expires_at,
    )


def clip_stored(video: Video, *, clip: ClipFacts) -> Video:
    """The clip is verified and has its name. Only the commit that shows it is missing."""
    _require_phase(video, Phase.STORING)
    return replace(video, clip=clip)


def release(video: Video, claimed: Video, *, due_at: datetime) -> Video:
    """The step that claimed the video as `claimed` ended early; its process is alive.

    Such a step does not count as a try to store the clip. Its lease ends, unless another step
    holds the video by now.
    """
    if claimed.phase is Phase.STORING and video.phase is Phase.STORING:
        video = replace(video, store_tries=max(video.store_tries - 1, 0))
    if video.is_unchanged_since(claimed):
        video = replace(video, lease_expires_at=None, due_at=due_at)
    return video


def submit_again(
    video: Video, *, place: QueuePlace | None, due_at: datetime, deadline_at: datetime
) -> Video:
    """The attempt was accepted, made nothing and was not billed: the video waits for another."""
    _require_phase(video, Phase.GENERATING)
    waiting = replace(
        _with_attempt(video, outcome=AttemptOutcome.NOT_BILLED),
        phase=Phase.RESERVED,
        lease_expires_at=None,
        due_at=due_at,
        deadline_at=deadline_at,
    )
    return waiting if place is None else take_place(waiting, place)


def schedule_late_check(video: Video, *, due_at: datetime | None) -> Video:
    """Nothing new is known of a failed video that may have been billed."""
    _require_phase(video, Phase.FAILED)
    return replace(video, due_at=due_at)


def schedule_next_step(video: Video, *, due_at: datetime) -> Video:
    """Make it due at another time, outside the queue. A video that is not due at all stays so."""
    return video if video.due_at is None else replace(video, due_at=due_at, queue=None)


def withdraw_cancellation(video: Video) -> Video:
    """Withdraw a cancellation that came too late: once stored, the video is shown after all."""
    return replace(video, cancel_requested=False)


def with_outcome(video: Video, outcome: AttemptOutcome) -> Video:
    return _with_attempt(video, outcome=outcome) if video.attempts else video


def _with_attempt(video: Video, **changes: object) -> Video:
    latest = replace(video.attempt, **changes)  # type: ignore[arg-type]  # the names are checked by replace
    return replace(video, attempts=(*video.attempts[:-1], latest))


def _require_phase(video: Video, *allowed: Phase) -> None:
    if video.phase not in allowed:
        raise WrongStateError(f"The video {video.id} is {video.phase}.")
