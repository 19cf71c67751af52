"""What is newer stays, what is older follows, and no version is lost."""

from datetime import timedelta

import pytest

from shared.domain.copying import CopyDecision, decide_copy, merge_into_target
from shared.domain.reconciling import CampaignState
from shared.domain.settlement import recomputed
from shared.domain.slot import Slot, Version
from shared.domain.trash import move_to_trash, restore
from shared.domain.values import replace
from shared.domain.video import Phase, VersionState, Video
from tests.unit.domain.builders import (
    NOW,
    a_campaign,
    a_generating_video,
    a_reserved_video,
    a_storing_video,
    a_submitting_video,
)

HOUR = timedelta(hours=1)
LATER = NOW + HOUR
WEEK = timedelta(days=7)


def a_state(*videos: Video, age: timedelta = timedelta(), hits: int = 0) -> CampaignState:
    campaign = replace(a_campaign(), updated_at=NOW + age, cache_hits=hits, revision="c1")
    for video in videos:
        slot = Slot(index=video.index, current=Version.of(video) if video.is_current else None)
        campaign = campaign.with_slot(slot)
    return CampaignState.of(campaign, [replace(video, revision="v1") for video in videos])


def a_done_video(number: int, state: VersionState = VersionState.CURRENT) -> Video:
    return a_storing_video(number, phase=Phase.DONE, version_state=state, due_at=None)


def test_a_campaign_missing_at_the_target_is_copied() -> None:
    source = a_state(a_done_video(1), a_reserved_video(2))

    change = merge_into_target(source, None)

    assert decide_copy(source, None) is CopyDecision.COPY
    assert {change.campaign.revision, *(video.revision for video in change.videos)} == {""}
    assert len(change.videos) == 2


def in_trash(state: CampaignState, *numbers: int) -> CampaignState:
    """Return it an hour later, with these videos trashed."""
    videos = [state.videos[f"{number:016x}"] for number in numbers]
    later = state.campaign.updated_at + HOUR
    change = move_to_trash(state.campaign, videos, now=later, purge_at=later + WEEK)
    trashed = {video.video_hash: video for video in change.videos}
    return CampaignState(campaign=change.campaign, videos=state.videos | trashed)


def test_the_trash_is_copied_with_the_time_of_each_removal() -> None:
    source = in_trash(a_state(a_done_video(1), a_done_video(2, VersionState.HISTORICAL)), 1)
    for target in (None, a_state(a_done_video(1), a_done_video(2, VersionState.HISTORICAL))):
        copied = merge_into_target(source, target)

        assert source.campaign.trash == copied.campaign.trash
        assert source.campaign.delayed_until == copied.campaign.delayed_until
        assert VersionState.TRASHED in {each.version_state for each in copied.videos}


def test_what_was_restored_is_no_longer_trashed_at_the_target() -> None:
    before = a_state(a_done_video(1))
    target = in_trash(before, 1)
    (trashed,) = (each for each in target.videos.values() if each.is_trashed)
    change = restore(target.campaign, trashed, now=target.campaign.updated_at + HOUR)
    source = CampaignState.of(change.campaign, change.videos)

    copied = merge_into_target(source, target)

    assert decide_copy(source, target) is CopyDecision.COPY
    assert (copied.campaign.trash, copied.campaign.delayed_until) == ((), None)
    assert [each.version_state for each in copied.videos] == [VersionState.CURRENT]


def test_the_trash_of_the_target_stays_with_its_dollars() -> None:
    source = a_state(a_done_video(1), age=3 * HOUR)
    target = in_trash(a_state(a_done_video(1), a_done_video(2, VersionState.HISTORICAL)), 2)

    copied = merge_into_target(source, target)

    assert target.campaign.trash == copied.campaign.trash
    assert recomputed(copied.campaign, target.videos.values()) == copied.campaign.money


def test_an_equal_campaign_is_not_copied_again() -> None:
    state = a_state(a_done_video(1), a_reserved_video(2))

    assert decide_copy(state, state) is CopyDecision.UP_TO_DATE
    assert merge_into_target(state, state).videos == ()


