"""What callers may send over HTTP alone, with what they ask for in the path."""

from decimal import Decimal

from msgspec import UNSET, UnsetType

from shared.requests.parsing import Body


class SignedUrlBody(Body):
    ttl_seconds: int = 900
    variant: str = "video"
    method: str = "GET"


class CleanupBody(Body):
    keep_last: int = 0
    dry_run: bool = True


class RegenerateBody(Body):
    max_cost_usd: Decimal | None = None


class CampaignBody(Body):
    """What is left out stays as it is; null is no budget of its own."""

    budget_usd: Decimal | UnsetType | None = UNSET


class SessionBody(Body):
    key: str


class EmptyBody(Body):
    """Nothing may be said."""
