"""Hold a video while its clip is stored, for as long as that takes."""

from dataclasses import replace
from functools import partial
from io import SEEK_SET
from typing import BinaryIO, cast

from shared.domain.video import Video
from shared.ports import Ports
from shared.use_cases.committing import revise_held


class Hold:
    """The lease of one process on `video`, which is the record as it was last committed."""

    def __init__(self, ports: Ports, video: Video) -> None:
        self._ports = ports
        self.video = video

    def renew(self) -> None:
        """Extend a lease that may not outlast the next part of the work.

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
