"""What is in the trash, until when, and what becomes of it, is decided by the records alone."""

from datetime import datetime, timedelta

import pytest

from shared.domain import limits
from shared.domain.agreement import Disagreement, Objects, disagreements
from shared.domain.campaign import Campaign, Change, ChoreKind
from shared.domain.chores import MOST_DELAYED, chore_for, with_delayed_chores
from shared.domain.errors import WrongStateError
from shared.domain.events import EventType
from shared.domain.reconciling import CampaignState, reconciled
from shared.domain.removal import surplus
from shared.domain.slot import Slot, Version
from shared.domain.storage_layout import clip_path
from shared.domain.trash import due_trash, move_to_trash, purge, restore
from shared.domain.values import replace
from shared.domain.video import Phase, VersionState, Video
from tests.unit.domain.builders import CLIP, NOW, a_campaign, a_reserved_video, a_storing_video

WEEK = timedelta(days=7)
LATER = NOW + WEEK


def a_done_video(number: int, state: VersionState = VersionState.HISTORICAL) -> Video:
    return a_storing_video(
        number, phase=Phase.DONE, version_state=state, clip=CLIP, due_at=None, completed_at=NOW
    )


def a_campaign_of(*videos: Video) -> Campaign:
    slot = Slot(index=0)
    for video in videos:
        version = Version.of(video)
        if video.is_current:
            slot = replace(slot, current=version)
        else:
            slot = replace(slot, historical=(*slot.historical, version))
    return a_campaign().with_slot(slot)


def types(change: Change) -> list[EventType]:
    return [event.type for event in change.events]


def trashed(*videos: Video, at: datetime = NOW) -> CampaignState:
    """A campaign after the deletion of all its videos, and what is read of it."""
    change = move_to_trash(a_campaign_of(*videos), videos, now=at, purge_at=at + WEEK)
    return CampaignState.of(change.campaign, change.videos)


def test_a_full_trash_makes_room_by_the_earliest() -> None:
    campaign = a_campaign()
    for number in range(MOST_DELAYED + 1):
        video = a_done_video(number)
        at = NOW + timedelta(minutes=number)
        campaign = move_to_trash(campaign, [video], now=at, purge_at=at + WEEK).campaign

    (due,) = due_trash(campaign, NOW + timedelta(days=1))
    assert due.video_hash == a_done_video(0).video_hash
    assert len(campaign.trash) == MOST_DELAYED + 1


def test_signed_urls_make_no_room_by_what_is_in_the_trash() -> None:
    campaign = trashed(a_done_video(0)).campaign
    chores = [chore_for(ChoreKind.RENAME, a_done_video(n)) for n in range(1, MOST_DELAYED + 2)]

    campaign = with_delayed_chores(campaign, *chores, due_at=NOW + timedelta(hours=12))

    assert due_trash(campaign, NOW + timedelta(days=1)) == ()
    assert (len(campaign.trash), len(campaign.delayed)) == (1, MOST_DELAYED + 2)


def test_a_video_without_a_clip_is_no_trash() -> None:
    failed = a_reserved_video(1, phase=Phase.FAILED, version_state=None)

    with pytest.raises(WrongStateError, match="no clip"):
        move_to_trash(a_campaign(), [failed], now=NOW, purge_at=LATER)


def test_a_cancelled_video_is_restored_as_one_that_was_never_shown() -> None:
    cancelled = replace(a_done_video(1), cancel_requested=True)
    state = trashed(cancelled)

    change = restore(state.campaign, *state.videos.values(), now=NOW)

    assert change.videos[0].version_state is VersionState.HISTORICAL
    assert types(change) == [EventType.VIDEO_RESTORED]


def test_a_cancelled_video_that_was_shown_after_all_is_shown_again() -> None:
    """It was promoted before it was deleted."""
    promoted = replace(a_done_video(1, VersionState.CURRENT), cancel_requested=True)
    state = trashed(promoted)

    change = restore(state.campaign, *state.videos.values(), now=NOW)

    assert change.videos[0].is_current
    assert types(change) == [EventType.VIDEO_RESTORED, EventType.VIDEO_PROMOTED]


def test_a_restored_video_is_the_last_of_its_slot_to_go_again() -> None:
    """Also a cancelled one, which is the first to go until somebody restores it."""
    videos = [a_done_video(number) for number in range(3)]
    cancelled = replace(videos[2], cancel_requested=True)
    gone = move_to_trash(
        a_campaign_of(*videos[:2], cancelled), [cancelled], now=NOW, purge_at=LATER
    )

    restored = restore(gone.campaign, *gone.videos, now=NOW).campaign

    assert surplus(restored, keep=2) == (videos[1].video_hash,)


def test_a_video_in_the_trash_is_told_once() -> None:
    state = trashed(a_done_video(1))

    again = move_to_trash(state.campaign, [*state.videos.values()], now=LATER, purge_at=LATER)

    assert again == Change(campaign=state.campaign)


@pytest.mark.parametrize("kept", [True, False])
def test_a_restored_video_is_kept_as_it_was_before(*, kept: bool) -> None:
    state = trashed(replace(a_done_video(1), kept=kept))

    (restored,) = restore(state.campaign, *state.videos.values(), now=NOW).videos

    assert restored.kept == kept


def test_a_full_record_takes_back_none_from_the_trash(monkeypatch: pytest.MonkeyPatch) -> None:
    state = trashed(a_done_video(1))
    full = state.campaign.with_slot(a_campaign_of(a_done_video(2)).slot(0))
    monkeypatch.setattr(limits, "MOST_VERSIONS", 1 - limits.MOST_KEPT)

    with pytest.raises(WrongStateError, match="no room"):
        restore(full, *state.videos.values(), now=NOW)


def test_a_purge_spares_what_is_not_trashed_any_more() -> None:
    """A record may have come from its JSON, or from another installation."""
    video, gone = a_done_video(1), a_done_video(2)
    state = trashed(video, gone)
    due = due_trash(state.campaign, LATER)

    change = purge(state.campaign, due, [video], now=LATER)

    assert (*change.removed, *change.campaign.trash) == ()
    assert (chore_for(ChoreKind.REMOVE, gone),) == change.campaign.chores


def test_a_trash_that_agrees_is_not_changed() -> None:
    state = trashed(a_done_video(1), a_done_video(2))

    assert reconciled(state) == state


def test_the_trash_follows_the_records() -> None:
    """What the campaign does not know is removed at its time, and what is restored is not."""
    state = trashed(a_done_video(1), a_done_video(2))
    forgotten = replace(state, campaign=a_campaign())
    restored = replace(a_done_video(1), kept=True)
    both = replace(state, videos=state.videos | {restored.video_hash: restored})

    assert state.campaign.trash == reconciled(forgotten).campaign.trash
    repaired = reconciled(both).campaign
    assert [a_done_video(2).video_hash] == [each.chore.video_hash for each in repaired.trash]
    assert (Version.of(restored),) == repaired.slot(0).historical


def test_the_clip_of_a_trashed_video_is_missed() -> None:
    state = trashed(a_done_video(1))
    video = a_done_video(1)
    path = clip_path(video.campaign_id, video.video_hash, 0, current=False)

    def kinds(*media: str) -> set[Disagreement]:
        objects = Objects(media=frozenset(media))
        return {each.kind for each in disagreements(state, objects, now=NOW)}

    assert Disagreement.CLIP_MISSING in kinds()
    assert Disagreement.CLIP_MISSING not in kinds(path)
    assert Disagreement.SLOTS_DISAGREE not in kinds(path)
