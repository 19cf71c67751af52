"""What the world is told: an event in the log for every video that begins or ends."""

import logging
from datetime import date
from decimal import Decimal
from functools import lru_cache

from shared.domain.campaign import Campaign
from shared.domain.video import Video

logger = logging.getLogger(__name__)


def announce(event: str, video: Video) -> None:
    """Log `event`, such as `video.completed`, with what is needed to find the video again.

    `usd` is its price, and nothing where it is simulated: alerts add up what was reserved.
    `requested_by` is who asked for it, where there are API keys.
    """
    logger.info(
        event,
        extra={
            "video_id": video.id,
            "campaign_id": video.campaign_id,
            "index": video.index,
            "phase": video.phase,
            "requested_by": video.requested_by,
            "failure": video.failure and video.failure.code,
            "usd": 0.0 if video.cost.simulated else float(video.cost.estimated),
        },
    )


def warn_of_budget(campaign: Campaign, budget: Decimal | None) -> None:
    """Log that most of a campaign's budget is used; it is told once, when that happens."""
    logger.warning(
        "campaign.budget_warning",
        extra={
            "campaign_id": campaign.campaign_id,
            "used_usd": str(campaign.money.committed),
            "budget_usd": str(budget),
        },
    )


def warn_of_day(day: date, *, used: Decimal, budget: Decimal) -> None:
    """Log the same of a day's budget, that of the whole installation."""
    logger.warning(
        "daily_budget.warning",
        extra={"day": day.isoformat(), "used_usd": str(used), "budget_usd": str(budget)},
    )


@lru_cache(maxsize=4096)
def report_unreadable(record_id: str, detail: str) -> None:
    """Log that a record cannot be read: once in each process, not at each look at it."""
    logger.error("record.unreadable", extra={"record_id": record_id, "detail": detail})
