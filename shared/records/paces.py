"""The record of a model's pace."""

import msgspec

from shared.domain.pacing import Pace
from shared.records.form import Record, encode, from_record, parse

# Threads that are the first to read the same type crash the process (msgspec 0.22). An import
# belongs to one thread: from here on, it is known.
msgspec.json.Decoder(Pace)


def pace_from_record(record: Record, *, revision: str = "") -> Pace:
    """Raise UnreadableRecordError if it is not the record of a pace, or of a newer schema."""
    return from_record(record, Pace, revision)


def encode_pace(pace: Pace) -> bytes:
    return encode(pace)


def decode_pace(content: bytes, *, revision: str = "") -> Pace:
    """Raise UnreadableRecordError, as `pace_from_record`."""
    return pace_from_record(parse(content), revision=revision)
