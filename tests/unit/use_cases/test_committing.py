"""Optimistic commits: once more if somebody else was faster, and not for ever."""

import pytest

from shared.domain.campaign import Campaign, Change
from shared.domain.errors import ConflictError, WrongStateError
from shared.domain.schedule import CONTENTION
from shared.domain.values import replace
from shared.domain.video import Video
from shared.use_cases.change_versions import cancel_video
from shared.use_cases.committing import change_video, revise, until_committed
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.conftest import Pauses
from tests.unit.use_cases.scenes import CAMPAIGN_ID, reserve, stored, submit
from tests.unit.use_cases.watching import Hooks, Once, watched


class Contended:
    """Meets so many conflicts before it succeeds."""

    def __init__(self, conflicts: int) -> None:
        self.attempts = 0
        self._conflicts = conflicts

    def __call__(self) -> str:
        self.attempts += 1
        if self.attempts <= self._conflicts:
            raise ConflictError("Somebody else was faster.")
        return "committed"


@pytest.mark.parametrize("conflicts", [0, 1, 11])
def test_a_conflict_repeats_the_read_and_the_decision(conflicts: int) -> None:
    attempt = Contended(conflicts)

    assert until_committed(attempt) == "committed"
    assert conflicts + 1 == attempt.attempts


def test_a_commit_that_keeps_losing_gives_up_within_its_time(pauses: Pauses) -> None:
    with pytest.raises(ConflictError):
        until_committed(Contended(1_000))

    assert CONTENTION.total_seconds() / 2 < sum(pauses.lengths) <= CONTENTION.total_seconds()


def test_a_commit_that_lost_one_race_is_tried_again_at_once(pauses: Pauses) -> None:
    until_committed(Contended(1))

    assert sum(pauses.lengths) <= 0.05


def test_a_decision_is_made_again_on_what_a_competitor_committed(ports: FakePorts) -> None:
    video = submit(ports)
    competing = Once(lambda: cancel_video(ports, CAMPAIGN_ID, video.video_hash), at=0)
    seen: list[bool] = []

    def rule(campaign: Campaign, latest: Video) -> Change:
        seen.append(latest.cancel_requested)
        return Change(campaign=campaign, videos=(latest,))

    change_video(watched(ports, Hooks(before_effect=competing)), video, rule)

    assert seen == [False, True]


def test_a_revision_keeps_what_a_competitor_committed(ports: FakePorts) -> None:
    video = submit(ports)
    competing = Once(lambda: cancel_video(ports, CAMPAIGN_ID, video.video_hash), at=0)
    acting = watched(ports, Hooks(before_effect=competing))

    revised = revise(acting, video, lambda latest: replace(latest, metadata={"order": "7"}))

    assert stored(ports, video) == revised
    assert (revised.metadata, revised.cancel_requested) == ({"order": "7"}, True)


def test_a_revision_that_is_no_longer_allowed_is_not_made(ports: FakePorts) -> None:
    video = reserve(ports)
    competing = Once(lambda: cancel_video(ports, CAMPAIGN_ID, video.video_hash), at=0)

    def transition(latest: Video) -> Video:
        if latest.has_ended:
            raise WrongStateError("It has ended.")
        return latest

    with pytest.raises(WrongStateError):
        revise(watched(ports, Hooks(before_effect=competing)), video, transition)
