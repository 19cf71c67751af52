"""As what a video of a batch stays counted when it is removed."""

from decimal import Decimal

from msgspec import Struct

from shared.domain.money import ZERO
from shared.domain.video import Phase, Video


class BatchShare(Struct, frozen=True, kw_only=True):
    """What a removed video is in the totals of its batch."""

    batch_id: str
    phase: Phase
    usd: Decimal = ZERO


def share_of(video: Video) -> BatchShare | None:
    """Return None for a video of no batch, or one that has not ended."""
    if video.batch_id is None or not video.has_ended:
        return None
    return BatchShare(batch_id=video.batch_id, phase=video.phase, usd=video.cost.actual or ZERO)
