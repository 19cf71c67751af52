"""The form that all records share: JSON, schema version, time zones, and fields of later releases.

A field that this release does not know is kept for the release that does, with the path of its
object. Elements of lists move, so they are identified by their key, and versions of a slot by their
hash.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from shared.domain.errors import UnreadableRecordError
from shared.domain.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shared.domain.batch import Batch
    from shared.domain.campaign import Campaign
    from shared.domain.daily_budget import DayBudget
    from shared.domain.events import Event
    from shared.domain.experiment import Experiment
    from shared.domain.pacing import Pace
    from shared.domain.review import Review
    from shared.domain.video import Video
    from shared.domain.webhooks import Delivery, Webhooks

    Stored = (
        Campaign
        | Video
        | DayBudget
        | Pace
        | Batch
        | Event
        | Webhooks
        | Delivery
        | Experiment
        | Review
    )

SCHEMA_VERSION = 1

Record = dict[str, Any]
_Place = tuple[object, ...]

_IDENTITY = ("number", "kind", "video_hash", "index", "id", "video_id", "name")

# Added by the store and by this module when they read a record; no release stores them.
_ADDED = frozenset({"revision", "unread"})

_known_kinds: set[type] = set()
_lock = Lock()

T = TypeVar("T", bound="Stored")


def to_record(stored: Stored) -> Record:
    record = _known_fields(stored)
    return _with_unread(record, stored.unread) if stored.unread else record


def encode(stored: Stored) -> bytes:
    return encode_record(to_record(stored))


def encode_record(record: Record) -> bytes:
    """Encode a record as JSON. A type of a database that JSON does not have becomes its text."""
    return msgspec.json.format(msgspec.json.encode(record, enc_hook=str), indent=2) + b"\n"


def parse(content: bytes) -> Record:
    """Raise UnreadableRecordError unless it is a JSON object."""
    try:
        return msgspec.json.decode(content, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableRecordError(f"This is not the JSON of a record: {error}.") from error


def decode(content: bytes, kind: type[T], *, revision: str = "") -> T:
    """Raise UnreadableRecordError, as `from_record`."""
    return from_record(parse(content), kind, revision=revision)


def from_record(record: Record, kind: type[T], *, revision: str = "") -> T:
    """Keep the fields that this release does not know, to store them again.

    Raise UnreadableRecordError if it is not a record of this kind, or of a newer schema.
    """
    _require_schema(record)
    stored = _converted({**record, "revision": revision, "unread": {}}, kind)
    known = _known_fields(stored)
    if any(moment.tzinfo is None for moment in _moments(known)):
        raise UnreadableRecordError(
            f"A moment in this {_name(kind)} has no time zone: end it with Z."
        )
    unread = _unread_fields(record, known)
    return replace(stored, unread=unread) if unread else stored


def require_place(is_in_place: bool) -> None:  # noqa: FBT001  # It is the whole question.
    """Raise UnreadableRecordError unless a record is stored where its own name says."""
    if not is_in_place:
        raise UnreadableRecordError("This is the record of something else.")


@contextmanager
def naming(place: str, *, revision: str = "") -> Iterator[None]:
    """Let an UnreadableRecordError begin with the place of the record.

    With `revision`, a reader may replace the record.
    """
    try:
        yield
    except UnreadableRecordError as error:
        raise UnreadableRecordError(
            f"{place}: {error.message}", is_newer=error.is_newer, revision=revision
        ) from error


def _known_fields(stored: Stored) -> Record:
    known = replace(stored, unread={}) if stored.unread else stored
    fields = msgspec.to_builtins(known, builtin_types=(datetime,))
    for beside_the_record in ("revision", "unread", "savings"):
        fields.pop(beside_the_record, None)
    return {"schema_version": SCHEMA_VERSION, **fields}


def _require_schema(record: Record) -> None:
    version = record.get("schema_version")
    if version == SCHEMA_VERSION and version is not True:
        return
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise UnreadableRecordError(
            f"This record has schema_version {version}, and this Showreel reads up to "
            f"{SCHEMA_VERSION}: a newer one wrote it. Run that one.",
            is_newer=True,
        )
    raise UnreadableRecordError(
        f"This record has no schema_version that Showreel knows: {version!r}."
    )


def _converted(record: Record, kind: type[T]) -> T:
    # Threads that are the first to read the same type crash the process (msgspec 0.22).
    if kind not in _known_kinds:
        with _lock:
            msgspec.json.Decoder(kind)
            _known_kinds.add(kind)
    try:
        return msgspec.convert(record, kind)
    except msgspec.ValidationError as error:
        raise UnreadableRecordError(
            f"This is not the record of a {_name(kind)}: {error}."
        ) from error


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


def _unread_fields(record: Record, known: Record) -> Mapping[_Place, Record]:
    """Return the fields of `record` that `known`, which was decoded from it, lacks."""
    return {
        place: {name: part[name] for name in sorted(names)}
        for place, part, same in _pairs(record, known, ())
        if (names := part.keys() - same.keys() - _ADDED)
    }


def _with_unread(record: Record, unread: Mapping[_Place, Mapping[str, Any]]) -> Record:
    """Restore the unknown fields in the objects that `record` still has."""
    for place, part, _ in list(_pairs(record, record, ())):
        part.update(unread.get(place, {}))
    return record


def _pairs(value: object, same: object, place: _Place) -> Iterator[tuple[_Place, Record, Record]]:
    """Yield each object of a record with its path and its known part."""
    if isinstance(value, dict) and isinstance(same, dict):
        yield place, value, same
        for name in same.keys() & value.keys():
            yield from _pairs(value[name], same[name], _place_of(same[name], (*place, name)))
    elif isinstance(value, (list, tuple)) and isinstance(same, (list, tuple)):
        for each, other in zip(value, same, strict=True):
            yield from _pairs(each, other, _place_of(other, place))


def _place_of(value: object, place: _Place) -> _Place:
    if not isinstance(value, dict):
        return place
    if value.keys() >= {"fingerprint", "video_hash"}:
        return ("version", value["video_hash"])
    return (*place, *(value[name] for name in _IDENTITY if name in value))
