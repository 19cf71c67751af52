"""Events: what a commit made true, stored by the same commit, for callers and webhooks."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from shared.domain.money import ZERO
from shared.domain.unreadable import Unreadable
from shared.domain.video import Cost, Failure, Phase, Status, Video

_DIGITS = 32


class EventType(StrEnum):
    VIDEO_COMPLETED = "video.completed"
    VIDEO_FAILED = "video.failed"
    VIDEO_CANCELLED = "video.cancelled"
    VIDEO_PROMOTED = "video.promoted"
    VIDEO_TRASHED = "video.trashed"
    VIDEO_RESTORED = "video.restored"
    VIDEO_DELETED = "video.deleted"
    BATCH_COMPLETED = "batch.completed"
    BUDGET_WARNING = "campaign.budget_warning"
    REVIEW_COMMENTED = "review.commented"
    REVIEW_DECIDED = "review.decided"
    WEBHOOK_DISABLED = "webhook.disabled"
    WEBHOOK_TEST = "webhook.test"


_ENDS = {
    Phase.DONE: EventType.VIDEO_COMPLETED,
    Phase.FAILED: EventType.VIDEO_FAILED,
    Phase.CANCELLED: EventType.VIDEO_CANCELLED,
}


class VideoFacts(Struct, frozen=True, kw_only=True):
    """The fields of a video at the moment of its event."""

    id: str
    index: int
    status: Status
    phase: Phase
    batch_id: str | None
    failure: Failure | None
    cost: Cost


class UnreadableFacts(Struct, frozen=True, kw_only=True):
    """What is known of a video whose record cannot be read; `index` is None if no slot names it."""

    id: str
    index: int | None = None


class ReviewFacts(Struct, frozen=True, kw_only=True):
    """Of which version a reviewer has made a comment, or a decision. The other one is empty.

    It has neither words nor a name: those can be deleted with the review, and an event cannot.
    """

    id: str
    video_id: str
    index: int
    comment_id: str = ""
    seconds: float | None = None
    decision: str = ""


class Event(Struct, frozen=True, kw_only=True):
    """An event never changes: it has the facts of its moment, `created_at`.

    `id` is derived from its type, its subject and its moment. The subject is a `video` with its
    `campaign_id`, or an `unreadable` one, or the batch `batch_id` with its number of `lines`, or
    the campaign `campaign_id` that has used `used_usd` of `budget_usd`, or the webhook
    `webhook_id`, disabled for a `reason`, or the `review` of a `campaign_id`.
    `unread` is as in a video.
    """

    id: str
    type: EventType
    created_at: datetime
    campaign_id: str = ""
    requested_by: str | None = None
    video: VideoFacts | None = None
    unreadable: UnreadableFacts | None = None
    batch_id: str = ""
    lines: int = 0
    used_usd: Decimal = ZERO
    budget_usd: Decimal = ZERO
    webhook_id: str = ""
    reason: str = ""
    review: ReviewFacts | None = None
    unread: Mapping[tuple[object, ...], Mapping[str, Any]] = field(default_factory=dict)

    @property
    def video_id(self) -> str:
        """The id of the video that it is about, or nothing."""
        video = self.video or self.unreadable
        return video.id if video else ""


def facts_of(video: Video) -> VideoFacts:
    return VideoFacts(
        id=video.id,
        index=video.index,
        status=video.status,
        phase=video.phase,
        batch_id=video.batch_id,
        failure=video.failure,
        cost=video.cost,
    )


def event_id(kind: EventType, subject: str, at: datetime) -> str:
    """Return the id of an event; `subject` is the id of what it is about."""
    digest = hashlib.sha256(f"{kind}\n{subject}\n{at.isoformat()}".encode())
    return f"evt_{digest.hexdigest()[:_DIGITS]}"


def ends_of(video: Video) -> tuple[Event, ...]:
    """Return the event of a video's present end, or none while it is pending.

    A record of an early release may have no time of its end, and so no event.
    """
    kind, at = _ENDS.get(video.phase), video.completed_at
    return () if kind is None or at is None else (of_video(kind, video, at=at),)


def of_video(kind: EventType, video: Video, *, at: datetime) -> Event:
    return Event(
        id=event_id(kind, video.id, at),
        type=kind,
        created_at=at,
        campaign_id=video.campaign_id,
        requested_by=video.requested_by,
        video=facts_of(video),
    )


def of_unreadable(record: Unreadable, *, index: int | None, at: datetime) -> Event:
    """Return the event that the record of a video was removed, which could not be read."""
    kind = EventType.VIDEO_DELETED
    return Event(
        id=event_id(kind, record.id, at),
        type=kind,
        created_at=at,
        campaign_id=record.campaign_id,
        unreadable=UnreadableFacts(id=record.id, index=index),
    )


def budget_warning(campaign_id: str, *, used: Decimal, budget: Decimal, at: datetime) -> Event:
    """Return the event of a reservation that reaches 80 % of its campaign's budget."""
    kind = EventType.BUDGET_WARNING
    return Event(
        id=event_id(kind, campaign_id, at),
        type=kind,
        created_at=at,
        campaign_id=campaign_id,
        used_usd=used,
        budget_usd=budget,
    )


def of_webhook(kind: EventType, webhook_id: str, *, at: datetime, reason: str = "") -> Event:
    """Return the event that a webhook is disabled, or one that is sent to test it."""
    return Event(
        id=event_id(kind, webhook_id, at),
        type=kind,
        created_at=at,
        webhook_id=webhook_id,
        reason=reason,
    )


def of_review(
    kind: EventType, campaign_id: str, facts: ReviewFacts, *, name: str, at: datetime
) -> Event:
    """Return the event of a comment, or of a decision of `name`, which it does not contain."""
    said = facts.comment_id or f"{facts.video_id}\n{name}\n{facts.decision}"
    return Event(
        id=event_id(kind, f"{facts.id}\n{said}", at),
        type=kind,
        created_at=at,
        campaign_id=campaign_id,
        review=facts,
    )
