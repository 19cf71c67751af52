"""What an MP4 says of itself, read from its boxes without touching its media."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from shared.domain.errors import InvalidClipError

_REST_OF_FILE, _LARGE_SIZE = 0, 1


@dataclass(frozen=True, kw_only=True)
class MP4Header:
    """`duration_seconds` is None where the file leaves it to its fragments."""

    size_bytes: int
    duration_seconds: float | None


def read_header(clip: BinaryIO) -> MP4Header:
    """Raise InvalidClipError unless the clip is an MP4 whose boxes are all whole."""
    size_bytes = clip.seek(0, os.SEEK_END)
    if not size_bytes:
        raise InvalidClipError("The clip is empty.")
    boxes: dict[bytes, range] = {}
    for kind, body in _boxes(clip, range(size_bytes)):
        boxes.setdefault(kind, body)
    if b"moov" not in boxes:
        raise InvalidClipError("The clip has no moov box, which says where its frames are.")
    return MP4Header(
        size_bytes=size_bytes,
        duration_seconds=None if b"moof" in boxes else _duration_seconds(clip, boxes[b"moov"]),
    )


def _boxes(clip: BinaryIO, span: range) -> Iterator[tuple[bytes, range]]:
    """Yield the kind of each box in the span, and where its body lies."""
    start = span.start
    while start < span.stop:
        clip.seek(start)
        head = clip.read(16)
        size, kind, body = int.from_bytes(head[:4]), head[4:8], start + 8
        if start == 0 and kind != b"ftyp":
            raise InvalidClipError("The clip is not an MP4: it does not begin with an ftyp box.")
        if size == _LARGE_SIZE:
            size, body = int.from_bytes(head[8:]), start + 16
        end = span.stop if size == _REST_OF_FILE else start + size
        if not body <= end <= span.stop:
            raise InvalidClipError(f"The clip is cut off in the box that begins at byte {start}.")
        yield kind, range(body, end)
        start = end


def _duration_seconds(clip: BinaryIO, moov: range) -> float:
    for kind, body in _boxes(clip, moov):
        if kind == b"mvhd":
            clip.seek(body.start)
            return _movie_duration(clip.read(32))
    raise InvalidClipError("The clip has no mvhd box, which says how long it lasts.")


def _movie_duration(mvhd: bytes) -> float:
    # Version 1 of the box differs from version 0 in the width of its times.
    at, width = (20, 8) if mvhd[:1] == b"\x01" else (12, 4)
    timescale = int.from_bytes(mvhd[at : at + 4])
    duration = int.from_bytes(mvhd[at + 4 : at + 4 + width])
    if not timescale or not duration:
        raise InvalidClipError("The clip lasts no time, it says.")
    return duration / timescale
