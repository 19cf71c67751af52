"""A video: one generated version for one slot, and the steps that it may take by itself.

reserved ─▶ submitting ─▶ generating ─▶ storing ─▶ done
    ▲            │ busy       │ filtered   │
    └────────────┤            ├────────────┴──▶ failed
                 ├▶ outcome_unknown ─▶ storing | failed
                 └▶ storing, where the answer was lost and its clip is there

Steps that change the campaign too (done, failed, cancelled) are in `versions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shared.domain.clip import ClipFacts
from shared.domain.errors import WrongStateError
from shared.domain.identity import video_id


class Phase(StrEnum):
    RESERVED = "reserved"
    SUBMITTING = "submitting"
    GENERATING = "generating"
    STORING = "storing"
    OUTCOME_UNKNOWN = "outcome_unknown"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Status(StrEnum):
    """The few words of the public API for a phase."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"


class VersionState(StrEnum):
    PENDING = "pending"
    CURRENT = "current"
    HISTORICAL = "historical"


class AttemptOutcome(StrEnum):
    OPEN = "open"
    BILLED = "billed"
    NOT_BILLED = "not_billed"
    POSSIBLY_BILLED = "possibly_billed"


ENDED = frozenset({Phase.DONE, Phase.FAILED, Phase.CANCELLED})

_STATUS = {
    Phase.RESERVED: Status.QUEUED,
    Phase.SUBMITTING: Status.QUEUED,
    Phase.GENERATING: Status.IN_PROGRESS,
    Phase.STORING: Status.IN_PROGRESS,
    Phase.OUTCOME_UNKNOWN: Status.IN_PROGRESS,
    Phase.DONE: Status.COMPLETED,
    Phase.FAILED: Status.FAILED,
    Phase.CANCELLED: Status.FAILED,
}


def phases_of(status: str) -> tuple[Phase, ...]:
    """Return the phases that `status` stands for; none, if it is not a word of the API."""
    return tuple(phase for phase in Phase if _STATUS[phase] == status)


