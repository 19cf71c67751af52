"""The record of a campaign."""

import msgspec

from shared.domain.campaign import Campaign
from shared.records.form import Record, encode, from_record, parse

# Threads that are the first to read the same type crash the process (msgspec 0.22). An import
# belongs to one thread: from here on, it is known.
msgspec.json.Decoder(Campaign)


def campaign_from_record(record: Record, *, revision: str = "") -> Campaign:
    """Raise UnreadableRecordError if it is not the record of a campaign, or of a newer schema."""
    return from_record(record, Campaign, revision)


def encode_campaign(campaign: Campaign) -> bytes:
    return encode(campaign)


def decode_campaign(content: bytes, *, revision: str = "") -> Campaign:
    """Raise UnreadableRecordError, as `campaign_from_record`."""
    return campaign_from_record(parse(content), revision=revision)
