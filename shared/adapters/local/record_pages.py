"""Records of rows, of which some may be unreadable."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from shared.domain.errors import UnreadableRecordError
from shared.domain.unreadable import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")


def first_readable(decode: Callable[..., T], rows: Iterable[Any], limit: int) -> tuple[T, ...]:
    """Read rows until there are `limit` records, without what cannot be read."""
    found: list[T] = []
    for row in rows:
        if len(found) == limit:
            break
        with suppress(UnreadableRecordError):
            found.append(decode(*row))
    return tuple(found)


def readable(
    decode: Callable[..., T], rows: Iterable[Any], limit: int | None = None
) -> tuple[list[T], list[Unreadable]]:
    """Read rows until there are `limit` records, and return them and those that are unreadable."""
    found: list[T] = []
    unreadable: list[Unreadable] = []
    for row in rows:
        record = or_unreadable(decode, row)
        if isinstance(record, Unreadable):
            unreadable.append(record)
            continue
        found.append(record)
        if len(found) == limit:
            break
    return found, unreadable


def or_unreadable(decode: Callable[..., T], row: Any) -> T | Unreadable:  # noqa: ANN401
    try:
        return decode(*row)
    except UnreadableRecordError as error:
        if error.record is None:
            raise
        return error.record
