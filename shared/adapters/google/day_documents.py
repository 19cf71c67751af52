"""Shares of a day's budget as documents of Firestore: `days/<day>.<number>`."""

from datetime import date

from shared.adapters.google.firestore_documents import Document, Write
from shared.domain.daily_budget import DayShare
from shared.domain.errors import StorageError
from shared.records.day_shares import day_share_from_record
from shared.records.form import to_record

DAYS = "days"


def path_of(day: date, number: int) -> str:
    return f"{DAYS}/{day.isoformat()}.{number}"


def write_of_share(share: DayShare) -> Write:
    path = path_of(share.day, share.number)
    return Write(path=path, fields=to_record(share), revision=share.revision)


def share_of(document: Document) -> DayShare:
    """Raise StorageError if it is damaged."""
    share = day_share_from_record(document.fields, revision=document.revision)
    if path_of(share.day, share.number) != document.path:
        raise StorageError(f"{document.path} in Firestore is the record of something else.")
    return share
