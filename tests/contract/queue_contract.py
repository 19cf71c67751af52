"""What every repository of turns keeps: the videos that wait, and the paces of models."""

from abc import ABC, abstractmethod
from datetime import timedelta

import pytest

from shared.domain.errors import ConflictError, UnreadableRecordError
from shared.domain.pacing import LaneSeen, Pace, take_turns
from shared.domain.values import replace
from shared.domain.versions import cancel
from shared.domain.video import Lane, Phase, QueuePlace, Video
from shared.domain.video_steps import begin_attempt, take_place
from shared.ports.campaign_repository import CampaignRepository, DueWork
from shared.ports.turn_repository import TurnRepository
from tests.contract.campaign_repository_contract import stored
from tests.contract.unreadable_record_contract import Fields
from tests.unit.domain.builders import MODEL, NOW, SOON, a_reserved_video

OTHER_MODEL = "veo-3.1-fast-generate-001"
LIMIT_AT = NOW + timedelta(hours=24)


def a_waiting_video(number: int, *, lane: Lane = Lane.BULK, second: int | None = None) -> Video:
    """A video whose place is at a second, by default its number."""
    order = NOW + timedelta(seconds=number if second is None else second)
    place = QueuePlace(lane=lane, order=order, limit_at=LIMIT_AT)
    return take_place(a_reserved_video(number), place)


def numbers(turns: TurnRepository, lane: Lane = Lane.BULK, *, limit: int = 9) -> list[int]:
    found = turns.waiting(MODEL, lane, limit=limit)
    return [int(video.video_hash, 16) for video in found]


class QueueContract:
    """A subclass gives the fixtures `repository`, which is empty, and `turns` of the same store."""

    def test_an_empty_queue_has_no_waiting_video(
        self, repository: CampaignRepository, turns: TurnRepository
    ) -> None:
        stored(repository, a_reserved_video(1))

        assert not turns.anything_waits()
        assert numbers(turns) == []
        assert turns.survey(MODEL, Lane.BULK, now=SOON) == LaneSeen(
            lane=Lane.BULK, waiting=0, first=None, last=None, seen_at=SOON
        )

    def test_waiting_videos_of_all_campaigns_are_found_in_queue_order(
        self, repository: CampaignRepository, turns: TurnRepository
    ) -> None:
        stored(repository, a_waiting_video(3), a_waiting_video(1))
        stored(repository, a_waiting_video(2), campaign_id="autumn")

        assert turns.anything_waits()
        assert numbers(turns) == [1, 2, 3]
        assert numbers(turns, limit=2) == [1, 2]
        assert turns.survey(MODEL, Lane.BULK, now=SOON) == LaneSeen(
            lane=Lane.BULK,
            waiting=3,
            first=NOW + timedelta(seconds=1),
            last=NOW + timedelta(seconds=3),
            seen_at=SOON,
        )

    def test_places_at_the_same_moment_are_all_found(
        self, repository: CampaignRepository, turns: TurnRepository
    ) -> None:
        stored(repository, *(a_waiting_video(number, second=0) for number in range(1, 6)))

        assert numbers(turns) == [1, 2, 3, 4, 5]

    def test_each_lane_of_each_model_is_listed_apart(
        self, repository: CampaignRepository, turns: TurnRepository
    ) -> None:
        other = a_waiting_video(3)
        other = replace(other, parameters=replace(other.parameters, model=OTHER_MODEL))
        stored(repository, a_waiting_video(1), a_waiting_video(2, lane=Lane.INTERACTIVE), other)

        assert numbers(turns) == [1]
        assert numbers(turns, Lane.INTERACTIVE) == [2]
        assert len(turns.waiting(OTHER_MODEL, Lane.BULK, limit=9)) == 1

    def test_submitted_and_cancelled_videos_leave_the_queue(
        self, repository: CampaignRepository, turns: TurnRepository
    ) -> None:
        change = stored(repository, a_waiting_video(1), a_waiting_video(2))
        first, second = change.videos

        repository.commit_video(begin_attempt(first, now=NOW, lease_expires_at=SOON))
        repository.commit(cancel(change.campaign, second, now=NOW))

        assert not turns.anything_waits()

    def test_an_earlier_release_that_submits_leaves_no_place_behind(
        self, repository: CampaignRepository, turns: TurnRepository
    ) -> None:
        """It does not know the place, and stores it again as it was."""
        (video,) = stored(repository, a_waiting_video(1)).videos

        repository.commit_video(replace(video, phase=Phase.SUBMITTING))

        assert numbers(turns) == []

    def test_a_waiting_video_is_not_due_before_its_limit(
        self, repository: CampaignRepository
    ) -> None:
        stored(repository, a_waiting_video(1))

        assert repository.due(LIMIT_AT - timedelta(microseconds=1), limit=9) == ()
        assert repository.due(LIMIT_AT, limit=9) == (
            DueWork(campaign_id="spring", video_hash=f"{1:016x}", due_at=LIMIT_AT),
        )

    def test_due_videos_are_found_page_by_page(self, repository: CampaignRepository) -> None:
        stored(repository, *(a_reserved_video(number, due_at=NOW) for number in range(1, 6)))
        found: list[DueWork] = []
        page = repository.due(SOON, limit=2)

        while page:
            found += page
            page = repository.due(SOON, limit=2, after=page[-1])

        assert [int(each.video_hash or "", 16) for each in found] == [1, 2, 3, 4, 5]

    def test_a_pace_that_is_not_stored_has_no_turns(self, turns: TurnRepository) -> None:
        assert turns.get_pace(MODEL) == Pace(model=MODEL)
        assert turns.get_paces((MODEL, OTHER_MODEL)) == {
            MODEL: Pace(model=MODEL),
            OTHER_MODEL: Pace(model=OTHER_MODEL),
        }
        assert turns.get_paces(()) == {}

    def test_a_pace_is_read_as_it_was_written(self, turns: TurnRepository) -> None:
        pace = take_turns(Pace(model=MODEL, waiting_since=NOW), 3, NOW)

        kept = turns.commit_pace(pace)

        assert kept == replace(pace, revision=kept.revision)
        assert turns.get_pace(MODEL) == kept
        assert turns.get_paces((MODEL,)) == {MODEL: kept}

    def test_of_two_that_take_turns_at_once_one_is_refused(self, turns: TurnRepository) -> None:
        kept = turns.commit_pace(Pace(model=MODEL))
        with pytest.raises(ConflictError):
            turns.commit_pace(Pace(model=MODEL))

        later = turns.commit_pace(take_turns(kept, 1, NOW))

        with pytest.raises(ConflictError):
            turns.commit_pace(take_turns(kept, 1, SOON))
        assert turns.get_pace(MODEL) == later

    def test_a_turn_and_its_attempt_are_written_together(
        self, repository: CampaignRepository, turns: TurnRepository
    ) -> None:
        (video,) = stored(repository, a_waiting_video(1)).videos
        attempt = begin_attempt(video, now=NOW, lease_expires_at=SOON)

        kept = turns.commit_attempt(attempt, take_turns(Pace(model=MODEL), 1, NOW))

        assert repository.get_video("spring", video.video_hash) == kept
        assert turns.get_pace(MODEL).turns[0].count == 1

    @pytest.mark.parametrize("lost", ["pace", "video"])
    def test_a_turn_and_its_attempt_are_refused_together(
        self, repository: CampaignRepository, turns: TurnRepository, lost: str
    ) -> None:
        (video,) = stored(repository, a_waiting_video(1)).videos
        pace = turns.commit_pace(Pace(model=MODEL))
        attempt = begin_attempt(video, now=NOW, lease_expires_at=SOON)
        if lost == "pace":
            pace = turns.commit_pace(take_turns(pace, 1, NOW))
            taken = take_turns(replace(pace, revision=""), 1, SOON)
        else:
            video = repository.commit_video(replace(video, cancel_requested=True))
            taken = take_turns(pace, 1, SOON)

        with pytest.raises(ConflictError):
            turns.commit_attempt(attempt, taken)

        assert repository.get_video("spring", video.video_hash) == video
        assert turns.get_pace(MODEL) == pace


