"""The record of a share of a day's budget."""

import msgspec

from shared.domain.daily_budget import DayShare
from shared.records.form import Record, encode, from_record, parse

# Threads that are the first to read the same dataclass crash the process (msgspec 0.22). An import
# belongs to one thread: from here on, it is known.
msgspec.json.Decoder(DayShare)


def day_share_from_record(record: Record, *, revision: str = "") -> DayShare:
    """Raise UnreadableRecordError if it is not the record of a share, or of a newer schema."""
    return from_record(record, DayShare, revision)


def encode_day_share(share: DayShare) -> bytes:
    return encode(share)


def decode_day_share(content: bytes, *, revision: str = "") -> DayShare:
    """Raise UnreadableRecordError, as `day_share_from_record`."""
    return day_share_from_record(parse(content), revision=revision)
