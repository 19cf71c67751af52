"""The record of an event."""

import msgspec

from shared.domain.events import Event
from shared.records.form import Record, encode, from_record, parse

# Threads that are the first to read the same type crash the process (msgspec 0.22). An import
# belongs to one thread: from here on, it is known.
msgspec.json.Decoder(Event)


def event_from_record(record: Record) -> Event:
    """Raise UnreadableRecordError if it is not the record of an event, or of a newer schema."""
    return from_record(record, Event, "")


def encode_event(event: Event) -> bytes:
    return encode(event)


def decode_event(content: bytes) -> Event:
    """Raise UnreadableRecordError, as `event_from_record`."""
    return event_from_record(parse(content))
