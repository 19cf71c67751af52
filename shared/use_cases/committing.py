"""Optimistic commits: read, decide, write, and retry on a conflict."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from shared.domain.campaign import Campaign, Change
from shared.domain.errors import (
    CampaignNotFoundError,
    ConflictError,
    VideoNotFoundError,
    WrongStateError,
)
from shared.domain.schedule import CONTENTION
from shared.domain.video import Video
from shared.ports import Ports
from shared.use_cases.announcing import announce_events
from shared.use_cases.budgeting import giving_back

T = TypeVar("T")

# Firestore sustains about one write per second and document: no longer pause is useful.
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0


def until_committed(attempt: Callable[[], T], *, within: timedelta = CONTENTION) -> T:
    """Retry `attempt`, which reads all records that it decides by, until it meets no conflict.

    Raise ConflictError if that takes longer than `within`.
    """
    end = time.monotonic() + within.total_seconds()
    longest = _FIRST_PAUSE_SECONDS
    while True:
        try:
            return attempt()
        except ConflictError:
            pause = random.uniform(0, longest)  # noqa: S311  # jitter, not a secret
            if time.monotonic() + pause > end:
                raise
        time.sleep(pause)
        longest = min(2 * longest, _LONGEST_PAUSE_SECONDS)


def revise(ports: Ports, video: Video, transition: Callable[[Video], Video]) -> Video:
    """Commit a change of one video, and return it as stored."""
    latest = [video]

    def attempt() -> Video:
        try:
            return ports.campaigns.commit_video(transition(latest[0]))
        except ConflictError:
            latest[0] = ports.campaigns.get_video(video.campaign_id, video.video_hash)
            raise

    return until_committed(attempt)


def revise_held(ports: Ports, held: Video, transition: Callable[[Video], Video]) -> Video:
    """Commit a change of a video that this process holds.

    Raise WrongStateError if another process has taken the video over.
    """

    def rule(latest: Video) -> Video:
        if not latest.is_unchanged_since(held):
            raise WrongStateError(f"Another step has changed the video {held.id}.")
        return transition(latest)

    return revise(ports, held, rule)


def commit(ports: Ports, change: Change) -> Change:
    """Commit a change, and announce its events. Raise ConflictError.

    The dollars of videos that end unbilled are credited to the budgets of their days.
    """
    committed = ports.campaigns.commit(giving_back(ports, change))
    announce_events(ports, committed.events)
    return committed


def change_video(ports: Ports, video: Video, rule: Callable[[Campaign, Video], Change]) -> Change:
    """Commit a change of a campaign and one of its videos, decided by their latest records."""

    def attempt() -> Change:
        campaign, latest = read_both(ports, video.campaign_id, video.video_hash)
        return commit(ports, rule(campaign, latest))

    return until_committed(attempt)


def read_both(ports: Ports, campaign_id: str, video_hash: str) -> tuple[Campaign, Video]:
    """Read a campaign and one of its videos, of one snapshot.

    Raise CampaignNotFoundError, VideoNotFoundError or UnreadableRecordError.
    """
    campaign, page = ports.campaigns.get_together(campaign_id, (video_hash,))
    if campaign is None:
        raise CampaignNotFoundError(f"There is no campaign {campaign_id!r}.")
    for record in page.unreadable:
        raise record.error()
    if not page.videos:
        raise VideoNotFoundError("There is no video with this id.")
    return campaign, page.videos[0]
