"""Shares of a day's budget as documents of Firestore: `days/<day>.<number>`."""

from datetime import date

from shared.adapters.google.firestore_documents import Document, Write
from shared.domain.daily_budget import DayShare
from shared.domain.errors import UnreadableRecordError
from shared.records.day_shares import day_share_from_record
from shared.records.form import to_record

DAYS = "days"


def path_of(day: date, number: int) -> str:
    return f"{DAYS}/{day.isoformat()}.{number}"


def write_of_share(share: DayShare) -> Write:
    path = path_of(share.day, share.number)
    return Write(path=path, fields=to_record(share), revision=share.revision)


def share_of(document: Document) -> DayShare:
    """Raise UnreadableRecordError."""
    try:
        share = day_share_from_record(document.fields, revision=document.revision)
    except UnreadableRecordError as error:
        raise UnreadableRecordError(
            f"{document.path}: {error.message}", is_newer=error.is_newer
        ) from error
    if path_of(share.day, share.number) != document.path:
        raise UnreadableRecordError(f"{document.path} is the record of something else.")
    return share
