"""An object in Cloud Storage: its properties, and a stream that verifies its checksum."""

from __future__ import annotations

from base64 import b64decode
from io import SEEK_CUR, SEEK_END, SEEK_SET, BufferedReader, RawIOBase
from typing import TYPE_CHECKING, BinaryIO

import google_crc32c
from msgspec import Struct

from shared.domain.errors import UnavailableError
from shared.ports.object_store import ObjectInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from google.cloud.storage import Blob  # type: ignore[import-untyped]

    ReadRange = Callable[["StoredObject", int, int], bytes]


_BLOCK_BYTES = 2 * 1024 * 1024
_COPIED_BYTES = 64 * 1024


class Properties(Struct, frozen=True, kw_only=True):
    """The headers with which an object is served."""

    content_type: str
    cache_control: str
    content_disposition: str


class StoredObject(Struct, frozen=True, kw_only=True):
    """One generation of an object. `crc32c` is the checksum of all its bytes."""

    info: ObjectInfo
    generation: int
    crc32c: int
    properties: Properties
    metadata: Mapping[str, str]

    @classmethod
    def of(cls, blob: Blob) -> StoredObject:
        content_type = blob.content_type or "application/octet-stream"
        return cls(
            info=ObjectInfo(
                path=blob.name,
                # Some servers leave out zero values.
                size=blob.size or 0,
                etag=b64decode(blob.md5_hash or blob.crc32c).hex(),
                content_type=content_type,
                updated_at=blob.updated,
                version=str(blob.generation),
                # Composed objects have none.
                md5=b64decode(blob.md5_hash or "").hex(),
            ),
            generation=blob.generation,
            crc32c=int.from_bytes(b64decode(blob.crc32c), "big"),
            properties=Properties(
                content_type=content_type,
                cache_control=blob.cache_control or "",
                content_disposition=blob.content_disposition or "",
            ),
            metadata=blob.metadata or {},
        )

    @property
    def path(self) -> str:
        return self.info.path


def open_reader(stored: StoredObject, read_range: ReadRange) -> BinaryIO:
    """Return a seekable stream that holds up to three blocks in memory.

    A clip is read more than once: its index, which is in its first or last block, then all of it,
    then its beginning. Each block is fetched once for that.

    A read that reaches the end without having skipped a byte raises UnavailableError unless the
    checksum of all bytes is the stored one.
    """
    return BufferedReader(_ObjectReader(stored, read_range), _COPIED_BYTES)


class _ObjectReader(RawIOBase):
    def __init__(self, stored: StoredObject, read_range: ReadRange) -> None:
        self._stored = stored
        self._read_range = read_range
        self._blocks: dict[int, bytes] = {}
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
        start, stop = self._position, self._stored.info.size
        if 0 < stop <= _BLOCK_BYTES:
            return self._taken(self._block(0)[start:])
        return self._taken(self._read_range(self._stored, start, stop) if start < stop else b"")

    def _take(self, size: int) -> bytes:
        if self._position >= self._stored.info.size:
            return b""
        number, begin = divmod(self._position, _BLOCK_BYTES)
        return self._taken(self._block(number)[begin : begin + size])

    def _taken(self, content: bytes) -> bytes:
        self._check(content)
        self._position += len(content)
        return content

    def _block(self, number: int) -> bytes:
        """Return a block, and keep it with the first and the last one."""
        if number not in self._blocks:
            start = number * _BLOCK_BYTES
            stop = min(start + _BLOCK_BYTES, self._stored.info.size)
            block = self._read_range(self._stored, start, stop)
            last = (self._stored.info.size - 1) // _BLOCK_BYTES
            kept = {each: self._blocks[each] for each in self._blocks if each in (0, last)}
            self._blocks = {**kept, number: block}
        return self._blocks[number]

    def _check(self, block: bytes) -> None:
        """Extend the checksum by the bytes that it does not cover yet."""
        known = self._checked - self._position
        if not 0 <= known < len(block):
            return
        self._crc32c = google_crc32c.extend(self._crc32c, block[known:])
        self._checked += len(block) - known
        if self._checked == self._stored.info.size and self._crc32c != self._stored.crc32c:
            raise UnavailableError(
                f"The object {self._stored.path!r} was not received as stored. Try again."
            )
