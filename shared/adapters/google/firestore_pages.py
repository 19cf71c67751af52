"""Documents page by page. Where one gives no record, another takes its place in a list."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from google.cloud.firestore import Client, CollectionReference, Query

from shared.adapters.google.firestore_documents import Document, FirestoreDocuments, Write
from shared.domain.errors import UnreadableRecordError

T = TypeVar("T")

_DELETED_AT_ONCE = 300
_NAME = "__name__"

Read = Callable[[Document | None, int], Sequence[Document]]
"""Returns up to so many documents that follow one, or the first ones."""


def filled_page(
    read: Read,
    records_of: Callable[[Sequence[Document]], Sequence[T]],
    limit: int,
    *,
    after: Document | None = None,
) -> tuple[T, ...]:
    """Read documents until there are `limit` records of them, or no more documents."""
    found: list[T] = []
    while missing := limit - len(found):
        page = read(after, missing)
        found += records_of(page)
        if len(page) < missing:
            break
        after = page[-1]
    return tuple(found)


def readable_page(
    read: Read, decode: Callable[[Document], T], limit: int, *, after: Document | None = None
) -> tuple[T, ...]:
    """Return a page without what cannot be read."""

    def records_of(documents: Sequence[Document]) -> list[T]:
        found: list[T] = []
        for document in documents:
            with suppress(UnreadableRecordError):
                found.append(decode(document))
        return found

    return filled_page(read, records_of, limit, after=after)


def named_page(
    documents: FirestoreDocuments,
    folder: str,
    decode: Callable[[Document], T],
    *,
    after: str | None,
    limit: int,
) -> tuple[T, ...]:
    """Return a page of a folder after the path `after`, in the order of the documents' names."""

    def read(last: Document | None, limit: int) -> list[Document]:
        path = last.path if last else after
        return documents.query(by_name(documents.client, folder, after=path, limit=limit))

    return readable_page(read, decode, limit)


def by_name(client: Client, folder: str, *, after: str | None, limit: int) -> Query:
    found = client.collection(folder).order_by(_NAME)
    if after is not None:
        found = found.start_after({_NAME: client.document(after)})
    return found.limit(limit)


def delete_all(documents: FirestoreDocuments, query: Query | CollectionReference) -> None:
    """Delete what a query finds, also if it has changed since."""
    while found := documents.query(query.select([]).limit(_DELETED_AT_ONCE)):
        documents.commit([Write(path=each.path, fields=None, revision=None) for each in found])
