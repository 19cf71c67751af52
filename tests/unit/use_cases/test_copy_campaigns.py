"""Campaigns go from one installation to another, at whatever moment of their lives."""

from datetime import datetime, timedelta
from itertools import combinations

import pytest

from shared.domain.copying import CopyDecision
from shared.domain.errors import BudgetExceededError, CampaignNameTakenError, UnavailableError
from shared.domain.reconciling import CampaignState, reconciled
from shared.domain.storage_layout import ATTEMPTS
from shared.domain.values import replace
from shared.ports import Ports
from shared.use_cases.copy_campaigns import Installation, copy_campaign, copy_campaigns
from shared.use_cases.create_videos import Draft, create_videos
from shared.use_cases.finish_chores import finish_chores
from tests.fakes.ports import POLICY, FakeClock, FakePorts
from tests.unit.use_cases.rules import (
    assert_agreement,
    assert_videos_are_playable,
    kept_for_signed_urls,
    objects_of,
)
from tests.unit.use_cases.scenes import CAMPAIGN_ID, PRICE, a_request, make, remake, reserve, settle
from tests.unit.use_cases.stories import STORIES, Story, two_versions
from tests.unit.use_cases.watching import Hooks, Once, at_every_call, watched


def installation(ports: Ports) -> Installation:
    return Installation(campaigns=ports.campaigns, objects=ports.objects, mirror=ports.mirror)


def copy_all(source: Ports, target: Ports) -> list[CopyDecision]:
    copies = copy_campaigns(installation(source), installation(target))
    return [copied.decision for copied in copies]


class TickingClock(FakeClock):
    """No two commits happen at the same moment."""

    def __call__(self) -> datetime:
        self.advance(timedelta(microseconds=1))
        return super().__call__()


def records(ports: FakePorts) -> set[str]:
    """All that is known, without what differs between the stores."""
    campaigns = (
        replace(each, revision="", delayed=(), delayed_until=None)
        for each in ports.campaigns.campaigns.values()
    )
    videos = (replace(each, revision="") for each in ports.campaigns.videos.values())
    return {repr(each) for each in (*campaigns, *videos)}


def media(ports: FakePorts) -> dict[str, bytes]:
    """All that is stored, but for what is left to time.

    That is what a generator left, which only its lifecycle removes, and what signed URLs may read.
    """
    videos = ports.campaigns.videos.values()
    named = {name for video in videos for name in objects_of(video)}
    left = kept_for_signed_urls(ports.campaigns.campaigns.values(), besides=named)
    return {
        path: found.content
        for path, found in ports.objects.objects.items()
        if not path.startswith(ATTEMPTS) and path not in left
    }


def moments(story: Story) -> list[FakePorts]:
    """Tell a story, and return all that was ever stored in it, from the beginning to the end."""
    ports = FakePorts(clock=TickingClock())
    command = story(ports)
    seen = [ports.copy()]
    acting = watched(ports, Hooks(after_effect=lambda: seen.append(ports.copy())))
    command(acting)
    settle(ports, acting)
    return seen


def remove_attempts(ports: FakePorts) -> None:
    """Stand for the bucket's lifecycle rule."""
    for path in ports.objects.objects.keys() - media(ports).keys():
        ports.objects.delete(path)


@pytest.fixture
def ports() -> FakePorts:
    """Two slots, one with a history, and a video that failed."""
    ports = FakePorts()
    two_versions(ports)
    make(ports, drafts=(Draft(prompt="A kite", index=1),))
    return ports


def test_a_copy_is_identical(ports: FakePorts) -> None:
    target = FakePorts()

    assert copy_all(ports, target) == [CopyDecision.COPY]

    assert (records(target), media(target)) == (records(ports), media(ports))


