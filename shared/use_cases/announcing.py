"""Announce what happens: in the log, and to the webhooks that get an event."""

import logging
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache

from shared.domain.errors import ShowreelError
from shared.domain.events import Event, EventType, VideoFacts, facts_of
from shared.domain.video import Video
from shared.ports import Ports

_WARNINGS = (EventType.BUDGET_WARNING, EventType.WEBHOOK_DISABLED)

logger = logging.getLogger(__name__)


def announce(event: str, video: Video) -> None:
    """Log `event`, such as `video.reserved`, with the ids that identify the video.

    `usd` is its price, or 0 if it is simulated: alerts add up what was reserved.
    `requested_by` is the name of the caller's API key.
    """
    fields = _fields(facts_of(video), video.campaign_id, video.requested_by)
    logger.info(event, extra=fields)


def announce_events(ports: Ports, events: Iterable[Event]) -> None:
    """Log the events of a commit, after it, as `announce` does, and publish them.

    If they cannot be published, the commit is still right: a tick publishes them.
    """
    events = tuple(events)
    for event in events:
        level = logging.WARNING if event.type in _WARNINGS else logging.INFO
        logger.log(level, event.type.value, extra=_fields_of(event))
    if not events:
        return
    try:
        ports.queue.publish_events(*events)
    except ShowreelError:
        logger.warning("events.unpublished", extra={"events": len(events)}, exc_info=True)


def _fields_of(event: Event) -> dict[str, object]:
    if event.video is not None:
        return _fields(event.video, event.campaign_id, event.requested_by)
    if event.unreadable is not None:
        known = {"campaign_id": event.campaign_id, "index": event.unreadable.index}
        return {"video_id": event.unreadable.id, **known, "phase": "unreadable"}
    if event.batch_id:
        return {"batch_id": event.batch_id, "lines": event.lines}
    if event.review is not None:
        about = {"review_id": event.review.id, "video_id": event.review.video_id}
        return {"campaign_id": event.campaign_id, **about}
    if event.webhook_id:
        return {"webhook_id": event.webhook_id, "reason": event.reason}
    return {
        "campaign_id": event.campaign_id,
        "used_usd": str(event.used_usd),
        "budget_usd": str(event.budget_usd),
    }


def _fields(video: VideoFacts, campaign_id: str, requested_by: str | None) -> dict[str, object]:
    return {
        "video_id": video.id,
        "campaign_id": campaign_id,
        "index": video.index,
        "phase": video.phase,
        "requested_by": requested_by,
        "failure": video.failure and video.failure.code,
        "usd": 0.0 if video.cost.simulated else float(video.cost.estimated),
    }


def warn_of_day(day: date, *, used: Decimal, budget: Decimal) -> None:
    """Log that 80 % of the installation's budget for a day are used."""
    logger.warning(
        "daily_budget.warning",
        extra={"day": day.isoformat(), "used_usd": str(used), "budget_usd": str(budget)},
    )


@lru_cache(maxsize=4096)
def report_unreadable(record_id: str, detail: str) -> None:
    """Log that a record cannot be read, once in each process."""
    logger.error("record.unreadable", extra={"record_id": record_id, "detail": detail})
