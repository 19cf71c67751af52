"""What the records of campaigns and of videos have in common."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from shared.domain.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.domain.campaign import Campaign
    from shared.domain.daily_budget import DayShare
    from shared.domain.video import Video

SCHEMA_VERSION = 1

Record = dict[str, Any]
T = TypeVar("T", "Campaign", "Video", "DayShare")


def to_record(stored: Campaign | Video | DayShare) -> Record:
    fields = msgspec.to_builtins(stored, builtin_types=(datetime,))
    del fields["revision"]
    return {"schema_version": SCHEMA_VERSION, **fields}


def encode(stored: Campaign | Video | DayShare) -> bytes:
    return msgspec.json.format(msgspec.json.encode(to_record(stored)), indent=2) + b"\n"


def parse(content: bytes) -> Record:
    """Raise StorageError unless it is a JSON object."""
    try:
        return msgspec.json.decode(content, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StorageError(f"This is not the JSON of a record: {error}.") from error


def from_record(record: Record, kind: type[T], revision: str) -> T:
    """Raise StorageError if it is not a record of this kind, or of a newer schema."""
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
