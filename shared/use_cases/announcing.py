"""Structured lifecycle events in the log: one for each start and end of a video."""

import logging
from datetime import date
from decimal import Decimal
from functools import lru_cache

from shared.domain.campaign import Campaign
from shared.domain.video import Video

logger = logging.getLogger(__name__)


def announce(event: str, video: Video) -> None:
    """Log `event`, such as `video.completed`, with the ids that identify the video.

    `usd` is its price, or 0 if it is simulated: alerts add up what was reserved.
    `requested_by` is the name of the caller's API key.
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
    """Log that 80 % of a campaign's budget are used. Called once, when the limit is crossed."""
    logger.warning(
        "campaign.budget_warning",
        extra={
            "campaign_id": campaign.campaign_id,
            "used_usd": str(campaign.money.committed),
            "budget_usd": str(budget),
        },
    )


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
