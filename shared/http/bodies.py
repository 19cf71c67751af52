"""What callers may send over HTTP alone, with what they ask for in the path."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from shared.domain.schedule import LONGEST_SIGNED_LIFE
from shared.requests.bodies import Amount, words
from shared.requests.parsing import Body

LONGEST_LIFE_SECONDS = int(LONGEST_SIGNED_LIFE.total_seconds())

Variant = Annotated[str, words("video", "thumbnail")]


class SignedUrlBody(Body):
    ttl_seconds: Annotated[int, Meta(ge=1, le=LONGEST_LIFE_SECONDS)] = 900
    variant: Variant = "video"
    method: Annotated[str, words("GET", "HEAD")] = "GET"


class CleanupBody(Body):
    keep_last: Annotated[int, Meta(ge=0)] = 0
    dry_run: bool = True


class RegenerateBody(Body):
    max_cost_usd: Amount | None = None


class CampaignBody(Body):
    """What is left out stays as it is; null is no budget of its own."""

    budget_usd: Amount | UnsetType | None = UNSET


class SessionBody(Body):
    key: str


class EmptyBody(Body):
    """Nothing may be said."""
