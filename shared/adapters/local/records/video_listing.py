"""Which of the ordered keys of videos a query asks for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from shared.ports.campaign_repository import Place, SortOrder, VideoQuery

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from shared.adapters.local.records.campaign_index import VideoKey


def matching(keys: Sequence[VideoKey], query: VideoQuery) -> Iterator[VideoKey]:
    """Yield them in the order of the query. What lies before the first costs nothing."""
    for position in _positions(keys, query.order, query.after):
        if _matches(keys[position], query):
            yield keys[position]


def _positions(keys: Sequence[VideoKey], order: SortOrder, after: Place | None) -> range:
    if order is SortOrder.ASCENDING:
        first = bisect_right(keys, _creation(after), key=_creation) if after else 0
        return range(first, len(keys))
    end = bisect_left(keys, _creation(after), key=_creation) if after else len(keys)
    return range(end - 1, -1, -1)


def _creation(video: Place | VideoKey) -> tuple[datetime, str]:
    return video.created_at, video.id


def _matches(key: VideoKey, query: VideoQuery) -> bool:
    return (
        query.version_state in (None, key.version_state)
        and query.status in (None, key.status)
        and query.tag in (None, *key.tags)
    )
