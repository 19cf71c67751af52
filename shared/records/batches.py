"""The record of a batch."""

import msgspec

from shared.domain.batch import Batch
from shared.records.form import Record, encode, from_record, parse

# Threads that are the first to read the same type crash the process (msgspec 0.22). An import
# belongs to one thread: from here on, it is known.
msgspec.json.Decoder(Batch)


def batch_from_record(record: Record, *, revision: str = "") -> Batch:
    """Raise UnreadableRecordError if it is not the record of a batch, or of a newer schema."""
    return from_record(record, Batch, revision)


def encode_batch(batch: Batch) -> bytes:
    return encode(batch)


def decode_batch(content: bytes, *, revision: str = "") -> Batch:
    """Raise UnreadableRecordError, as `batch_from_record`."""
    return batch_from_record(parse(content), revision=revision)
