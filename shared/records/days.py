"""The record of a day's budget."""

from shared.domain.daily_budget import DayBudget
from shared.records.form import decode, encode


def encode_day(day: DayBudget) -> bytes:
    return encode(day)


def decode_day(content: bytes, *, revision: str = "") -> DayBudget:
    """Raise UnreadableRecordError."""
    return decode(content, DayBudget, revision=revision)
