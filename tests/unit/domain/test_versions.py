"""Single changes, one by one; tests/chaos/sequences.py draws whole histories of them."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from shared.domain.campaign import Campaign, CampaignDraft, Change, Chore, ChoreKind
from shared.domain.chores import without_chores
from shared.domain.errors import CampaignVideoLimitError, SlotBusyError, WrongStateError
from shared.domain.limits import Limits
from shared.domain.money import Money
from shared.domain.removal import remove, surplus
from shared.domain.values import replace
from shared.domain.versions import becomes_current, cancel, complete, fail, promote, reserve
from shared.domain.video import ENDED, AttemptOutcome, Failure, Phase, VersionState, Video
from shared.domain.video_steps import begin_storing
from tests.unit.domain.builders import (
    CLIP,
    LIMIT,
    NOW,
    SOON,
    a_campaign,
    a_generating_video,
    a_reserved_video,
    a_storing_video,
    a_submitting_video,
    a_video_in,
)

PRICE = Decimal("3.20")
LIMITS = Limits(videos=LIMIT)
FAILURE = Failure(code="provider_failed", message="The generator failed.")


def reserved(video: Video, *, in_: Campaign | None = None) -> Campaign:
    return reserve(in_ or a_campaign(), video, LIMITS).campaign


def completed(
    number: int = 0, *, in_: Campaign | None = None, replaced: Video | None = None
) -> Change:
    video = a_storing_video(number)
    return complete(reserved(video, in_=in_), video, replaced=replaced, clip=CLIP, now=SOON)


# Each change with the phases that it starts from.
STEPS: dict[str, tuple[frozenset[Phase], Callable[[Campaign, Video], Change]]] = {
    "complete": (
        frozenset({Phase.STORING}),
        lambda campaign, video: complete(campaign, video, replaced=None, clip=CLIP, now=SOON),
    ),
    "fail": (
        frozenset(Phase) - ENDED,
        lambda campaign, video: fail(
            campaign, video, failure=FAILURE, outcome=AttemptOutcome.BILLED, now=SOON
        ),
    ),
    "cancel": (
        frozenset(Phase) - ENDED,
        lambda campaign, video: cancel(campaign, video, now=SOON),
    ),
    "remove": (ENDED, lambda campaign, video: remove(campaign, [video], now=SOON)),
}


@pytest.fixture
def replacement() -> Change:
    """Video 1 has replaced video 0."""
    first = completed(0)
    return completed(1, in_=first.campaign, replaced=first.videos[0])


def hashes(*numbers: int) -> list[str]:
    return [f"{number:016x}" for number in numbers]


def renaming(number: int) -> Chore:
    return Chore(kind=ChoreKind.RENAME, video_hash=f"{number:016x}", index=0)


def removing(number: int) -> Chore:
    return Chore(kind=ChoreKind.REMOVE, video_hash=f"{number:016x}", index=0)


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_refused_in_every_phase_that_it_does_not_start_from(
    step: str, phase: Phase
) -> None:
    campaign, video = reserved(a_reserved_video()), a_video_in(phase)
    phases, act = STEPS[step]

    if phase in phases:
        act(campaign, video)
    else:
        with pytest.raises(WrongStateError):
            act(campaign, video)


class TestReserve:
    def test_sets_the_slot_and_the_dollars_aside(self) -> None:
        video = a_reserved_video(index=2)

        change = reserve(a_campaign(), video, LIMITS)

        pending = change.campaign.slot(2).pending
        assert pending is not None
        assert video.video_hash == pending.video_hash
        assert change.campaign.money == Money(reserved=PRICE)
        assert (video,) == change.videos

    @pytest.mark.parametrize("index", [-1, LIMIT, LIMIT + 1])
    def test_refuses_a_slot_that_does_not_exist(self, index: int) -> None:
        with pytest.raises(CampaignVideoLimitError, match="slots 0 to 3"):
            reserve(a_campaign(), a_reserved_video(index=index), LIMITS)

    def test_refuses_a_slot_that_is_making_another_video(self) -> None:
        campaign = reserved(a_reserved_video(0))

        with pytest.raises(SlotBusyError, match=r"Slot 0 of campaign 'spring'.*cancel"):
            reserve(campaign, a_reserved_video(1), LIMITS)

    def test_leaves_what_the_slot_shows_and_kept(self, replacement: Change) -> None:
        before = replacement.campaign.slot(0)

        after = reserved(a_reserved_video(2), in_=replacement.campaign).slot(0)

        assert replace(after, pending=None) == before

    def test_of_the_first_video_removes_the_draft(self) -> None:
        draft = CampaignDraft(
            prompts=("A cup",), business_context={}, parameters=a_reserved_video().parameters
        )
        campaign = replace(a_campaign(), draft=draft)

        assert reserved(a_reserved_video(0), in_=campaign).draft is None


class TestComplete:
    def test_makes_the_first_video_current_and_settles_its_price(self) -> None:
        change = completed(0)

        [video] = change.videos
        assert (video.phase, video.version_state) == (Phase.DONE, VersionState.CURRENT)
        assert (video.cost.actual, video.clip, video.completed_at) == (PRICE, CLIP, SOON)
        assert (video.due_at, video.lease_expires_at) == (None, None)
        assert video.attempt.outcome is AttemptOutcome.BILLED
        assert change.campaign.money == Money(spent=PRICE)
        assert change.campaign.chores == ()

    def test_counts_what_a_simulated_video_stands_for(self) -> None:
        video = a_storing_video()
        video = replace(video, cost=replace(video.cost, simulated=True))

        change = complete(reserved(video), video, replaced=None, clip=CLIP, now=SOON)

        assert change.campaign.money == Money(spent=PRICE, simulated=PRICE)

    def test_keeps_the_replaced_video_as_the_latest_of_history(self, replacement: Change) -> None:
        change = completed(2, in_=replacement.campaign, replaced=replacement.videos[0])

        shown, former = change.videos
        slot = change.campaign.slot(0)
        assert slot.current is not None
        assert shown.video_hash == slot.current.video_hash
        assert former.version_state is VersionState.HISTORICAL
        assert hashes(1, 0) == [version.video_hash for version in slot.historical]

    def test_promises_to_rename_the_replaced_video(self, replacement: Change) -> None:
        assert (renaming(0),) == replacement.campaign.chores

    @pytest.mark.parametrize("wrong", [None, a_reserved_video(9)], ids=["none", "another"])
    def test_refuses_to_replace_what_is_not_current(self, wrong: Video | None) -> None:
        """The campaign was read again meanwhile, and the video to replace was not."""
        with pytest.raises(WrongStateError, match="not the current one"):
            completed(1, in_=completed(0).campaign, replaced=wrong)

    def test_keeps_a_cancelled_video_that_was_paid_for_as_history(self) -> None:
        first = completed(0)
        video = a_storing_video(1, cancel_requested=True)
        campaign = reserved(video, in_=first.campaign)

        change = complete(campaign, video, replaced=None, clip=CLIP, now=SOON)

        slot = change.campaign.slot(0)
        assert slot.current is not None
        assert hashes(0, 1) == [slot.current.video_hash, slot.historical[0].video_hash]
        assert slot.pending is None
        assert change.videos[0].version_state is VersionState.HISTORICAL
        assert (renaming(1),) == change.campaign.chores
        assert change.campaign.money == Money(spent=2 * PRICE)

    def test_keeps_what_was_cancelled_as_the_first_to_be_removed(self, replacement: Change) -> None:
        video = a_storing_video(2, cancel_requested=True)
        campaign = reserved(video, in_=replacement.campaign)

        change = complete(campaign, video, replaced=None, clip=CLIP, now=SOON)

        kept = change.campaign.slot(0).historical
        assert hashes(0, 2) == [version.video_hash for version in kept]

    def test_twice_is_refused(self) -> None:
        change = completed(0)

        with pytest.raises(WrongStateError, match="is done"):
            complete(change.campaign, change.videos[0], replaced=None, clip=CLIP, now=SOON)


class TestLateSuccess:
    """A video that was given up as possibly billed, and whose clip appears after all."""

    @staticmethod
    def given_up(video: Video, *, in_: Campaign | None = None) -> tuple[Campaign, Video]:
        campaign = reserved(video, in_=in_)
        outcome = AttemptOutcome.POSSIBLY_BILLED
        change = fail(campaign, video, failure=FAILURE, outcome=outcome, now=NOW)
        return change.campaign, begin_storing(change.videos[0], lease_expires_at=SOON)

    def test_is_shown_by_a_slot_that_is_still_free(self) -> None:
        campaign, video = self.given_up(a_generating_video())

        change = complete(campaign, video, replaced=None, clip=CLIP, now=SOON)

        [done] = change.videos
        assert (
            done.version_state,
            done.failure,
            done.cost.actual,
        ) == (VersionState.CURRENT, None, PRICE)
        assert change.campaign.money == Money(spent=PRICE)

    def test_becomes_history_where_the_slot_has_gone_on(self) -> None:
        campaign, video = self.given_up(a_generating_video(0))
        campaign = reserved(a_reserved_video(1), in_=campaign)

        change = complete(campaign, video, replaced=None, clip=CLIP, now=SOON)

        slot = change.campaign.slot(0)
        assert slot.pending is not None
        assert hashes(1, 0) == [slot.pending.video_hash, slot.historical[0].video_hash]
        assert change.campaign.money == Money(reserved=PRICE, spent=PRICE)

    def test_that_proves_to_be_no_clip_is_settled_once(self) -> None:
        campaign, video = self.given_up(a_generating_video())

        change = fail(campaign, video, failure=FAILURE, outcome=AttemptOutcome.BILLED, now=SOON)

        assert change.campaign.money == Money(spent=PRICE)


class TestFail:
    @pytest.mark.parametrize(
        ("outcome", "money", "actual"),
        [
            (AttemptOutcome.NOT_BILLED, Money(), Decimal(0)),
            (AttemptOutcome.BILLED, Money(spent=PRICE), PRICE),
            (AttemptOutcome.POSSIBLY_BILLED, Money(possibly_spent=PRICE), None),
        ],
    )
    def test_settles_the_price_as_the_attempt_went(
        self, outcome: AttemptOutcome, money: Money, actual: Decimal | None
    ) -> None:
        video = a_generating_video()

        change = fail(reserved(video), video, failure=FAILURE, outcome=outcome, now=SOON)

        [failed] = change.videos
        assert money == change.campaign.money
        assert actual == failed.cost.actual
        assert outcome is failed.attempt.outcome

    def test_frees_the_slot_and_leaves_what_it_shows(self) -> None:
        first = completed(0)
        video = a_generating_video(1)
        campaign = reserved(video, in_=first.campaign)
        outcome = AttemptOutcome.NOT_BILLED

        change = fail(campaign, video, failure=FAILURE, outcome=outcome, now=SOON)

        assert first.campaign.slots == change.campaign.slots
        [failed] = change.videos
        assert (
            failed.phase,
            failed.version_state,
            failed.failure,
        ) == (Phase.FAILED, None, FAILURE)

    def test_refuses_a_video_that_has_ended(self) -> None:
        change = completed(0)
        outcome = AttemptOutcome.NOT_BILLED

        with pytest.raises(WrongStateError, match="is done"):
            fail(change.campaign, change.videos[0], failure=FAILURE, outcome=outcome, now=SOON)


class TestCancel:
    def test_before_submission_frees_the_slot_and_the_dollars(self) -> None:
        video = a_reserved_video()

        change = cancel(reserved(video), video, now=SOON)

        [cancelled] = change.videos
        assert (cancelled.phase, cancelled.version_state) == (Phase.CANCELLED, None)
        assert change.campaign.slots == ()
        assert change.campaign.money == Money()

    @pytest.mark.parametrize(
        "video",
        [a_submitting_video(), a_generating_video(), a_storing_video()],
        ids=lambda v: v.phase,
    )
    def test_after_submission_only_keeps_the_video_from_becoming_current(
        self, video: Video
    ) -> None:
        campaign = reserved(video)

        change = cancel(campaign, video, now=SOON)

        assert Change(campaign=campaign, videos=(replace(video, cancel_requested=True),)) == change
        assert becomes_current(campaign, video, CLIP)
        assert not becomes_current(campaign, change.videos[0], CLIP)

    def test_of_a_video_that_has_ended_is_refused(self) -> None:
        change = completed(0)

        with pytest.raises(WrongStateError, match="nothing to cancel"):
            cancel(change.campaign, change.videos[0], now=SOON)


class TestPromote:
    def test_changes_the_places_of_two_videos_and_pays_nothing(self, replacement: Change) -> None:
        current, former = replacement.videos

        change = promote(replacement.campaign, former, replaced=current, now=SOON)

        slot = change.campaign.slot(0)
        assert slot.current is not None
        assert former.video_hash == slot.current.video_hash
        assert [current.video_hash] == [version.video_hash for version in slot.historical]
        assert [video.version_state for video in change.videos] == [
            VersionState.CURRENT,
            VersionState.HISTORICAL,
        ]
        assert replacement.campaign.money == change.campaign.money

    def test_promises_to_rename_both(self, replacement: Change) -> None:
        campaign = without_chores(replacement.campaign, replacement.campaign.chores)
        current, former = replacement.videos

        change = promote(campaign, former, replaced=current, now=SOON)

        assert {renaming(0), renaming(1)} == set(change.campaign.chores)

    def test_fills_a_slot_whose_current_video_was_deleted(self, replacement: Change) -> None:
        current, former = replacement.videos
        campaign = remove(replacement.campaign, [current], now=SOON).campaign

        change = promote(campaign, former, replaced=None, now=SOON)

        assert change.campaign.slot(0).historical == ()
        assert not change.campaign.slot(0).is_free

    def test_leaves_the_pending_video_alone(self, replacement: Change) -> None:
        campaign = reserved(a_reserved_video(2), in_=replacement.campaign)
        current, former = replacement.videos

        change = promote(campaign, former, replaced=current, now=SOON)

        assert campaign.slot(0).pending == change.campaign.slot(0).pending

    def test_of_another_than_a_historical_video_is_refused(self, replacement: Change) -> None:
        current, _ = replacement.videos

        with pytest.raises(WrongStateError, match="Only a historical video"):
            promote(replacement.campaign, current, replaced=current, now=SOON)

    @pytest.mark.parametrize("wrong", [None, a_reserved_video(9)], ids=["none", "another"])
    def test_refuses_to_replace_what_is_not_current(
        self, replacement: Change, wrong: Video | None
    ) -> None:
        _, former = replacement.videos

        with pytest.raises(WrongStateError, match="not the current one"):
            promote(replacement.campaign, former, replaced=wrong, now=SOON)


class TestRemove:
    def test_takes_videos_out_and_promises_to_remove_their_objects(
        self, replacement: Change
    ) -> None:
        change = remove(replacement.campaign, replacement.videos, now=SOON)

        assert change.campaign.slots == ()
        assert replacement.videos == change.removed
        assert {removing(0), removing(1)} == set(change.campaign.chores)

    def test_does_not_give_dollars_back(self, replacement: Change) -> None:
        change = remove(replacement.campaign, replacement.videos, now=SOON)

        assert change.campaign.money == Money(spent=2 * PRICE)

    def test_forgets_to_rename_what_is_gone(self, replacement: Change) -> None:
        _, former = replacement.videos

        change = remove(replacement.campaign, [former], now=SOON)

        assert (removing(0),) == change.campaign.chores

    def test_of_a_video_that_is_being_made_is_refused_with_all_others(
        self, replacement: Change
    ) -> None:
        pending = a_generating_video(2)
        campaign = reserved(pending, in_=replacement.campaign)

        with pytest.raises(WrongStateError, match="is being made"):
            remove(campaign, [*replacement.videos, pending], now=SOON)

    def test_of_nothing_changes_nothing(self) -> None:
        campaign = a_campaign()

        assert Change(campaign=campaign) == remove(campaign, [], now=SOON)


@pytest.mark.parametrize(("keep", "expected"), [(0, (1, 0)), (1, (0,)), (2, ()), (3, ())])
def test_surplus_are_the_earliest_replaced_beyond_what_is_kept(
    replacement: Change, keep: int, expected: tuple[int, ...]
) -> None:
    change = completed(2, in_=replacement.campaign, replaced=replacement.videos[0])

    assert tuple(hashes(*expected)) == surplus(change.campaign, keep)


def test_a_change_is_dated() -> None:
    assert completed(0).campaign.updated_at == SOON


class TestFailedSlots:
    """`Campaign.failed`: the slots whose latest video failed."""

    def test_a_failure_counts_until_the_next_reservation_or_completion(self) -> None:
        first, other = a_reserved_video(0), a_reserved_video(1, index=2)
        campaign = reserved(other, in_=reserved(first))

        after_both = failed(other, in_=failed(first, in_=campaign))
        again = reserved(a_reserved_video(3), in_=after_both)
        late = a_storing_video(1, index=2)
        done = complete(after_both, late, replaced=None, clip=CLIP, now=SOON).campaign

        assert (after_both.failed, again.failed, done.failed) == ((0, 2), (2,), (0,))

    def test_a_dismissed_failure_does_not_count(self) -> None:
        video = a_reserved_video(0)
        change = failing(video, in_=reserved(video))

        assert remove(change.campaign, change.videos, now=SOON).campaign.failed == ()

    def test_a_cancelled_video_and_one_that_is_not_the_latest_do_not_count(self) -> None:
        video, unwanted = a_reserved_video(0), a_reserved_video(1, cancel_requested=True)

        assert cancel(reserved(video), video, now=SOON).campaign.failed == ()
        assert failed(unwanted, in_=reserved(unwanted)).failed == ()
        assert failed(video, in_=reserved(a_reserved_video(2))).failed == ()


def failing(video: Video, *, in_: Campaign) -> Change:
    return fail(in_, video, failure=FAILURE, outcome=AttemptOutcome.NOT_BILLED, now=SOON)


def failed(video: Video, *, in_: Campaign) -> Campaign:
    return failing(video, in_=in_).campaign
