"""The views of the last two days, and the counts of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from shared.domain.plays import Counts, CountsKey, View


class PlayRepository(Protocol):
    """Counts of views are exact: each is changed by the transaction that changes the view.

    Days are in UTC, and a range includes both of its ends. What was answered survives the end of
    the process; a loss of power may take back the last seconds.
    """

    def merge_view(self, view_id: str, change: Callable[[View | None], View]) -> None:
        """Store what `change` makes of a view, and add the difference to the counts of its key.

        `change` may be called several times, and what it raises is raised. The view that it was
        given means that nothing changes.
        """

    def count_exposure(self, key: CountsKey) -> None:
        """Count one assignment of an arm, at most once, and within seconds: a viewer waits.

        What raises an error may have been counted all the same.
        """

    def counts_of_campaign(
        self, campaign_id: str, first: date, last: date
    ) -> Sequence[tuple[CountsKey, Counts]]:
        """Return the counts of all versions, by day and video; removed videos have theirs, too."""

    def counts_of_video(
        self, video_id: str, first: date, last: date
    ) -> Sequence[tuple[CountsKey, Counts]]: ...

    def counts_of_experiment(
        self, experiment_id: str, first: date, last: date
    ) -> Sequence[tuple[CountsKey, Counts]]:
        """Return the counts of the arms, by day and video."""

    def delete_campaign(self, campaign_id: str) -> None:
        """Remove the views and counts of a campaign's videos."""

    def forget_views(self, before: datetime, *, limit: int) -> int:
        """Remove views whose first beacon was before a moment; their counts stay.

        Return how many were removed. A store that does this by itself removes none.
        """
