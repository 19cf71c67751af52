"""The stored form of a campaign and of a video, the same in a file and in a database.

A record is a flat dict of JSON's own types, but for its moments, which are datetimes in UTC; in a
file they are RFC 3339. Dollars are strings, so that no digit is lost. A record says by which schema
it was written, and not at which revision it was read: that is the store's to know.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from shared.domain.campaign import Campaign
from shared.domain.errors import StorageError
from shared.domain.video import Video

SCHEMA_VERSION = 1

Record = dict[str, Any]
T = TypeVar("T", Campaign, Video)

# Threads that are the first to read the same dataclass crash the process (msgspec 0.22). An import
# belongs to one thread: from here on, both are known.
msgspec.json.Decoder(Campaign)
msgspec.json.Decoder(Video)


def to_record(stored: Campaign | Video) -> Record:
    fields = msgspec.to_builtins(stored, builtin_types=(datetime,))
    del fields["revision"]
    return {"schema_version": SCHEMA_VERSION, **fields}


def campaign_from_record(record: Record, *, revision: str = "") -> Campaign:
    """Raise StorageError if it is not the record of a campaign, or of a newer schema."""
    return _from_record(record, Campaign, revision)


def video_from_record(record: Record, *, revision: str = "") -> Video:
    """Raise StorageError if it is not the record of a video, or of a newer schema."""
    return _from_record(record, Video, revision)


def encode_campaign(campaign: Campaign) -> bytes:
    return _encode(campaign)


def encode_video(video: Video) -> bytes:
    return _encode(video)


def decode_campaign(content: bytes, *, revision: str = "") -> Campaign:
    """Raise StorageError, as `campaign_from_record`."""
    return campaign_from_record(_parse(content), revision=revision)


def decode_video(content: bytes, *, revision: str = "") -> Video:
    """Raise StorageError, as `video_from_record`."""
    return video_from_record(_parse(content), revision=revision)


def _encode(stored: Campaign | Video) -> bytes:
    return msgspec.json.format(msgspec.json.encode(to_record(stored)), indent=2) + b"\n"


def _parse(content: bytes) -> Record:
    try:
        return msgspec.json.decode(content, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StorageError(f"This is not the JSON of a record: {error}.") from error


def _from_record(record: Record, kind: type[T], revision: str) -> T:
    _require_schema(record)
    try:
        stored = msgspec.convert({**record, "revision": revision}, kind)
    except msgspec.ValidationError as error:
        raise StorageError(f"This is not the record of a {_name(kind)}: {error}.") from error
    if any(moment.tzinfo is None for moment in _moments(to_record(stored))):
        raise StorageError(f"A moment in this {_name(kind)} has no time zone: end it with Z.")
    return stored


def _require_schema(record: Record) -> None:
    version = record.get("schema_version")
    if version == SCHEMA_VERSION and version is not True:
        return
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise StorageError(
            f"This record has schema_version {version}, and this Showreel reads up to "
            f"{SCHEMA_VERSION}: a newer one wrote it. Run that one."
        )
    raise StorageError(f"This record has no schema_version that Showreel knows: {version!r}.")


def _moments(value: object) -> Iterator[datetime]:
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _moments(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _moments(each)


def _name(kind: type[T]) -> str:
    return kind.__name__.lower()
