"""What every repository of plays keeps."""

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared.domain.errors import UnreadableRecordError
from shared.domain.plays import Beacon, Counts, CountsKey, View, merge
from shared.domain.values import replace
from shared.ports.play_repository import PlayRepository
from tests.unit.domain.builders import A_VIDEO, NOW, a_beacon, a_token

TODAY = NOW.date()
ANOTHER_VIDEO = "video_autumn.0123456789abcdef"


def send(
    plays: PlayRepository, beacon: Beacon, *, video_id: str = A_VIDEO, days: int = 0, arm: int = -1
) -> None:
    token = replace(a_token(), video_id=video_id)
    if arm >= 0:
        token = replace(token, experiment_id="exp_spring.1", arm=arm)
    now = NOW + timedelta(days=days, minutes=1)
    plays.merge_view(beacon.view, lambda view: merge(view, beacon, token, now))


class PlayContract:
    """A subclass gives the fixture `plays`, an empty store."""

    def test_the_counts_of_a_view_are_those_of_its_beacons_together(
        self, plays: PlayRepository
    ) -> None:
        first = a_beacon(played_ms=3000, bins=0xFF, stalls=1)
        last = replace(first, seq=2, played_ms=8000, bins=0xFFFFFFFF)

        for each in (first, last, first):
            send(plays, each)

        ((key, counts),) = plays.counts_of_video(A_VIDEO, TODAY, TODAY)
        assert key == CountsKey(video_id=A_VIDEO, day=TODAY)
        assert counts == Counts(
            plays=1, views=1, q25=1, q50=1, q75=1, q100=1, played_ms=8000, stalls=1, bins=(1,) * 32
        )

    def test_views_add_up(self, plays: PlayRepository) -> None:
        for number in range(3):
            send(plays, a_beacon(number, played_ms=1000, bins=0b101))

        ((_, counts),) = plays.counts_of_campaign("spring", TODAY, TODAY)
        assert (counts.plays, counts.played_ms, counts.bins[:4]) == (3, 3000, (3, 0, 3, 0))

    def test_a_view_of_which_nothing_changes_is_counted_once(self, plays: PlayRepository) -> None:
        beacon = a_beacon(played_ms=1000)
        send(plays, beacon)

        plays.merge_view(beacon.view, known)

        ((_, counts),) = plays.counts_of_video(A_VIDEO, TODAY, TODAY)
        assert counts.plays == 1

    def test_what_a_change_raises_leaves_everything_as_it_was(self, plays: PlayRepository) -> None:
        beacon = a_beacon(played_ms=1000)
        send(plays, beacon)

        def refuse(view: View | None) -> View:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            plays.merge_view(beacon.view, refuse)
        send(plays, replace(beacon, played_ms=2000))

        ((_, counts),) = plays.counts_of_video(A_VIDEO, TODAY, TODAY)
        assert (counts.plays, counts.played_ms) == (1, 2000)

    def test_videos_days_and_arms_are_counted_apart(self, plays: PlayRepository) -> None:
        send(plays, a_beacon(1, played_ms=1))
        send(plays, a_beacon(2, played_ms=2), days=1)
        send(plays, a_beacon(3, played_ms=4), video_id=ANOTHER_VIDEO)
        send(plays, a_beacon(4, played_ms=8), arm=0)
        send(plays, a_beacon(5, played_ms=16), arm=1, video_id="video_spring.00000000000000ff")
        plays.count_exposure(
            CountsKey(video_id=A_VIDEO, experiment_id="exp_spring.1", arm=0, day=TODAY)
        )
        tomorrow = TODAY + timedelta(days=1)

        def watched(found: object) -> list[int]:
            assert isinstance(found, (list, tuple))
            return [counts.played_ms for _, counts in found]

        assert watched(plays.counts_of_video(A_VIDEO, TODAY, tomorrow)) == [1, 8, 2]
        assert watched(plays.counts_of_video(A_VIDEO, tomorrow, tomorrow)) == [2]
        assert watched(plays.counts_of_campaign("spring", TODAY, TODAY)) == [16, 1, 8]
        arms = plays.counts_of_experiment("exp_spring.1", TODAY, tomorrow)
        assert [(key.arm, counts.exposures) for key, counts in arms] == [(1, 0), (0, 1)]
        assert watched(plays.counts_of_experiment("exp_spring.1", tomorrow, tomorrow)) == []

    def test_beacons_of_many_threads_are_all_counted(self, plays: PlayRepository) -> None:
        beacons = [a_beacon(number % 4, played_ms=100 + number) for number in range(24)]

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda beacon: send(plays, beacon), beacons))

        ((_, counts),) = plays.counts_of_video(A_VIDEO, TODAY, TODAY)
        assert (counts.plays, counts.played_ms) == (4, 120 + 121 + 122 + 123)

    def test_a_campaign_is_deleted_with_its_views_and_counts(self, plays: PlayRepository) -> None:
        send(plays, a_beacon(1, played_ms=1))
        send(plays, a_beacon(2, played_ms=1), video_id=ANOTHER_VIDEO)

        plays.delete_campaign("spring")

        assert plays.counts_of_campaign("spring", TODAY, TODAY) in ((), [])
        assert len(plays.counts_of_campaign("autumn", TODAY, TODAY)) == 1
        # Its view is forgotten, too: the same beacon counts from the start.
        send(plays, a_beacon(1, played_ms=1))
        ((_, counts),) = plays.counts_of_campaign("spring", TODAY, TODAY)
        assert counts.plays == 1

    def test_an_empty_store_has_no_counts(self, plays: PlayRepository) -> None:
        assert plays.counts_of_campaign("spring", TODAY, TODAY) in ((), [])
        plays.delete_campaign("spring")


