"""Discard an unreadable record at the request of an operator."""

from collections.abc import Iterable
from datetime import datetime

from shared.domain.campaign import Campaign, Change, Chore, ChoreKind
from shared.domain.chores import with_chores, without_chores
from shared.domain.money import ZERO, Money
from shared.domain.reconciling import CampaignState
from shared.domain.settlement import recomputed
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace


def discard(
    state: CampaignState, record: Unreadable, indexes: Iterable[int], *, now: datetime
) -> Change:
    """Free its slot, and add chores that remove its objects under these indexes.

    Its dollars, the part of the campaign's money that belongs to no readable record, stay counted.
    Reserved dollars become possibly spent.
    """
    video_hash = record.video_hash or ""
    campaign = state.campaign
    for slot in campaign.slots:
        campaign = campaign.with_slot(slot.without(record))
    chores = (*campaign.chores, *(each.chore for each in campaign.delayed))
    former = [each for each in chores if each.video_hash == video_hash]
    removals = (
        Chore(kind=ChoreKind.REMOVE, video_hash=video_hash, index=index) for index in indexes
    )
    held = _unexplained(state)
    settled = replace(
        without_chores(campaign, former),
        updated_at=now,
        money=replace(
            campaign.money,
            reserved=campaign.money.reserved - held.reserved,
            possibly_spent=campaign.money.possibly_spent + held.reserved,
        ),
        removed_money=campaign.removed_money
        + replace(held, reserved=ZERO, possibly_spent=held.possibly_spent + held.reserved),
    )
    return Change(campaign=with_chores(settled, *removals), discarded=(record,))


def indexes_in(campaign: Campaign, video_hash: str) -> frozenset[int]:
    """Return the slots that name a video."""
    return frozenset(
        slot.index
        for slot in campaign.slots
        if any(each.video_hash == video_hash for each in (*slot.versions, *slot.historical))
    )


def _unexplained(state: CampaignState) -> Money:
    """Return the part of the campaign's money that belongs to no readable record."""
    kept, known = state.campaign.money, recomputed(state.campaign, state.videos.values())
    return Money(
        reserved=max(kept.reserved - known.reserved, ZERO),
        spent=max(kept.spent - known.spent, ZERO),
        simulated=max(kept.simulated - known.simulated, ZERO),
        possibly_spent=max(kept.possibly_spent - known.possibly_spent, ZERO),
    )