@dataclass(frozen=True, kw_only=True)
class GenerationParameters:
    """What the model is asked for, under Google's own names."""

    model: str
    duration_seconds: int = 8
    aspect_ratio: str = "16:9"
    resolution: str = "720p"
    fps: int = 24
    generate_audio: bool = True
    negative_prompt: str | None = None
    seed: int | None = None
    person_generation: str | None = None


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One submission. It is recorded before it is made, and its output prefix is its own."""

    number: int
    submitted_at: datetime
    operation: str | None = None
    expected_at: datetime | None = None
    outcome: AttemptOutcome = AttemptOutcome.OPEN


@dataclass(frozen=True, kw_only=True)
class Cost:
    """In USD. A simulated video is priced like the model it stands for, and nobody is billed."""

    estimated: Decimal
    actual: Decimal | None = None
    basis: str
    simulated: bool
    currency: str = "USD"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """`code` is one of few words, for programs; `message` is a sentence, for people."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Video:
    """The record of a video. `version_state` is None for one that failed or was cancelled.

    `due_at` is when the tick should look at it, if nothing else does before.
    `budget_day` is the day whose budget holds its dollars; None where no day has one.
    `store_tries` counts the tries to store its clip whose process vanished.
    `clip` is known once the clip is verified and stored, which may be before the video is done.
    `requested_by` is the name of the API key that it was asked for with.
    `revision` is what the record was read at; empty for one that was never stored.
    `unread` is what a newer version wrote and this one does not know; it is stored again.
    """

    campaign_id: str
    video_hash: str
    index: int
    phase: Phase
    version_state: VersionState | None
    prompt: str
    business_context: Mapping[str, str]
    enhanced_prompt: str
    parameters: GenerationParameters
    fingerprint: str
    cost: Cost
    created_at: datetime
    deadline_at: datetime
    due_at: datetime | None
    lease_expires_at: datetime | None = None
    cancel_requested: bool = False
    budget_day: date | None = None
    store_tries: int = 0
    attempts: tuple[Attempt, ...] = ()
    completed_at: datetime | None = None
    clip: ClipFacts | None = None
    failure: Failure | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    requested_by: str | None = None
    revision: str = ""
    unread: Mapping[tuple[object, ...], Mapping[str, Any]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return video_id(self.campaign_id, self.video_hash)

    @property
    def status(self) -> Status:
        return _STATUS[self.phase]

    @property
    def is_current(self) -> bool:
        return self.version_state is VersionState.CURRENT

    @property
    def has_ended(self) -> bool:
        return self.phase in ENDED

    @property
    def attempt(self) -> Attempt:
        """The latest one."""
        return self.attempts[-1]

    @property
    def accepted_attempts(self) -> int:
        return sum(attempt.operation is not None for attempt in self.attempts)

    @property
    def is_possibly_billed(self) -> bool:
        """Whether its dollars are held as possibly spent rather than as reserved."""
        return bool(self.attempts) and self.attempt.outcome is AttemptOutcome.POSSIBLY_BILLED

    def stands_as(self, earlier: "Video") -> bool:
        """Whether nobody has taken a step with it since `earlier` was read."""
        return (self.phase, self.lease_expires_at) == (earlier.phase, earlier.lease_expires_at)

    def is_leased(self, now: datetime) -> bool:
        return self.lease_expires_at is not None and now < self.lease_expires_at


def begin_attempt(video: Video, *, now: datetime, lease_expires_at: datetime) -> Video:
    """A video that was cancelled while its submission was postponed is not submitted again."""
    _require_phase(video, Phase.RESERVED)
    if video.cancel_requested:
        raise WrongStateError(f"The video {video.id} was cancelled.")
    attempt = Attempt(number=len(video.attempts) + 1, submitted_at=now)
    return replace(
        video,
        phase=Phase.SUBMITTING,
        attempts=(*video.attempts, attempt),
        lease_expires_at=lease_expires_at,
        due_at=lease_expires_at,
    )


def submission_accepted(
    video: Video, *, operation: str, expected_at: datetime, due_at: datetime
) -> Video:
    """The operation's name is known. It is also good news for a submission held for unknown."""
    _require_phase(video, Phase.SUBMITTING, Phase.OUTCOME_UNKNOWN)
    return replace(
        _with_attempt(video, operation=operation, expected_at=expected_at),
        phase=Phase.GENERATING,
        lease_expires_at=None,
        due_at=due_at,
    )


def submission_postponed(video: Video, *, until: datetime) -> Video:
    """Nothing was accepted: the video waits for its next attempt."""
    _require_phase(video, Phase.SUBMITTING)
    return replace(
        _with_attempt(video, outcome=AttemptOutcome.NOT_BILLED),
        phase=Phase.RESERVED,
        lease_expires_at=None,
        due_at=until,
    )


def outcome_unknown(video: Video, *, due_at: datetime) -> Video:
    """The submission may have been accepted. From here no way leads to another submission."""
    _require_phase(video, Phase.SUBMITTING, Phase.GENERATING, Phase.OUTCOME_UNKNOWN)
    return replace(video, phase=Phase.OUTCOME_UNKNOWN, lease_expires_at=None, due_at=due_at)


def begin_check(video: Video, *, lease_expires_at: datetime) -> Video:
    _require_phase(video, Phase.GENERATING)
    return replace(video, lease_expires_at=lease_expires_at, due_at=lease_expires_at)


def still_generating(video: Video, *, due_at: datetime) -> Video:
    _require_phase(video, Phase.GENERATING)
    return replace(video, lease_expires_at=None, due_at=due_at)


def begin_storing(video: Video, *, lease_expires_at: datetime) -> Video:
    """A clip is there: whatever was not known of its submission, it was accepted.

    A failed video that may have been billed comes here when its clip is late.
    """
    late = video.phase is Phase.FAILED and video.is_possibly_billed
    if not late:
        _require_phase(
            video, Phase.SUBMITTING, Phase.GENERATING, Phase.OUTCOME_UNKNOWN, Phase.STORING
        )
    return replace(
        video,
        phase=Phase.STORING,
        store_tries=video.store_tries + 1,
        lease_expires_at=lease_expires_at,
        due_at=lease_expires_at,
    )


def clip_stored(video: Video, *, clip: ClipFacts) -> Video:
    """The clip is verified and has its name. Only the commit that shows it is missing."""
    _require_phase(video, Phase.STORING)
    return replace(video, clip=clip)


def given_back(video: Video, claimed: Video, *, due_at: datetime) -> Video:
    """The step that claimed the video as `claimed` ended early, and its process goes on.

    Such a step does not count as a try to store the clip. Its lease ends, unless another step
    holds the video by now.
    """
    if claimed.phase is Phase.STORING and video.phase is Phase.STORING:
        video = replace(video, store_tries=max(video.store_tries - 1, 0))
    if video.stands_as(claimed):
        video = replace(video, lease_expires_at=None, due_at=due_at)
    return video


def submit_again(video: Video, *, due_at: datetime) -> Video:
    """The attempt was accepted, made nothing and was not billed: the video waits for another."""
    _require_phase(video, Phase.GENERATING)
    return replace(
        _with_attempt(video, outcome=AttemptOutcome.NOT_BILLED),
        phase=Phase.RESERVED,
        lease_expires_at=None,
        due_at=due_at,
    )


def looked_at_late(video: Video, *, due_at: datetime | None) -> Video:
    """Nothing new is known of a failed video that may have been billed."""
    _require_phase(video, Phase.FAILED)
    return replace(video, due_at=due_at)


def looked_at_next(video: Video, *, due_at: datetime) -> Video:
    """Let the tick look at it at another time. One that has nothing to wait for stays so."""
    return video if video.due_at is None else replace(video, due_at=due_at)


def wanted_again(video: Video) -> Video:
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
