"""Check that the boxes of an MP4 are complete, without reading its media.

PyAV opens a truncated file and presents its remaining part.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO

from shared.domain.errors import InvalidClipError

_REST_OF_FILE, _LARGE_SIZE = 0, 1
_BOX_HEADER_BYTES = 8
_NEEDED = frozenset({b"moov", b"mdat", b"moof"})


def require_whole(clip: BinaryIO) -> int:
    """Return the size in bytes. Raise InvalidClipError unless index and media are all there.

    Any bytes may follow them, such as padding or a trailer.
    """
    size_bytes = clip.seek(0, os.SEEK_END)
    if not size_bytes:
        raise InvalidClipError("The clip is empty.")
    whole = set(_whole_boxes(clip, size_bytes))
    if b"moov" not in whole:
        raise InvalidClipError("The clip has no moov box, which says where its frames are.")
    return size_bytes


def _whole_boxes(clip: BinaryIO, size_bytes: int) -> Iterator[bytes]:
    start = 0
    seen: set[bytes] = set()
    while start < size_bytes:
        kind, end = _box(clip, start, size_bytes)
        if end is None:
            if kind not in _NEEDED and {b"moov", b"mdat"} <= seen:
                return
            raise InvalidClipError(f"The clip is cut off in the box that begins at byte {start}.")
        seen.add(kind)
        yield kind
        start = end


def _box(clip: BinaryIO, start: int, size_bytes: int) -> tuple[bytes, int | None]:
    """Return the kind of a box, and where it ends; None if that is not within the file."""
    clip.seek(start)
    head = clip.read(16)
    size, kind, header = int.from_bytes(head[:4]), head[4:8], _BOX_HEADER_BYTES
    if start == 0 and kind != b"ftyp":
        raise InvalidClipError("The clip is not an MP4: it does not begin with an ftyp box.")
    if len(head) < _BOX_HEADER_BYTES:
        return kind, None
    if size == _LARGE_SIZE:
        size, header = int.from_bytes(head[8:]), 16
    end = size_bytes if size == _REST_OF_FILE else start + size
    return kind, end if start + header <= end <= size_bytes else None
