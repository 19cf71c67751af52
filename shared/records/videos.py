"""The record of a video."""

import msgspec

from shared.domain.video import Video
from shared.records.form import Record, encode, from_record, parse

# Threads that are the first to read the same type crash the process (msgspec 0.22). An import
# belongs to one thread: from here on, it is known.
msgspec.json.Decoder(Video)


def video_from_record(record: Record, *, revision: str = "") -> Video:
    """Raise UnreadableRecordError if it is not the record of a video, or of a newer schema."""
    return from_record(record, Video, revision)


def encode_video(video: Video) -> bytes:
    return encode(video)


def decode_video(content: bytes, *, revision: str = "") -> Video:
    """Raise UnreadableRecordError, as `video_from_record`."""
    return video_from_record(parse(content), revision=revision)
