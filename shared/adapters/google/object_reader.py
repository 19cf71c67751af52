"""Read an object in ranges, and verify its checksum."""

from __future__ import annotations

from io import SEEK_CUR, SEEK_END, SEEK_SET, BufferedReader, RawIOBase
from typing import TYPE_CHECKING, BinaryIO

import google_crc32c

from shared.domain.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.adapters.google.stored_object import StoredObject

    ReadRange = Callable[[StoredObject, int, int], bytes]

# A typical clip takes three requests, a thumbnail one.
_BLOCK_BYTES = 2 * 1024 * 1024


def open_reader(stored: StoredObject, read_range: ReadRange) -> BinaryIO:
    """Return a seekable stream that holds one block in memory.

    A read that reaches the end without having skipped a byte raises UnavailableError unless the
    checksum of all bytes is the stored one.
    """
    return BufferedReader(_ObjectReader(stored, read_range), _BLOCK_BYTES)


class _ObjectReader(RawIOBase):
    def __init__(self, stored: StoredObject, read_range: ReadRange) -> None:
        self._stored = stored
        self._read_range = read_range
        self._position = 0
        self._checked = 0
        self._crc32c = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        start = {SEEK_SET: 0, SEEK_CUR: self._position, SEEK_END: self._stored.info.size}
        self._position = max(0, start[whence] + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self._take(len(buffer))
        buffer[: len(block)] = block
        return len(block)

    def readall(self) -> bytes:
        """Make one request; the inherited method makes one for every few kilobytes."""
        return self._take(self._stored.info.size)

    def _take(self, size: int) -> bytes:
        stop = min(self._position + size, self._stored.info.size)
        if stop <= self._position:
            return b""
        block = self._read_range(self._stored, self._position, stop)
        self._check(block)
        self._position = stop
        return block

    def _check(self, block: bytes) -> None:
        """Extend the checksum by the bytes that it does not cover yet."""
        known = self._checked - self._position
        if not 0 <= known < len(block):
            return
        self._crc32c = google_crc32c.extend(self._crc32c, block[known:])
        self._checked += len(block) - known
        if self._checked == self._stored.info.size and self._crc32c != self._stored.crc32c:
            raise UnavailableError(
                f"The object {self._stored.path!r} did not arrive as it is stored. Try again."
            )
