"""Views and counts in memory, with the whole contract of their port."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from threading import Lock

from shared.domain.identity import parse_video_id
from shared.domain.plays import Counts, CountsKey, View, counts_of


class InMemoryPlayRepository:
    """`views` and `counts` are what is stored, for a test to look at."""

    def __init__(self) -> None:
        self.views: dict[str, View] = {}
        self.counts: dict[CountsKey, Counts] = {}
        self._lock = Lock()

    def merge_view(self, view_id: str, change: Callable[[View | None], View]) -> None:
        with self._lock:
            found = self.views.get(view_id)
            changed = change(found)
            if changed is not found:
                self.views[view_id] = changed
                self._add(CountsKey.of(changed), counts_of(changed) - counts_of(found))

    def count_exposure(self, key: CountsKey) -> None:
        with self._lock:
            self._add(key, Counts(exposures=1))

    def counts_of_campaign(
        self, campaign_id: str, first: date, last: date
    ) -> Sequence[tuple[CountsKey, Counts]]:
        return self._list(first, last, lambda key: _campaign_of(key.video_id) == campaign_id)

    def counts_of_video(
        self, video_id: str, first: date, last: date
    ) -> Sequence[tuple[CountsKey, Counts]]:
        return self._list(first, last, lambda key: key.video_id == video_id)

    def counts_of_experiment(
        self, experiment_id: str, first: date, last: date
    ) -> Sequence[tuple[CountsKey, Counts]]:
        return self._list(first, last, lambda key: key.experiment_id == experiment_id)

    def delete_campaign(self, campaign_id: str) -> None:
        with self._lock:
            for key in [each for each in self.counts if _campaign_of(each.video_id) == campaign_id]:
                del self.counts[key]
            for view_id, view in list(self.views.items()):
                if _campaign_of(view.video_id) == campaign_id:
                    del self.views[view_id]

    def forget_views(self, before: datetime, *, limit: int) -> int:
        with self._lock:
            old = [view_id for view_id, view in self.views.items() if view.first_at < before]
            for view_id in old[:limit]:
                del self.views[view_id]
        return len(old[:limit])

    def _add(self, key: CountsKey, counts: Counts) -> None:
        self.counts[key] = self.counts.get(key, Counts()) + counts

    def _list(
        self, first: date, last: date, is_wanted: Callable[[CountsKey], bool]
    ) -> Sequence[tuple[CountsKey, Counts]]:
        found = [(key, counts) for key, counts in self.counts.items() if is_wanted(key)]
        return sorted(
            ((key, counts) for key, counts in found if first <= key.day <= last),
            key=lambda each: (
                each[0].day,
                each[0].video_id,
                each[0].experiment_id or "",
                each[0].arm or 0,
            ),
        )


def _campaign_of(video_id: str) -> str:
    return parse_video_id(video_id)[0]