class DamagedQueueContract(ABC):
    """The same for records that cannot be read."""

    @abstractmethod
    def read(self, repository: CampaignRepository, path: str) -> Fields: ...

    @abstractmethod
    def write(self, repository: CampaignRepository, path: str, fields: Fields) -> None: ...

    def test_a_record_that_cannot_be_read_does_not_keep_the_others_waiting(
        self, repository: CampaignRepository, turns: TurnRepository
    ) -> None:
        stored(repository, a_waiting_video(1), a_waiting_video(2))
        path = f"spring/{1:016x}"
        fields = self.read(repository, path)
        self.write(repository, path, {**fields, "cost": {}})

        assert numbers(turns, limit=1) == [2]

    def test_a_damaged_pace_names_the_revision_by_which_it_is_replaced(
        self, repository: CampaignRepository, turns: TurnRepository
    ) -> None:
        turns.commit_pace(take_turns(Pace(model=MODEL), 1, NOW))
        path = f"paces/{MODEL}"
        self.write(repository, path, {**self.read(repository, path), "turns": "many"})

        with pytest.raises(UnreadableRecordError) as damaged:
            turns.get_pace(MODEL)

        assert not damaged.value.is_newer
        assert turns.get_paces((MODEL, OTHER_MODEL)).keys() == {OTHER_MODEL}
        turns.commit_pace(Pace(model=MODEL, revision=damaged.value.revision))
        assert turns.get_pace(MODEL).turns == ()

    def test_a_pace_of_a_newer_release_is_left_alone(
        self, repository: CampaignRepository, turns: TurnRepository
    ) -> None:
        turns.commit_pace(Pace(model=MODEL))
        path = f"paces/{MODEL}"
        self.write(repository, path, {**self.read(repository, path), "schema_version": 2})

        with pytest.raises(UnreadableRecordError) as newer:
            turns.get_pace(MODEL)

        assert newer.value.is_newer

    def test_a_pace_record_of_another_model_is_damaged(
        self, repository: CampaignRepository, turns: TurnRepository
    ) -> None:
        turns.commit_pace(Pace(model=MODEL))
        path = f"paces/{MODEL}"
        self.write(repository, path, {**self.read(repository, path), "model": OTHER_MODEL})

        with pytest.raises(UnreadableRecordError):
            turns.get_pace(MODEL)
