"""The record of a video."""

from shared.domain.video import Video
from shared.records.form import decode, encode


def encode_video(video: Video) -> bytes:
    return encode(video)


def decode_video(content: bytes, *, revision: str = "") -> Video:
    """Raise UnreadableRecordError."""
    return decode(content, Video, revision=revision)