STEPS = [
    (a_state(), a_state(age=HOUR)),
    (a_state(), a_state(hits=1)),
    (a_state(), a_state(a_reserved_video(1), age=HOUR)),
    (a_state(a_reserved_video(1)), a_state(a_submitting_video(1))),
    (a_state(a_submitting_video(1)), a_state(a_generating_video(1))),
    (a_state(a_submitting_video(1)), a_state(a_submitting_video(1, phase=Phase.RESERVED))),
    (a_state(a_generating_video(1)), a_state(a_storing_video(1))),
    (a_state(a_generating_video(1)), a_state(a_generating_video(1, cancel_requested=True))),
    (a_state(a_storing_video(1)), a_state(a_done_video(1), age=HOUR)),
]


@pytest.mark.parametrize(("earlier", "later"), STEPS)
def test_a_later_state_follows_an_earlier_one_and_never_the_reverse(
    earlier: CampaignState, later: CampaignState
) -> None:
    assert decide_copy(later, earlier) is CopyDecision.COPY
    assert decide_copy(earlier, later) is CopyDecision.NEWER_IN_TARGET


def test_a_later_state_is_committed_on_the_revision_of_the_target() -> None:
    source = a_state(a_done_video(1), a_reserved_video(2), a_reserved_video(3), age=HOUR)
    target = a_state(a_generating_video(1), a_reserved_video(2))
    target = replace(target, campaign=replace(target.campaign, revision="c7"))
    target.videos[f"{1:016x}"] = replace(target.videos[f"{1:016x}"], revision="v7")

    change = merge_into_target(source, target)

    money = recomputed(source.campaign, source.videos.values())
    assert change.campaign == replace(source.campaign, revision="c7", money=money)
    revisions = {video.video_hash: video.revision for video in change.videos}
    assert revisions == {f"{1:016x}": "v7", f"{3:016x}": ""}


def test_another_campaign_of_the_same_name_is_left_alone() -> None:
    source = a_state(a_done_video(1), age=HOUR)
    target = a_state(a_done_video(2))
    target = replace(target, campaign=replace(target.campaign, created_at=LATER))

    assert decide_copy(source, target) is CopyDecision.ANOTHER_IN_TARGET


def test_a_copy_that_was_interrupted_goes_on() -> None:
    source = a_state(a_done_video(1), a_reserved_video(2))
    target = a_state(a_done_video(1))
    target = replace(target, campaign=source.campaign)

    assert decide_copy(source, target) is CopyDecision.COPY
    assert [video.video_hash for video in merge_into_target(source, target).videos] == [f"{2:016x}"]


def test_a_pending_video_of_the_target_keeps_its_slot() -> None:
    source = a_state(a_done_video(1), age=HOUR)
    target = a_state(a_done_video(1), a_generating_video(2))

    assert decide_copy(source, target) is CopyDecision.NEWER_IN_TARGET


def test_a_video_that_only_the_other_side_knows_becomes_a_historical_one() -> None:
    source = a_state(a_done_video(1), age=HOUR)
    target = a_state(a_done_video(2))

    change = merge_into_target(source, target)

    theirs = target.videos[f"{2:016x}"]
    assert decide_copy(source, target) is CopyDecision.COPY
    assert change.campaign.slot(0) == Slot(
        index=0, current=Version.of(a_done_video(1)), historical=(Version.of(theirs),)
    )
    assert replace(theirs, version_state=VersionState.HISTORICAL) in change.videos


def test_videos_are_written_before_the_slots_that_name_them() -> None:
    failed = a_reserved_video(1, phase=Phase.FAILED, version_state=None)

    change = merge_into_target(a_state(failed, a_done_video(2)), None)

    assert [video.version_state for video in change.videos] == [VersionState.CURRENT, None]


def test_a_copied_video_counts_in_a_daily_budget_only_if_it_did_before() -> None:
    day = NOW.date()
    source = a_state(a_generating_video(1), a_reserved_video(2, budget_day=day), age=HOUR)
    target = a_state(a_reserved_video(1, budget_day=day))

    change = merge_into_target(source, target)

    days = {video.video_hash: video.budget_day for video in change.videos}
    assert days == {f"{1:016x}": day, f"{2:016x}": None}
