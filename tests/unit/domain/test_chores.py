"""Chores that a campaign's record holds until they are done."""

from datetime import timedelta

from shared.domain.campaign import Chore, ChoreKind
from shared.domain.chores import MOST_DELAYED, with_chores, with_delayed_chores, without_chores
from tests.unit.domain.builders import NOW, SOON, a_campaign


def renaming(number: int) -> Chore:
    return Chore(kind=ChoreKind.RENAME, video_hash=f"{number:016x}", index=0)


def test_a_chore_is_promised_once_and_kept_until_it_is_done() -> None:
    campaign = with_chores(a_campaign(), renaming(0), renaming(1))
    removing = Chore(kind=ChoreKind.REMOVE, video_hash=renaming(0).video_hash, index=0)

    assert with_chores(campaign, renaming(1)) == campaign
    assert without_chores(campaign, [renaming(0), removing]).chores == (renaming(1),)


def test_more_chores_than_a_record_can_hold_are_due_at_once_the_earliest_first() -> None:
    campaign = a_campaign()
    for number in range(MOST_DELAYED + 2):
        due_at = SOON + timedelta(seconds=number)
        campaign = with_delayed_chores(campaign, renaming(number), due_at=due_at)

    due = [each.chore for each in campaign.delayed if each.due_at <= NOW]
    assert due == [renaming(0), renaming(1)]