def test_campaigns_that_the_target_would_take_for_one_are_refused_before_any_is_copied(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(ports, campaign_id=CAMPAIGN_ID.upper())
    target = FakePorts()
    monkeypatch.setattr(target.objects, "is_case_sensitive", lambda: False)

    with pytest.raises(CampaignNameTakenError, match=CAMPAIGN_ID.upper()):
        copy_all(ports, target)

    assert (target.campaigns.campaigns, target.objects.objects) == ({}, {})


def test_a_second_copy_writes_nothing(ports: FakePorts) -> None:
    target = FakePorts()
    copy_all(ports, target)
    once = target.copy()

    assert copy_all(ports, target) == [CopyDecision.UP_TO_DATE]

    assert target.campaigns.campaigns == once.campaigns.campaigns
    assert target.campaigns.videos == once.campaigns.videos
    assert target.objects.objects == once.objects.objects


def test_copied_records_and_objects_are_counted(ports: FakePorts) -> None:
    copied = copy_campaign(installation(ports), installation(FakePorts()), CAMPAIGN_ID)

    assert (copied.videos, copied.transfer.objects, copied.transfer.missing) == (3, 12, 0)
    sizes = map(len, media(ports).values())
    assert copied.transfer.size_bytes == sum(sizes)


def test_a_missing_clip_is_counted_and_does_not_stop_the_copy(ports: FakePorts) -> None:
    lost = next(path for path in ports.objects.objects if path.endswith("_1.mp4"))
    ports.objects.delete(lost)
    target = FakePorts()

    copied = copy_campaign(installation(ports), installation(target), CAMPAIGN_ID)

    assert copied.transfer.missing == 1
    assert len(target.campaigns.videos) == 3


def test_a_campaign_of_very_many_videos_is_copied_piece_by_piece() -> None:
    ports, target = FakePorts(policy=replace(POLICY, max_videos_per_campaign=300)), FakePorts()
    drafts = tuple(Draft(prompt=f"Prompt {index}", index=index) for index in range(250))
    create_videos(ports, a_request(drafts=drafts))

    assert copy_all(ports, target) == [CopyDecision.COPY]

    assert (records(target), media(target)) == (records(ports), media(ports))
    assert copy_all(ports, target) == [CopyDecision.UP_TO_DATE]


def test_all_campaigns_are_copied_in_order() -> None:
    ports, target = FakePorts(), FakePorts()
    names = [f"c{number:03}" for number in range(120)]
    for name in names:
        reserve(ports, campaign_id=name)

    copies = copy_campaigns(installation(ports), installation(target))

    assert [copied.campaign_id for copied in copies] == names
    assert (records(target), media(target)) == (records(ports), media(ports))


def test_a_video_copied_while_pending_can_be_completed_at_the_target() -> None:
    ports = FakePorts()
    reserve(ports)
    target = ports.copy()
    target.campaigns.campaigns.clear()
    target.campaigns.videos.clear()

    copy_all(ports, target)
    settle(target)

    assert_agreement(target)
    assert len(target.generator.submissions) == 1


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_each_copied_state_is_consistent(story: Story) -> None:
    for moment in moments(story):
        for campaign in moment.campaigns.campaigns.values():
            state = CampaignState.of(campaign, moment.campaigns.videos.values())

            assert reconciled(state) == state


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_an_earlier_moment_never_overwrites_a_later_one(story: Story) -> None:
    for earlier, later in combinations(moments(story), 2):
        before = later.copy()

        copy_all(earlier, later)

        assert later.campaigns.campaigns == before.campaigns.campaigns
        assert later.campaigns.videos == before.campaigns.videos
        for each in (later, before):
            finish_chores(each, CAMPAIGN_ID)
        assert media(later) == media(before)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_final_state_can_be_copied_over_each_earlier_state(story: Story) -> None:
    *earlier, end = moments(story)
    for target in earlier:
        (decision,) = copy_all(end, target)

        assert_videos_are_playable(target)
        if decision is not CopyDecision.NEWER_IN_TARGET:
            finish_chores(target, CAMPAIGN_ID)
            assert end.campaigns.videos.keys() <= target.campaigns.videos.keys()
            assert media(end).items() <= media(target).items()
            remove_attempts(target)
            assert_agreement(target)


@pytest.mark.parametrize("step", ["before_call", "after_effect"])
def test_a_copy_may_be_broken_off_anywhere_and_run_again(ports: FakePorts, step: str) -> None:
    whole = FakePorts()
    copy_all(ports, whole)

    def simulate(at: int) -> bool:
        target = FakePorts()
        fault = Once(_fail, at=at)
        breaking = watched(target, Hooks(**{step: fault}))
        try:
            copy_all(ports, breaking)
        except UnavailableError:
            assert_videos_are_playable(target)
        copy_all(ports, target)
        assert (records(target), media(target)) == (records(whole), media(whole))
        return fault.has_acted

    at_every_call(simulate)


@pytest.mark.parametrize("step", ["before_call", "after_effect"])
def test_an_update_may_be_broken_off_anywhere_and_run_again(ports: FakePorts, step: str) -> None:
    old = ports.copy()
    current = next(each for each in ports.campaigns.videos.values() if each.is_current)
    remake(ports, current)

    def simulate(at: int) -> bool:
        target = old.copy()
        fault = Once(_fail, at=at)
        breaking = watched(target, Hooks(**{step: fault}))
        try:
            copy_all(ports, breaking)
        except UnavailableError:
            assert_videos_are_playable(target)
        copy_all(ports, target)
        finish_chores(target, CAMPAIGN_ID)
        assert_agreement(target)
        return fault.has_acted

    at_every_call(simulate)


def _fail() -> None:
    raise UnavailableError("The network is gone.")


def test_a_copy_brings_no_day_but_a_first_reservation_counts_what_was_made_on_it() -> None:
    policy = replace(POLICY, daily_budget_usd=2 * PRICE)
    source, target = FakePorts(policy=policy), FakePorts(policy=policy)
    make(source)

    copy_all(source, target)

    assert target.campaigns.days == {}
    reserve(target, campaign_id="summer")
    with pytest.raises(BudgetExceededError, match=f"{2 * PRICE} USD of"):
        reserve(target, campaign_id="autumn")
