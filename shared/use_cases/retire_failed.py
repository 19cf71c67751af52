"""Retire failed and cancelled videos: their records go, and their dollars stay counted."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from shared.domain.campaign import MOST_REMOVED
from shared.domain.errors import CampaignNotFoundError
from shared.domain.removal import is_expired, remove
from shared.domain.settlement import held_by
from shared.domain.video import Status, Video
from shared.ports import Ports
from shared.ports.campaign_repository import ListPosition, SortOrder, VideoQuery
from shared.use_cases.committing import commit, until_committed
from shared.use_cases.finding_clips import find_clip
from shared.use_cases.finish_chores import finish_chores

# Each portion is one commit, and some calls for the objects of each video.
_PORTION = 20


def retire_failed(ports: Ports, campaign_id: str, *, end: datetime) -> int:
    """Remove records that ended KEEP_FAILED_DAYS ago, and return their number.

    At most MOST_REMOVED go, the earliest first, and no portion begins after `end`. A record that
    cannot be read stays. So does a video whose clip exists: the clip was paid for.
    """
    before = ports.now() - timedelta(days=ports.policy.keep_failed_days)
    retired = 0
    for videos in _ended(ports, campaign_id, before=before):
        expired = [each for each in videos if _may_go(ports, each, before=before)]
        if expired:
            retired += _retire(ports, campaign_id, expired, before=before)
        if retired >= MOST_REMOVED or ports.now() >= end:
            break
    return retired


def _ended(ports: Ports, campaign_id: str, *, before: datetime) -> Iterator[Sequence[Video]]:
    """Yield portions of the failed and cancelled videos that were created before `before`."""
    after: ListPosition | None = None
    while True:
        page = ports.campaigns.list_videos(
            VideoQuery(
                campaign_id=campaign_id,
                status=Status.FAILED,
                after=after,
                limit=_PORTION,
                order=SortOrder.ASCENDING,
            )
        )
        yield [video for video in page.videos if video.created_at < before]
        if not page.has_more or page.videos[-1].created_at >= before:
            return
        after = ListPosition.of(page.videos[-1])


def _may_go(ports: Ports, video: Video, *, before: datetime) -> bool:
    if not is_expired(video, before=before):
        return False
    return not held_by(video).committed or find_clip(ports, video) is None


def _retire(ports: Ports, campaign_id: str, videos: Sequence[Video], *, before: datetime) -> int:
    """Remove those that are still expired, and return their number."""
    hashes = [video.video_hash for video in videos]

    def attempt() -> tuple[Video, ...]:
        campaign, page = ports.campaigns.get_together(campaign_id, hashes)
        if campaign is None:
            raise CampaignNotFoundError(f"There is no campaign {campaign_id!r}.")
        expired = [video for video in page.videos if is_expired(video, before=before)]
        if not expired:
            return ()
        return commit(ports, remove(campaign, expired, now=ports.now())).removed

    removed = until_committed(attempt)
    finish_chores(ports, campaign_id)
    return len(removed)
