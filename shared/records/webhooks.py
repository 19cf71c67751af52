"""The records of the webhooks and of a delivery."""

import msgspec

from shared.domain.webhooks import Delivery, Webhooks
from shared.records.form import Record, encode, from_record, parse

# Threads that are the first to read the same type crash the process (msgspec 0.22). An import
# belongs to one thread: from here on, they are known.
msgspec.json.Decoder(Webhooks)
msgspec.json.Decoder(Delivery)


def webhooks_from_record(record: Record, *, revision: str = "") -> Webhooks:
    """Raise UnreadableRecordError if it is not the record of webhooks, or of a newer schema."""
    return from_record(record, Webhooks, revision)


def delivery_from_record(record: Record, *, revision: str = "") -> Delivery:
    """Raise UnreadableRecordError if it is not the record of a delivery, or of a newer schema."""
    return from_record(record, Delivery, revision)


def encode_webhooks(webhooks: Webhooks) -> bytes:
    return encode(webhooks)


def decode_webhooks(content: bytes, *, revision: str = "") -> Webhooks:
    """Raise UnreadableRecordError, as `webhooks_from_record`."""
    return webhooks_from_record(parse(content), revision=revision)


def encode_delivery(delivery: Delivery) -> bytes:
    return encode(delivery)


def decode_delivery(content: bytes, *, revision: str = "") -> Delivery:
    """Raise UnreadableRecordError, as `delivery_from_record`."""
    return delivery_from_record(parse(content), revision=revision)
