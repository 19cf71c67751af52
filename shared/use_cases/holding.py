"""Steps hold their video by a lease, and give it back when they end early."""

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from shared.domain.errors import ConflictError, ShowreelError
from shared.domain.schedule import CONTENTION_RETRY, FAULT_RETRY
from shared.domain.video import Video, given_back
from shared.ports import Ports
from shared.use_cases.committing import until_committed

logger = logging.getLogger(__name__)


@contextmanager
def holding(ports: Ports, claimed: Video) -> Iterator[None]:
    """Give the video back where the step raises an error: another step may take it at once.

    What a process leaves behind that vanishes is a lease that expires, and a try that counts.
    """
    try:
        yield
    except ShowreelError as error:
        _give_back(ports, claimed, retry_after(error))
        raise


def retry_after(error: ShowreelError) -> timedelta:
    """Return when to take the step again."""
    if isinstance(error, ConflictError):
        return CONTENTION_RETRY * random.uniform(0.1, 1)  # noqa: S311  # spread, not a secret
    return FAULT_RETRY


def _give_back(ports: Ports, claimed: Video, wait: timedelta) -> None:
    def attempt() -> None:
        latest = ports.campaigns.get_video(claimed.campaign_id, claimed.video_hash)
        released = given_back(latest, claimed, due_at=ports.now() + wait)
        if released != latest:
            ports.campaigns.commit_video(released)

    try:
        until_committed(attempt)
    except ShowreelError:
        # The lease expires by itself. Of a store that is down, the try that counts is the price.
        logger.warning("video.not_given_back", extra={"video_id": claimed.id}, exc_info=True)
