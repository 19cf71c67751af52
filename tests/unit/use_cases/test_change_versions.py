"""Promote, keep, cancel and delete: what a person does to versions, and none of it is paid for."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from shared.domain import limits
from shared.domain.errors import (
    ObjectNotFoundError,
    UnavailableError,
    VideoNotFoundError,
    WrongStateError,
)
from shared.domain.storage_layout import clip_path
from shared.domain.video import Phase, VersionState, Video
from shared.use_cases.change_versions import (
    cancel_video,
    delete_video,
    mark_video,
    promote_video,
)
from shared.use_cases.cleanup_campaign import cleanup_campaign
from shared.use_cases.maintain_campaigns import maintain_campaigns
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.rules import assert_agreement
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    deliver,
    give_up,
    make,
    pass_life_of_names,
    remake,
    reserve,
    settle,
    stored,
    submit,
    wake,
)
from tests.unit.use_cases.stories import keep_trash
from tests.unit.use_cases.watching import Hooks, Once, do_nothing, watched


def promote(ports: FakePorts, video: Video) -> Video:
    return promote_video(ports, video.campaign_id, video.video_hash)


def cancel(ports: FakePorts, video: Video) -> Video:
    return cancel_video(ports, video.campaign_id, video.video_hash)


def delete(ports: FakePorts, video: Video) -> None:
    delete_video(ports, video.campaign_id, video.video_hash)


def historical_name(video: Video) -> str:
    return clip_path(video.campaign_id, video.video_hash, video.index, current=False)


class TestMark:
    def test_a_kept_video_stays_kept_whatever_becomes_of_it(self, ports: FakePorts) -> None:
        """The slot keeps one more historical video, which a later one takes the place of."""
        kept = make(ports)
        mark_video(ports, CAMPAIGN_ID, kept.video_hash, kept=True)
        second = remake(ports, kept)
        third = remake(ports, second)
        fourth = remake(ports, third)

        cleanup_campaign(ports, CAMPAIGN_ID, keep=0)

        assert {kept.video_hash, fourth.video_hash} == {each for _, each in ports.campaigns.videos}
        assert stored(ports, kept).kept
        promote(ports, kept)
        assert stored(ports, kept).kept
        assert_agreement(ports)

    def test_a_video_that_is_kept_no_longer_is_cleaned_up(
        self, ports: FakePorts, old: Video, new: Video
    ) -> None:
        mark_video(ports, CAMPAIGN_ID, old.video_hash, kept=True)
        before = mark_video(ports, CAMPAIGN_ID, old.video_hash, kept=True)
        assert stored(ports, old) == before

        mark_video(ports, CAMPAIGN_ID, old.video_hash, kept=False)
        cleanup_campaign(ports, CAMPAIGN_ID, keep=0)

        assert {new.video_hash} == {each for _, each in ports.campaigns.videos}

    def test_only_a_completed_video_can_be_kept(self, ports: FakePorts) -> None:
        video = submit(ports)

        with pytest.raises(WrongStateError, match="completed"):
            mark_video(ports, CAMPAIGN_ID, video.video_hash, kept=True)

    def test_a_campaign_keeps_a_limited_number(
        self, ports: FakePorts, old: Video, new: Video, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "MOST_KEPT", 1)
        mark_video(ports, CAMPAIGN_ID, old.video_hash, kept=True)

        with pytest.raises(WrongStateError, match="keeps 1 videos"):
            mark_video(ports, CAMPAIGN_ID, new.video_hash, kept=True)


class TestPromote:
    def test_promoting_swaps_the_current_and_the_historical_video(
        self, ports: FakePorts, old: Video, new: Video
    ) -> None:
        promoted = promote(ports, old)

        assert stored(ports, old) == promoted
        assert promoted.is_current
        assert stored(ports, new).version_state is VersionState.HISTORICAL
        assert_agreement(ports)

    def test_a_double_click_promotes_once(self, ports: FakePorts, old: Video, new: Video) -> None:
        promote(ports, old)

        assert promote(ports, old).is_current
        assert stored(ports, new).version_state is VersionState.HISTORICAL

    def test_a_historical_video_fills_an_empty_slot(
        self, ports: FakePorts, old: Video, new: Video
    ) -> None:
        delete(ports, new)

        assert promote(ports, old).is_current
        assert_agreement(ports)

    def test_a_pending_video_replaces_the_promoted_one_when_it_completes(
        self, ports: FakePorts, old: Video, new: Video
    ) -> None:
        pending = submit(ports, "A blue bicycle")
        promote(ports, old)

        settle(ports)

        assert stored(ports, pending).is_current
        assert stored(ports, old).version_state is VersionState.HISTORICAL
        assert_agreement(ports)

    def test_a_video_without_its_clip_is_not_shown(
        self, ports: FakePorts, old: Video, new: Video
    ) -> None:
        pass_life_of_names(ports)
        ports.objects.delete(historical_name(old))

        with pytest.raises(ObjectNotFoundError):
            promote(ports, old)

        assert stored(ports, new).is_current

    def test_only_history_can_be_promoted(self, ports: FakePorts) -> None:
        pending = reserve(ports)

        with pytest.raises(WrongStateError):
            promote(ports, pending)

    def test_failed_renames_are_repeated_by_the_tick(
        self, ports: FakePorts, old: Video, new: Video
    ) -> None:
        committed = Once(do_nothing, at=0)

        def fail() -> None:
            if committed.has_acted:
                raise UnavailableError("The store is down.")

        acting = watched(ports, Hooks(before_effect=fail, after_effect=committed))
        assert promote_video(acting, CAMPAIGN_ID, old.video_hash).is_current
        assert historical_name(old) in ports.objects.objects

        maintain_campaigns(ports)

        assert_agreement(ports)


class TestCancel:
    def test_a_reserved_video_is_cancelled_and_its_money_free(self, ports: FakePorts) -> None:
        video = reserve(ports)

        cancelled = cancel(ports, video)

        assert stored(ports, video) == cancelled
        assert (cancelled.phase, cancelled.cost.actual) == (Phase.CANCELLED, Decimal(0))
        campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
        assert (campaign.slots, campaign.money.reserved) == ((), Decimal(0))

    def test_a_cancelled_video_is_not_submitted(self, ports: FakePorts) -> None:
        video = reserve(ports)
        cancel(ports, video)

        deliver(ports)

        assert ports.generator.submissions == []

    def test_a_submitted_video_that_is_cancelled_completes_and_is_billed(
        self, ports: FakePorts
    ) -> None:
        video = submit(ports)

        asked = cancel(ports, video)
        assert (asked.phase, asked.cancel_requested) == (Phase.GENERATING, True)
        settle(ports)

        assert stored(ports, video).version_state is VersionState.HISTORICAL
        assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.spent == PRICE

    @pytest.mark.parametrize("begin", [reserve, submit], ids=["reserved", "submitted"])
    def test_a_double_click_cancels_once(
        self, ports: FakePorts, begin: Callable[[FakePorts], Video]
    ) -> None:
        video = begin(ports)

        first = cancel(ports, video)

        assert (first.phase, True) == (cancel(ports, video).phase, first.cancel_requested)

    def test_a_cancellation_concurrent_with_a_submission_is_consistent(
        self, ports: FakePorts
    ) -> None:
        video = reserve(ports)
        submitting = Once(lambda: wake(ports, video), at=0)

        asked = cancel_video(
            watched(ports, Hooks(before_effect=submitting)), CAMPAIGN_ID, video.video_hash
        )

        assert (asked.phase, asked.cancel_requested) == (Phase.GENERATING, True)

    def test_a_finished_video_cannot_be_cancelled(self, ports: FakePorts, old: Video) -> None:
        with pytest.raises(WrongStateError):
            cancel(ports, old)


class TestDelete:
    def test_a_deleted_video_loses_its_record_and_objects(
        self, ports: FakePorts, old: Video
    ) -> None:
        delete(ports, old)

        assert ports.campaigns.videos == {}
        assert ports.objects.objects == {}
        campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
        assert (campaign.slots, campaign.chores, campaign.money.spent) == ((), (), PRICE)

    def test_deleting_a_historical_video_keeps_the_current_one(
        self, ports: FakePorts, old: Video, new: Video
    ) -> None:
        delete(ports, old)

        assert stored(ports, new) == new
        assert_agreement(ports)

    def test_a_reserved_video_is_cancelled_first_and_never_paid(self, ports: FakePorts) -> None:
        video = reserve(ports)

        delete(ports, video)
        settle(ports)

        assert ports.campaigns.videos == {}
        assert ports.generator.submissions == []
        assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.reserved == Decimal(0)

    def test_a_submitted_video_cannot_be_deleted_yet(self, ports: FakePorts) -> None:
        video = submit(ports)

        with pytest.raises(WrongStateError):
            delete(ports, video)

        assert stored(ports, video) == video

    def test_a_refused_deletion_leaves_no_trace(self, ports: FakePorts) -> None:
        """Even where the submission came between looking and deciding."""
        video = reserve(ports)
        submitting = Once(lambda: wake(ports, video), at=0)

        with pytest.raises(WrongStateError):
            delete_video(
                watched(ports, Hooks(before_effect=submitting)), CAMPAIGN_ID, video.video_hash
            )

        assert not stored(ports, video).cancel_requested

    def test_deleting_a_failed_video_removes_its_attempts(self, ports: FakePorts) -> None:
        """It has nothing that could be restored from a trash."""
        keep_trash(ports)
        video = give_up(ports)
        ports.generator.let_clips_appear()

        delete(ports, video)

        assert ports.objects.objects == {}
        assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.possibly_spent == PRICE

    def test_a_deleted_video_cannot_be_deleted_again(self, ports: FakePorts, old: Video) -> None:
        delete(ports, old)

        with pytest.raises(VideoNotFoundError):
            delete(ports, old)
