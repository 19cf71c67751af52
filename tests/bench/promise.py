"""What the promise costs: commits of a video's whole way, against one without ledger and lease.

Without them nothing is written before a submission, a check or the storing of a clip. A process
that dies there has forgotten what it did; that is what the commits buy.
"""

from shared.domain.campaign import Change
from shared.domain.video import Phase, Video
from tests.bench.report import Row, Target
from tests.bench.rounds import exactly
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import make, remake
from tools.in_memory.campaign_repository import InMemoryCampaignRepository


class CountingRepository(InMemoryCampaignRepository):
    commits = 0

    def commit(self, change: Change) -> Change:
        self.commits += 1
        return super().commit(change)

    def commit_video(self, video: Video) -> Video:
        self.commits += 1
        return super().commit_video(video)


class ForgetfulRepository(CountingRepository):
    """Keeps attempts and leases in the process alone, as one does who trusts it to live."""

    def __init__(self) -> None:
        super().__init__()
        self._unwritten: dict[tuple[str, str], Video] = {}

    def get_video(self, campaign_id: str, video_hash: str) -> Video:
        unwritten = self._unwritten.get((campaign_id, video_hash))
        return unwritten or super().get_video(campaign_id, video_hash)

    def commit_video(self, video: Video) -> Video:
        key = video.campaign_id, video.video_hash
        if video.phase in (Phase.SUBMITTING, Phase.STORING) or video.lease_expires_at is not None:
            self._unwritten[key] = video
            return video
        self._unwritten.pop(key, None)
        return super().commit_video(video)

    def commit(self, change: Change) -> Change:
        for video in change.videos:
            self._unwritten.pop((video.campaign_id, video.video_hash), None)
        return super().commit(change)


def measure_promise() -> tuple[Row, ...]:
    kept, forgotten = CountingRepository(), ForgetfulRepository()
    made = [_commits(repository) for repository in (kept, forgotten)]
    return tuple(
        Row(
            what=f"commits of {what}, {mine} / without ledger and lease, {theirs}",
            ratio=exactly(mine / theirs),
            target=Target(at_most=2),
        )
        for what, mine, theirs in zip(
            ("a video that is created and completed", "one that replaces another"),
            *made,
            strict=True,
        )
    )


def _commits(repository: CountingRepository) -> tuple[int, int]:
    """Return how many a new video takes, and a regenerated one."""
    ports = FakePorts()
    ports.campaigns = repository
    video = make(ports)
    first = repository.commits
    remake(ports, video)
    return first, repository.commits - first
