"""Check that the boxes of an MP4 are complete, without reading its media.

PyAV opens a truncated file and presents its remaining part. It says nothing of a C2PA manifest.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO
from uuid import UUID

from msgspec import Struct

from shared.domain.errors import InvalidClipError

_REST_OF_FILE, _LARGE_SIZE = 0, 1
_BOX_HEADER_BYTES = 8
_NEEDED = frozenset({b"moov", b"mdat", b"moof"})

# A box with a manifest: this UUID, four bytes of version and flags, and what the box is for.
_C2PA = UUID("d8fec3d6-1b0e-483c-9297-5828877ec481").bytes
_MANIFESTS = (b"manifest\0", b"original\0", b"update\0")
_BEFORE_PURPOSE = len(_C2PA) + 4
_HEAD_BYTES = 16 + _BEFORE_PURPOSE + 16


class Mp4(Struct, frozen=True, kw_only=True):
    """`has_manifest`: a box is there that holds a C2PA manifest."""

    size_bytes: int
    has_manifest: bool


class _Box(Struct, frozen=True, kw_only=True):
    """`end` is None if that is not within the file."""

    kind: bytes
    end: int | None
    has_manifest: bool


def require_whole(clip: BinaryIO) -> Mp4:
    """Return what the boxes say. Raise InvalidClipError unless index and media are all there.

    Any bytes may follow them, such as padding or a trailer.
    """
    size_bytes = clip.seek(0, os.SEEK_END)
    if not size_bytes:
        raise InvalidClipError("The clip is empty.")
    whole = list(_whole_boxes(clip, size_bytes))
    if not any(box.kind == b"moov" for box in whole):
        raise InvalidClipError("The clip has no moov box, which says where its frames are.")
    return Mp4(size_bytes=size_bytes, has_manifest=any(box.has_manifest for box in whole))


def _whole_boxes(clip: BinaryIO, size_bytes: int) -> Iterator[_Box]:
    start = 0
    seen: set[bytes] = set()
    while start < size_bytes:
        box = _box(clip, start, size_bytes)
        if box.end is None:
            if box.kind not in _NEEDED and {b"moov", b"mdat"} <= seen:
                return
            raise InvalidClipError(f"The clip is cut off in the box that begins at byte {start}.")
        seen.add(box.kind)
        yield box
        start = box.end


def _box(clip: BinaryIO, start: int, size_bytes: int) -> _Box:
    clip.seek(start)
    head = clip.read(_HEAD_BYTES)
    size, kind, header = int.from_bytes(head[:4]), head[4:8], _BOX_HEADER_BYTES
    if start == 0 and kind != b"ftyp":
        raise InvalidClipError("The clip is not an MP4: it does not begin with an ftyp box.")
    if len(head) < _BOX_HEADER_BYTES:
        return _Box(kind=kind, end=None, has_manifest=False)
    if size == _LARGE_SIZE:
        size, header = int.from_bytes(head[8:16]), 16
    end = size_bytes if size == _REST_OF_FILE else start + size
    return _Box(
        kind=kind,
        end=end if start + header <= end <= size_bytes else None,
        has_manifest=kind == b"uuid" and _is_manifest(head[header:]),
    )


def _is_manifest(content: bytes) -> bool:
    return content.startswith(_C2PA) and content[_BEFORE_PURPOSE:].startswith(_MANIFESTS)
