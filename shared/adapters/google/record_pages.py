"""Pages of records, filled past those that cannot be read."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from shared.adapters.google.campaign_documents import is_ours, unreadable
from shared.adapters.google.firestore_documents import Document
from shared.domain.errors import UnreadableRecordError
from shared.domain.unreadable import Unreadable

T = TypeVar("T")


def filled(
    read: Callable[[Document | None, int], list[Document]],
    decode: Callable[[Document], T],
    limit: int,
) -> tuple[list[T], list[Unreadable]]:
    """Read on behind what cannot be read, until there are `limit` records or no more."""
    found: list[T] = []
    failed: list[Unreadable] = []
    last: Document | None = None
    while missing := limit - len(found):
        page = read(last, missing)
        records, unread = sorted_out(page, decode)
        found += records
        failed += unread
        if len(page) < missing:
            break
        last = page[-1]
    return found, failed


def sorted_out(
    documents: Iterable[Document], decode: Callable[[Document], T]
) -> tuple[list[T], list[Unreadable]]:
    """Return the records, and those that cannot be read. Other applications have documents too."""
    found: list[T] = []
    failed: list[Unreadable] = []
    for document in documents:
        if is_ours(document.path):
            try:
                found.append(decode(document))
            except UnreadableRecordError as error:
                failed.append(unreadable(document, error))
    return found, failed
