"""The record of a campaign."""

from shared.domain.campaign import Campaign
from shared.records.form import decode, encode


def encode_campaign(campaign: Campaign) -> bytes:
    return encode(campaign)


def decode_campaign(content: bytes, *, revision: str = "") -> Campaign:
    """Raise UnreadableRecordError."""
    return decode(content, Campaign, revision=revision)