class DamagedPlaysContract(ABC):
    """Of a store that keeps its records as texts, which something else may have changed."""

    @abstractmethod
    def damage_view(self, view_id: str) -> None: ...

    @abstractmethod
    def damage_counts(self, video_id: str) -> None: ...

    def test_a_damaged_view_is_unreadable_and_counts_nothing(self, plays: PlayRepository) -> None:
        beacon = a_beacon(played_ms=1000)
        send(plays, beacon)
        self.damage_view(beacon.view)

        with pytest.raises(UnreadableRecordError, match="cannot be read"):
            send(plays, replace(beacon, played_ms=2000))

        ((_, counts),) = plays.counts_of_video(A_VIDEO, TODAY, TODAY)
        assert counts.played_ms == 1000

    def test_damaged_counts_are_unreadable_and_others_are_read(self, plays: PlayRepository) -> None:
        send(plays, a_beacon(1, played_ms=1000))
        send(plays, a_beacon(2, played_ms=1000), video_id=ANOTHER_VIDEO)
        self.damage_counts(A_VIDEO)

        with pytest.raises(UnreadableRecordError, match="cannot be read"):
            plays.counts_of_video(A_VIDEO, TODAY, TODAY)

        assert len(plays.counts_of_video(ANOTHER_VIDEO, TODAY, TODAY)) == 1
        plays.delete_campaign("spring")
        assert not plays.counts_of_campaign("spring", TODAY, TODAY)


class ForgottenViewsContract:
    """Of a store that forgets views when it is told to."""

    def test_an_old_view_is_forgotten_and_its_counts_stay(self, plays: PlayRepository) -> None:
        send(plays, a_beacon(1, played_ms=1000))
        send(plays, a_beacon(2, played_ms=1000), days=1)

        assert plays.forget_views(NOW, limit=10) == 0
        assert plays.forget_views(NOW + timedelta(hours=1), limit=10) == 1
        assert plays.forget_views(NOW + timedelta(days=9), limit=0) == 0

        ((_, counts),) = plays.counts_of_video(A_VIDEO, TODAY, TODAY)
        assert counts.plays == 1
        assert plays.forget_views(NOW + timedelta(days=9), limit=10) == 1


def known(view: View | None) -> View:
    assert view is not None
    return view
