"""A video: one generated version for one slot. `video_steps` shows its phases."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from shared.domain.clip import ClipFacts
from shared.domain.identity import video_id
from shared.domain.inputs import Inputs, Picture


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
    """The public status of a phase."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"


class VersionState(StrEnum):
    PENDING = "pending"
    CURRENT = "current"
    HISTORICAL = "historical"
    TRASHED = "trashed"


class Lane(StrEnum):
    """The lanes of the queue: what a person waits for is submitted before bulk work."""

    INTERACTIVE = "interactive"
    BULK = "bulk"


class Outcome(StrEnum):
    """How a video answers one of the prompts of a request."""

    CREATED = "created"
    ATTACHED = "attached"
    CACHE_HIT = "cache_hit"


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
    """Return the phases of a `status`; none for an unknown status."""
    return tuple(phase for phase in Phase if _STATUS[phase] == status)


class GenerationParameters(Struct, frozen=True, kw_only=True):
    """What the model is asked for, under Google's own names.

    `inputs` is None for a video that is made from text alone. `duration_seconds` of an extension
    are those that it adds.
    """

    model: str
    duration_seconds: int = 8
    aspect_ratio: str = "16:9"
    resolution: str = "720p"
    fps: int = 24
    generate_audio: bool = True
    negative_prompt: str | None = None
    seed: int | None = None
    person_generation: str | None = None
    inputs: Inputs | None = None

    @property
    def source_clip(self) -> Picture | None:
        """The clip that is extended or edited."""
        return self.inputs.clip if self.inputs else None

    @property
    def clip_seconds(self) -> float:
        """How long the clip is to be. That of an extension begins with what it extends."""
        own = self.duration_seconds
        return self.inputs.clip_seconds(own) if self.inputs else own


class Attempt(Struct, frozen=True, kw_only=True):
    """One submission. It is recorded before it is made, and its output prefix is its own."""

    number: int
    submitted_at: datetime
    operation: str | None = None
    expected_at: datetime | None = None
    outcome: AttemptOutcome = AttemptOutcome.OPEN


class QueuePlace(Struct, frozen=True, kw_only=True):
    """Where a video waits: in a lane, the earliest `order` is next. It fails at `limit_at`."""

    lane: Lane
    order: datetime
    limit_at: datetime


class Cost(Struct, frozen=True, kw_only=True):
    """In USD. A simulated video has the price of the simulated model; nothing is billed.

    `actual` is set at the end, or when the generator has said what it used.
    """

    estimated: Decimal
    actual: Decimal | None = None
    basis: str
    simulated: bool
    currency: str = "USD"


class Failure(Struct, frozen=True, kw_only=True):
    """`code` is one of few words, for programs; `message` is a sentence, for people."""

    code: str
    message: str


class Video(Struct, frozen=True, kw_only=True):
    """The record of a video. `version_state` is None for one that failed or was cancelled.

    `due_at` is when the tick should look at it, if nothing else does before. In the `queue`, it is
    the limit of its waiting, as is `deadline_at` until an attempt: the giver of turns finds it.
    `refusals` counts the submissions that a busy generator did not accept: none is an attempt.
    `budget_day` is the day whose budget holds its dollars; None where no day has one.
    `store_tries` counts the tries to store its clip whose process vanished.
    `clip` is known once the clip is verified and stored, which may be before the video is done.
    `requested_by` is the name of its request's API key, and `batch_id` the batch of its line.
    `shown_until` is when it was last replaced or deleted as the current version.
    A `kept` video is removed by no clean-up. A trashed one is removed at `purge_at`.
    `remixed_from_video_id` is the video that it was made from: a remix, an extension or an edit.
    `revision` is what the record was read at; empty for one that was never stored.
    `unread` has the fields of a newer release that this one does not know; they are stored again.
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
    priority: Lane = Lane.INTERACTIVE
    queue: QueuePlace | None = None
    refusals: int = 0
    completed_at: datetime | None = None
    clip: ClipFacts | None = None
    failure: Failure | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    requested_by: str | None = None
    batch_id: str | None = None
    remixed_from_video_id: str | None = None
    kept: bool = False
    purge_at: datetime | None = None
    shown_until: datetime | None = None
    ai_generated: bool = True
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
    def is_trashed(self) -> bool:
        return self.version_state is VersionState.TRASHED

    @property
    def has_ended(self) -> bool:
        return self.phase in ENDED

    @property
    def attempt(self) -> Attempt:
        """The latest one."""
        return self.attempts[-1]

    @property
    def submissions(self) -> int:
        """The number of attempts so far. Each has its own number and output prefix."""
        return len(self.attempts) + self.refusals

    @property
    def accepted_attempts(self) -> int:
        return sum(attempt.operation is not None for attempt in self.attempts)

    @property
    def is_possibly_billed(self) -> bool:
        """Whether its dollars are held as possibly spent rather than as reserved."""
        return bool(self.attempts) and self.attempt.outcome is AttemptOutcome.POSSIBLY_BILLED

    def is_unchanged_since(self, earlier: "Video") -> bool:
        """Whether no step was taken with it since `earlier` was read."""
        return (self.phase, self.lease_expires_at) == (earlier.phase, earlier.lease_expires_at)

    def is_leased(self, now: datetime) -> bool:
        return self.lease_expires_at is not None and now < self.lease_expires_at
