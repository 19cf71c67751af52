"""Days' budgets as documents of Firestore: `days/<day>`.

Until 0.4: releases before 0.2 stored a day in up to 32 shares, `days/<day>.<number>`. Then
`_taken_over` goes, with a read of each new day.
"""

from datetime import date
from decimal import Decimal, InvalidOperation

from shared.adapters.google.firestore_documents import Document, FirestoreDocuments, Write
from shared.domain.daily_budget import DayBudget
from shared.domain.errors import ConflictError, UnreadableRecordError
from shared.domain.money import ZERO
from shared.records.form import from_record, naming, require_place, to_record

DAYS = "days"
_MOST_SHARES = 32
# More than any budget: in a day that was taken over, an earlier release finds no dollars left.
_CLOSED = Decimal(10) ** 15


def write_of_day(day: DayBudget) -> Write:
    return Write(path=_path_of(day.day), fields=to_record(day), revision=day.revision)


def read_day(documents: FirestoreDocuments, day: date) -> DayBudget:
    """Raise UnreadableRecordError, or ConflictError while shares of the day are taken over."""
    stored = documents.get(_path_of(day))
    if stored is None:
        stored = _taken_over(documents, day)
    return DayBudget(day=day) if stored is None else _day_of(stored, day)


def _taken_over(documents: FirestoreDocuments, day: date) -> Document | None:
    """Add up the shares of an earlier release, if there are any, and close them.

    One commit does both, so two releases never spend the same dollars.
    """
    shares = documents.get_all(f"{_path_of(day)}.{number}" for number in range(_MOST_SHARES))
    if not shares:
        return None
    held = sum((_committed_of(share) for share in shares.values()), ZERO)
    closed = {"committed": str(_CLOSED)}
    try:
        documents.commit(
            [
                write_of_day(DayBudget(day=day, committed=held)),
                *(
                    Write(path=path, fields={**each.fields, **closed}, revision=each.revision)
                    for path, each in shares.items()
                ),
            ]
        )
    except ConflictError:
        # Another process was first, or an earlier release has changed a share meanwhile.
        taken_over = documents.get(_path_of(day))
        if taken_over is None:
            raise
        return taken_over
    return documents.get(_path_of(day))


def _committed_of(share: Document) -> Decimal:
    try:
        return Decimal(share.fields["committed"])
    except (LookupError, TypeError, ValueError, InvalidOperation) as error:
        raise UnreadableRecordError(f"{share.path}: this is not a share of a day.") from error


def _day_of(document: Document, day: date) -> DayBudget:
    with naming(document.path):
        stored = from_record(document.fields, DayBudget, revision=document.revision)
        require_place(stored.day == day)
    return stored


def _path_of(day: date) -> str:
    return f"{DAYS}/{day.isoformat()}"
