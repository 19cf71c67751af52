"""Accounting of a video's dollars: reserved, then spent, possibly spent, or released.

A campaign's money is the sum over its videos and its removed videos.
"""

from collections.abc import Iterable
from decimal import Decimal

from shared.domain.campaign import Campaign
from shared.domain.money import ZERO, Money
from shared.domain.values import replace
from shared.domain.video import AttemptOutcome, Video


def reserve_price(money: Money, video: Video) -> Money:
    return replace(money, reserved=money.reserved + video.cost.estimated)


def settle(money: Money, video: Video, outcome: AttemptOutcome) -> Money:
    """Move the video's dollars to the account that `outcome` determines.

    What a billed video cost may differ from what was held for it.
    """
    amount = video.cost.estimated
    if video.is_possibly_billed:
        money = replace(money, possibly_spent=money.possibly_spent - amount)
    else:
        money = replace(money, reserved=money.reserved - amount)
    if outcome is AttemptOutcome.POSSIBLY_BILLED:
        return replace(money, possibly_spent=money.possibly_spent + amount)
    if outcome is not AttemptOutcome.BILLED:
        return money
    return money + _spent_on(video)


def charged(video: Video, outcome: AttemptOutcome) -> Decimal | None:
    """Return the actual cost of `video`, or None while it is unknown."""
    if outcome is AttemptOutcome.POSSIBLY_BILLED:
        return None
    return _billed(video) if outcome is AttemptOutcome.BILLED else ZERO


def held_by(video: Video) -> Money:
    """Return the dollars of `video` by account, derived from its attempts."""
    amount = video.cost.estimated
    outcome = video.attempt.outcome if video.attempts else AttemptOutcome.NOT_BILLED
    if outcome is AttemptOutcome.BILLED:
        return _spent_on(video)
    if outcome is AttemptOutcome.POSSIBLY_BILLED:
        return Money(possibly_spent=amount)
    return Money() if video.has_ended else Money(reserved=amount)


def _spent_on(video: Video) -> Money:
    billed = _billed(video)
    return Money(spent=billed, simulated=billed if video.cost.simulated else ZERO)


def _billed(video: Video) -> Decimal:
    """Return what the generator has counted, else the price."""
    return video.cost.estimated if video.cost.actual is None else video.cost.actual


def recomputed(campaign: Campaign, videos: Iterable[Video]) -> Money:
    """Return the campaign's money, recomputed from all attempts. `saved` is taken over.

    `videos` must be all videos of the campaign; if one is missing, the sum is too low.
    """
    total = campaign.removed_money
    for video in videos:
        total = total + held_by(video)
    return replace(total, saved=campaign.money.saved)
