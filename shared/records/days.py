"""The record of a day's budget."""

import msgspec

from shared.domain.daily_budget import DayBudget
from shared.records.form import Record, encode, from_record, parse

# Threads that are the first to read the same type crash the process (msgspec 0.22). An import
# belongs to one thread: from here on, it is known.
msgspec.json.Decoder(DayBudget)


def day_from_record(record: Record, *, revision: str = "") -> DayBudget:
    """Raise UnreadableRecordError if it is not the record of a day, or of a newer schema."""
    return from_record(record, DayBudget, revision)


def encode_day(day: DayBudget) -> bytes:
    return encode(day)


def decode_day(content: bytes, *, revision: str = "") -> DayBudget:
    """Raise UnreadableRecordError, as `day_from_record`."""
    return day_from_record(parse(content), revision=revision)
