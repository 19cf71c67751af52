"""Optimistic commits: read, decide, write; and once more if somebody else was faster."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from shared.domain.campaign import Campaign, Change
from shared.domain.errors import ConflictError, WrongStateError
from shared.domain.video import Video
from shared.ports import Ports
from shared.use_cases.budgeting import giving_back

T = TypeVar("T")

_ATTEMPTS = 12


def until_committed(attempt: Callable[[], T]) -> T:
    """Run `attempt`, which reads all that it decides by, until no one else commits in between."""
    for tried in range(_ATTEMPTS - 1):
        try:
            return attempt()
        except ConflictError:
            time.sleep(random.uniform(0, 0.005 * 2**tried))  # noqa: S311  # jitter, not a secret
    return attempt()


def revise(ports: Ports, video: Video, transition: Callable[[Video], Video]) -> Video:
    """Commit a change of one video alone. Returns it as stored."""
    latest = [video]

    def attempt() -> Video:
        try:
            return ports.campaigns.commit_video(transition(latest[0]))
        except ConflictError:
            latest[0] = ports.campaigns.get_video(video.campaign_id, video.video_hash)
            raise

    return until_committed(attempt)


def revise_held(ports: Ports, held: Video, transition: Callable[[Video], Video]) -> Video:
    """The same for a video on which this process works; only its own step may change it.

    Raise WrongStateError if another process has taken the video over.
    """

    def rule(latest: Video) -> Video:
        if not latest.stands_as(held):
            raise WrongStateError(f"The video {held.id} has gone on.")
        return transition(latest)

    return revise(ports, held, rule)


def decide(ports: Ports, video: Video, rule: Callable[[Campaign, Video], Change]) -> Change:
    """Commit a change of a campaign and of one of its videos, both as they are now.

    The dollars of one that ends with nothing billed go back to the budget of their day.
    """

    def attempt() -> Change:
        campaign = ports.campaigns.get_campaign(video.campaign_id)
        latest = ports.campaigns.get_video(video.campaign_id, video.video_hash)
        return ports.campaigns.commit(giving_back(ports, rule(campaign, latest)))

    return until_committed(attempt)
