"""The record of a review."""

import msgspec

from shared.domain.review import Review
from shared.records.form import Record, encode, from_record, parse

# Threads that are the first to read the same type crash the process (msgspec 0.22). An import
# belongs to one thread: from here on, it is known.
msgspec.json.Decoder(Review)


def review_from_record(record: Record, *, revision: str = "") -> Review:
    """Raise UnreadableRecordError if it is not one of a review, or of a newer schema."""
    return from_record(record, Review, revision)


def encode_review(review: Review) -> bytes:
    return encode(review)


def decode_review(content: bytes, *, revision: str = "") -> Review:
    """Raise UnreadableRecordError, as `review_from_record`."""
    return review_from_record(parse(content), revision=revision)
