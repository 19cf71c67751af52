"""Leases: a step holds its video while it works, and releases it if it fails."""

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from io import SEEK_SET
from typing import BinaryIO, cast

from shared.domain.errors import ConflictError, ShowreelError
from shared.domain.schedule import CONTENTION_RETRY, FAULT_RETRY
from shared.domain.values import replace
from shared.domain.video import Video
from shared.domain.video_steps import release
from shared.ports import Ports
from shared.use_cases.committing import revise_held, until_committed

logger = logging.getLogger(__name__)


class Hold:
    """The lease of one process on `video`, the record as last committed."""

    def __init__(self, ports: Ports, video: Video) -> None:
        self._ports = ports
        self.video = video

    def renew(self) -> None:
        """Extend the lease if it may expire during the next part of the work.

        Raise WrongStateError if another process has taken the video over.
        """
        expires_at = self.video.lease_expires_at
        now = self._ports.now()
        if expires_at is not None and expires_at - now >= self._ports.leases.renewal:
            return
        until = now + self._ports.leases.store
        renewed = partial(replace, lease_expires_at=until, due_at=until)
        self.video = revise_held(self._ports, self.video, renewed)

    def reading(self, clip: BinaryIO) -> BinaryIO:
        """Return `clip` as a stream that renews the lease before each read."""
        return cast("BinaryIO", _RenewingReader(clip, self))


@contextmanager
def holding(ports: Ports, claimed: Video) -> Iterator[Hold]:
    """Release the video if the step raises an error: another step may take it at once.

    A process that is killed leaves a lease that expires, and a try that counts.
    """
    hold = Hold(ports, claimed)
    try:
        yield hold
    except ShowreelError as error:
        _give_back(ports, hold.video, retry_after(error))
        raise


def retry_after(error: ShowreelError) -> timedelta:
    """Return when to take the step again."""
    if isinstance(error, ConflictError):
        return CONTENTION_RETRY * random.uniform(0.1, 1)  # noqa: S311  # spread, not a secret
    return FAULT_RETRY


def _give_back(ports: Ports, claimed: Video, wait: timedelta) -> None:
    def attempt() -> None:
        latest = ports.campaigns.get_video(claimed.campaign_id, claimed.video_hash)
        released = release(latest, claimed, due_at=ports.now() + wait)
        if released != latest:
            ports.campaigns.commit_video(released)

    try:
        until_committed(attempt)
    except ShowreelError:
        # The lease expires by itself. While the store is down, the try counts.
        logger.warning("video.not_given_back", extra={"video_id": claimed.id}, exc_info=True)


class _RenewingReader:
    def __init__(self, clip: BinaryIO, hold: Hold) -> None:
        self._clip = clip
        self._hold = hold

    def read(self, size: int = -1) -> bytes:
        self._hold.renew()
        return self._clip.read(size)

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        return self._clip.seek(offset, whence)

    def tell(self) -> int:
        return self._clip.tell()

    def seekable(self) -> bool:
        return self._clip.seekable()

    def readable(self) -> bool:
        return True
