"""What the cache saved, counted without making every cache hit a write."""

import logging
import threading
import time
from collections import defaultdict
from decimal import Decimal

from shared.domain.campaign import ZERO
from shared.domain.errors import ShowreelError
from shared.ports.campaign_repository import CampaignRepository

logger = logging.getLogger(__name__)

_FLUSH_SECONDS = 1.0


class Savings:
    """Adds hits up for a second and then writes them as one.

    A campaign's record stands about one write a second; a popular campaign is hit far more often.
    A hit after a quiet second is written at once, and what is left is written before the campaign
    is read. A process that is killed loses at most what it had not written of its last second:
    a figure to be proud of, no one's money.
    """

    def __init__(self, campaigns: CampaignRepository) -> None:
        self._campaigns = campaigns
        self._lock = threading.Lock()
        self._amounts: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        self._hits: defaultdict[str, int] = defaultdict(int)
        self._written_at: dict[str, float] = {}

    def add(self, campaign_id: str, amount: Decimal) -> None:
        self._count(campaign_id, amount, 1)
        if time.monotonic() - self._written_at.get(campaign_id, 0.0) >= _FLUSH_SECONDS:
            self.flush(campaign_id)

    def flush(self, campaign_id: str) -> None:
        with self._lock:
            amount = self._amounts.pop(campaign_id, ZERO)
            hits = self._hits.pop(campaign_id, 0)
            if hits:
                self._written_at[campaign_id] = time.monotonic()
        if not hits:
            return
        try:
            self._campaigns.add_savings(campaign_id, amount, hits)
        except ShowreelError:
            # What the cache has can be answered, also where nothing can be written.
            logger.warning("savings.unwritten", extra={"campaign_id": campaign_id}, exc_info=True)
            self._count(campaign_id, amount, hits)

    def flush_all(self) -> None:
        for campaign_id in list(self._hits):
            self.flush(campaign_id)

    def _count(self, campaign_id: str, amount: Decimal, hits: int) -> None:
        with self._lock:
            self._amounts[campaign_id] += amount
            self._hits[campaign_id] += hits
