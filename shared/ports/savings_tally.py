"""What the cache saved."""

from decimal import Decimal
from typing import Protocol


class SavingsTally(Protocol):
    """Counts what the cache saved."""

    def add(self, campaign_id: str, amount: Decimal) -> None:
        """Count one hit."""

    def flush(self, campaign_id: str) -> None:
        """Write what was counted, so that a read of the campaign shows it."""
