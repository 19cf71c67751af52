"""Pages of records, filled past those that are damaged."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from shared.adapters.google.firestore_documents import Document
from shared.domain.errors import StorageError

logger = logging.getLogger(__name__)

T = TypeVar("T")


def filled(
    read: Callable[[Document | None, int], list[Document]],
    decode: Callable[[Document], T],
    limit: int,
) -> list[T]:
    """Read on behind what is damaged, until there are `limit` records or no more."""
    found: list[T] = []
    last: Document | None = None
    while missing := limit - len(found):
        page = read(last, missing)
        found += _undamaged(decode, page)
        if len(page) < missing:
            break
        last = page[-1]
    return found


def _undamaged(decode: Callable[[Document], T], documents: Iterable[Document]) -> Iterator[T]:
    for document in documents:
        try:
            yield decode(document)
        except StorageError as error:
            logger.warning("A damaged record is left out. %s", error)
