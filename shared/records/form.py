"""The form that all records share: JSON, schema version, and time zones."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from shared.domain.errors import UnreadableRecordError
from shared.domain.values import replace
from shared.records.unread import unread_fields, with_unread

if TYPE_CHECKING:
    from collections.abc import Iterator

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
T = TypeVar(
    "T",
    "Campaign",
    "Video",
    "DayBudget",
    "Pace",
    "Batch",
    "Event",
    "Webhooks",
    "Delivery",
    "Experiment",
    "Review",
)


def to_record(stored: Stored) -> Record:
    record = _known_fields(stored)
    return with_unread(record, stored.unread) if stored.unread else record


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


def from_record(record: Record, kind: type[T], revision: str) -> T:
    """Keep the fields that this release does not know, to store them again.

    Raise UnreadableRecordError if it is not a record of this kind, or of a newer schema.
    """
    _require_schema(record)
    try:
        stored = msgspec.convert({**record, "revision": revision, "unread": {}}, kind)
    except msgspec.ValidationError as error:
        raise UnreadableRecordError(
            f"This is not the record of a {_name(kind)}: {error}."
        ) from error
    known = _known_fields(stored)
    if any(moment.tzinfo is None for moment in _moments(known)):
        raise UnreadableRecordError(
            f"A moment in this {_name(kind)} has no time zone: end it with Z."
        )
    unread = unread_fields(record, known)
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
