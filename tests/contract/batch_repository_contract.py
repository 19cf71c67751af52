"""What every repository of batches keeps."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Event

import pytest

from shared.domain.batch import (
    Batch,
    BatchFormat,
    LineResult,
    LineVideo,
    PhaseTotals,
    with_results,
)
from shared.domain.campaign import Change
from shared.domain.errors import BatchNotFoundError, ConflictError, VideoNotFoundError
from shared.domain.values import replace
from shared.domain.video import Failure, Lane, Outcome, Phase, Video
from shared.ports.batch_repository import BatchRepository
from shared.ports.campaign_repository import CampaignRepository, VideoQuery
from tests.unit.domain.builders import NOW, a_campaign, a_reserved_video

BATCH_ID = "batch_0123456789abcdef"
WEEK = timedelta(days=7)


def a_batch(number: int = 0, **changes: object) -> Batch:
    batch = Batch(
        batch_id=f"batch_{number:016x}",
        format=BatchFormat.JSON_LINES,
        lines=3,
        priority=Lane.BULK,
        default_model="veo-3.1-generate-001",
        estimated=Decimal("9.60"),
        created_at=NOW + timedelta(seconds=number),
        due_at=NOW + timedelta(seconds=number),
        requested_by="shop",
    )
    return replace(batch, **changes)  # type: ignore[arg-type]


def mine(number: int, campaign_id: str = "spring", **changes: object) -> Video:
    video = replace(a_reserved_video(number), campaign_id=campaign_id)
    return replace(video, batch_id=a_batch().batch_id, **changes)  # type: ignore[arg-type]


def changes_of(*videos: Video) -> Iterator[Change]:
    """Yield a change of a new campaign for each video."""
    for video in videos:
        yield Change(campaign=a_campaign(video.campaign_id), videos=(video,))


class BatchRepositoryContract:
    """A subclass gives the fixtures `campaigns` and `batches` of one empty store."""

    def test_an_unknown_batch_is_not_found(self, batches: BatchRepository) -> None:
        with pytest.raises(BatchNotFoundError):
            batches.get(BATCH_ID)

    @pytest.mark.parametrize("batch_id", ["", "..", "../x", "batch_1", "\0", "\ud800"])
    def test_an_invalid_batch_id_is_not_found(
        self, batches: BatchRepository, batch_id: str
    ) -> None:
        with pytest.raises(BatchNotFoundError):
            batches.get(batch_id)

    def test_a_committed_batch_is_read(self, batches: BatchRepository) -> None:
        result = LineResult(
            line=1,
            campaign_id="spring",
            done_at=NOW,
            videos=(LineVideo(video_id="video_spring.1", outcome=Outcome.CREATED),),
        )
        refused = LineResult(
            line=2,
            campaign_id="",
            done_at=NOW,
            error=Failure(code="slot_busy", message="It is busy."),
        )
        totals = {Phase.DONE: PhaseTotals(videos=2, usd=Decimal("6.40"))}
        batch = replace(
            with_results(a_batch(), (result, refused)), cancelled_at=NOW, completed_at=NOW
        )

        stored = batches.commit(replace(batch, ended=totals))

        assert stored.revision
        assert batches.get(batch.batch_id) == stored
        assert replace(stored, revision="", ended={}) == batch
        assert stored.ended == totals

    def test_a_batch_is_created_once(self, batches: BatchRepository) -> None:
        batches.commit(a_batch())

        with pytest.raises(ConflictError):
            batches.commit(a_batch())

    def test_a_batch_is_committed_with_the_campaigns_of_its_lines(
        self, batches: BatchRepository, campaigns: CampaignRepository
    ) -> None:
        batch = batches.commit(a_batch())

        batches.commit(replace(batch, next_line=2), tuple(changes_of(mine(1), mine(2, "autumn"))))

        assert batches.get(batch.batch_id).next_line == 2
        assert campaigns.get_campaign("spring").revision
        assert campaigns.get_video("autumn", f"{2:016x}").batch_id == batch.batch_id

    def test_a_commit_on_an_old_batch_changes_nothing(
        self, batches: BatchRepository, campaigns: CampaignRepository
    ) -> None:
        old = batches.commit(a_batch())
        latest = batches.commit(replace(old, cancelled_at=NOW))

        with pytest.raises(ConflictError):
            batches.commit(replace(old, next_line=1), tuple(changes_of(mine(1))))

        assert batches.get(old.batch_id) == latest
        with pytest.raises(VideoNotFoundError):
            campaigns.get_video("spring", f"{1:016x}")

    def test_a_conflict_of_one_campaign_changes_nothing_of_another(
        self, batches: BatchRepository, campaigns: CampaignRepository
    ) -> None:
        batch = batches.commit(a_batch())
        campaigns.commit(Change(campaign=a_campaign("autumn")))

        with pytest.raises(ConflictError):
            batches.commit(
                replace(batch, next_line=2), tuple(changes_of(mine(1), mine(2, "autumn")))
            )

        assert batches.get(batch.batch_id) == batch
        with pytest.raises(VideoNotFoundError):
            campaigns.get_video("spring", f"{1:016x}")

    def test_the_newest_come_first_in_pages(self, batches: BatchRepository) -> None:
        stored = [batches.commit(a_batch(number)) for number in (2, 0, 3, 1)]

        first = batches.list(after=None, limit=3)
        rest = batches.list(after=first[-1], limit=3)

        assert [int(each.batch_id[-1]) for each in first] == [3, 2, 1]
        assert rest == (stored[1],)

    def test_due_batches_are_found_the_longest_due_first(self, batches: BatchRepository) -> None:
        for number in (2, 0, 1):
            batches.commit(a_batch(number))
        batches.commit(a_batch(4, due_at=None))

        assert batches.due(NOW + timedelta(seconds=1), limit=9) == (
            a_batch(0).batch_id,
            a_batch(1).batch_id,
        )
        assert batches.due(NOW + timedelta(hours=1), limit=1) == (a_batch(0).batch_id,)

    def test_the_videos_of_a_batch_are_counted_by_their_phases(
        self, batches: BatchRepository, campaigns: CampaignRepository
    ) -> None:
        cost = replace(mine(1).cost, actual=Decimal("3.20"))
        done = {"phase": Phase.DONE, "cost": cost}
        batch = batches.commit(
            a_batch(),
            tuple(
                changes_of(mine(1, "a", **done), mine(2, "b", **done), mine(3, "c"), mine(4, "d"))
            ),
        )
        other = replace(a_reserved_video(5), campaign_id="e")
        campaigns.commit(Change(campaign=a_campaign("e"), videos=(other,)))

        assert batches.totals(batch.batch_id) == {
            Phase.DONE: PhaseTotals(videos=2, usd=Decimal("6.40")),
            Phase.RESERVED: PhaseTotals(videos=2),
        }
        assert batches.totals(BATCH_ID) == {}

    def test_a_video_is_counted_in_its_present_phase(
        self, batches: BatchRepository, campaigns: CampaignRepository
    ) -> None:
        batch = batches.commit(a_batch(), tuple(changes_of(mine(1), mine(2, "autumn"))))
        video = campaigns.get_video("spring", f"{1:016x}")
        campaigns.commit_video(replace(video, phase=Phase.SUBMITTING))
        campaigns.remove_campaign(campaigns.get_campaign("autumn"))

        assert batches.totals(batch.batch_id) == {Phase.SUBMITTING: PhaseTotals(videos=1)}

    def test_a_removed_video_stays_counted_and_is_found_nowhere(
        self, batches: BatchRepository, campaigns: CampaignRepository
    ) -> None:
        cost = replace(mine(1).cost, actual=Decimal("3.20"))
        done = mine(1, phase=Phase.DONE, cost=cost, due_at=None)
        batch = batches.commit(a_batch(), tuple(changes_of(done, mine(2, "autumn"))))
        totals = batches.totals(batch.batch_id)
        video = campaigns.get_video("spring", f"{1:016x}")

        removal = Change(campaign=campaigns.get_campaign("spring"), removed=(video,))
        left = campaigns.commit(removal).campaign
        campaigns.remove_campaign(left)

        assert totals[Phase.DONE] == PhaseTotals(videos=1, usd=Decimal("3.20"))
        assert batches.totals(batch.batch_id) == totals
        (other,) = campaigns.list_videos(VideoQuery()).videos
        assert other.campaign_id == "autumn"
        assert campaigns.get_all_videos("spring").videos == ()
        assert {each.campaign_id for each in campaigns.due(NOW + WEEK, limit=9)} == {"autumn"}

    def test_a_video_that_is_cancelled_and_removed_in_one_commit_stays_counted(
        self, batches: BatchRepository, campaigns: CampaignRepository
    ) -> None:
        batch = batches.commit(a_batch(), tuple(changes_of(mine(1))))
        video = campaigns.get_video("spring", f"{1:016x}")

        cancelled = replace(video, phase=Phase.CANCELLED)
        campaigns.commit(Change(campaign=campaigns.get_campaign("spring"), removed=(cancelled,)))

        assert batches.totals(batch.batch_id) == {Phase.CANCELLED: PhaseTotals(videos=1)}

    def test_a_rebuilt_campaign_counts_its_removed_videos_again(
        self, batches: BatchRepository, campaigns: CampaignRepository
    ) -> None:
        cost = replace(mine(1).cost, actual=Decimal("3.20"))
        done = mine(1, phase=Phase.DONE, cost=cost, due_at=None)
        other = replace(done, video_hash=f"{2:016x}", batch_id=None)
        left = a_campaign().without_video(done).without_video(other).without_video(mine(3))

        campaigns.commit(Change(campaign=left))

        assert batches.totals(a_batch().batch_id) == {
            Phase.DONE: PhaseTotals(videos=1, usd=Decimal("3.20"))
        }

    def test_the_last_created_of_the_waiting_videos_come_first(
        self, batches: BatchRepository
    ) -> None:
        videos = [
            mine(number, f"c{number}", created_at=NOW + timedelta(seconds=number))
            for number in (2, 3, 1)
        ]
        submitted = mine(4, "c4", phase=Phase.SUBMITTING)
        batch = batches.commit(a_batch(), tuple(changes_of(*videos, submitted)))

        found = batches.waiting(batch.batch_id, limit=2)

        assert [int(each.video_hash, 16) for each in found] == [3, 2]
        assert all(each.revision for each in found)

    def test_many_campaigns_are_read_together(self, campaigns: CampaignRepository) -> None:
        first = campaigns.commit(next(changes_of(mine(1))))
        second = campaigns.commit(next(changes_of(mine(2, "autumn"))))

        found = campaigns.get_many(
            {"spring": [f"{1:016x}", f"{9:016x}"], "autumn": [], "winter": [f"{1:016x}"]}
        )

        assert found["spring"][0] == first.campaign
        assert found["spring"][1].videos == first.videos
        assert (found["autumn"][0], found["autumn"][1].videos) == (second.campaign, ())
        assert (found["winter"][0], found["winter"][1].videos) == (None, ())
        assert campaigns.get_many({}) == {}

    def test_a_video_that_changes_phase_during_the_count_is_counted_once(
        self, batches: BatchRepository, campaigns: CampaignRepository
    ) -> None:
        batch = batches.commit(a_batch(), tuple(changes_of(mine(1))))
        ended = Event()

        def move() -> None:
            video = campaigns.get_video("spring", f"{1:016x}")
            while not ended.is_set():
                for phase in Phase:
                    video = campaigns.commit_video(replace(video, phase=phase))

        with ThreadPoolExecutor() as pool:
            moving = pool.submit(move)
            try:
                counted = [batches.totals(batch.batch_id) for _ in range(40)]
            finally:
                ended.set()
            moving.result()

        assert {sum(each.videos for each in totals.values()) for totals in counted} == {1}
