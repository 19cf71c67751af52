"""Where a video's dollars are: reserved at first, then spent, possibly spent, or free again."""

from dataclasses import replace
from decimal import Decimal

from shared.domain.campaign import ZERO, Money
from shared.domain.video import AttemptOutcome, Video


def reserve_price(money: Money, video: Video) -> Money:
    return replace(money, reserved=money.reserved + video.cost.estimated)


def settle(money: Money, video: Video, outcome: AttemptOutcome) -> Money:
    """Move the video's dollars from where they are held to where `outcome` says they are."""
    amount = video.cost.estimated
    if video.is_possibly_billed:
        money = replace(money, possibly_spent=money.possibly_spent - amount)
    else:
        money = replace(money, reserved=money.reserved - amount)
    if outcome is AttemptOutcome.POSSIBLY_BILLED:
        return replace(money, possibly_spent=money.possibly_spent + amount)
    if outcome is not AttemptOutcome.BILLED:
        return money
    simulated = amount if video.cost.simulated else ZERO
    return replace(money, spent=money.spent + amount, simulated=money.simulated + simulated)


def charged(video: Video, outcome: AttemptOutcome) -> Decimal | None:
    """Return what `video` did cost, or None while that is not known."""
    if outcome is AttemptOutcome.POSSIBLY_BILLED:
        return None
    return video.cost.estimated if outcome is AttemptOutcome.BILLED else ZERO
