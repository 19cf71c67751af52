"""What the cache saved, counted without a write for each cache hit."""

import logging
import threading
import time

from shared.domain.campaign import Campaign
from shared.domain.errors import ShowreelError
from shared.domain.money import Savings
from shared.domain.values import replace
from shared.ports.campaign_repository import CampaignRepository

logger = logging.getLogger(__name__)

_WRITE_SECONDS = 1.0


class SavingsCounter:
    """Sums the cache hits of a campaign, and writes them at most once a second.

    A killed process loses the unwritten part. These are statistics only.
    """

    def __init__(self, campaigns: CampaignRepository) -> None:
        self._campaigns = campaigns
        self._lock = threading.Lock()
        self._unwritten: dict[str, Savings] = {}
        self._written_at: dict[str, float] = {}

    def add(self, campaign_id: str, saving: Savings) -> None:
        now = time.monotonic()
        with self._lock:
            self._unwritten[campaign_id] = self._of(campaign_id) + saving
            recent = {key: at for key, at in self._written_at.items() if now - at < _WRITE_SECONDS}
            self._written_at = {campaign_id: now, **recent}
        if campaign_id not in recent:
            self._write(campaign_id)

    def included_in(self, campaign: Campaign) -> Campaign:
        """Return the campaign with the unwritten savings of this process."""
        with self._lock:
            unwritten = self._of(campaign.campaign_id)
        return replace(campaign, savings=campaign.savings + unwritten)

    def unwritten(self) -> Savings:
        with self._lock:
            return sum(self._unwritten.values(), Savings())

    def write_all(self) -> None:
        for campaign_id in list(self._unwritten):
            self._write(campaign_id)

    def _write(self, campaign_id: str) -> None:
        with self._lock:
            saving = self._unwritten.pop(campaign_id, None)
        if saving is None:
            return
        try:
            self._campaigns.add_savings(campaign_id, saving.amount, saving.hits)
        except ShowreelError:
            # A cache hit is answered even if the savings cannot be written.
            logger.warning("savings.unwritten", extra={"campaign_id": campaign_id}, exc_info=True)
            with self._lock:
                self._unwritten[campaign_id] = self._of(campaign_id) + saving

    def _of(self, campaign_id: str) -> Savings:
        return self._unwritten.get(campaign_id, Savings())
