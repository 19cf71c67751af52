"""Records of reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.domain.events import Event
    from shared.domain.review import Review


class ReviewRepository(Protocol):
    """Kept beside the campaigns. A record that cannot be read raises UnreadableRecordError."""

    def get(self, review_id: str) -> Review:
        """Raise NotFoundError."""

    def commit(self, review: Review, *, events: Sequence[Event] = ()) -> Review:
        """Write the review, and the events of its change, and return it with its new revision.

        Raise ConflictError if it has changed since it was read. An empty revision requires that
        there is none with its id, and that its campaign has room when it is created: raise
        LimitError if `require_room` does, of the reviews that are committed by then.
        """

    def list(self, campaign_id: str, *, after: str | None, limit: int) -> tuple[Review, ...]:
        """Order by id, which is the newest first. Leave out what cannot be read.

        `after` is the last id of the page before. The campaign may not exist.
        """

    def remove(self, review_id: str) -> None:
        """Remove a review, also if it has changed. Raise NotFoundError if there is none."""

    def delete_campaign(self, campaign_id: str) -> None:
        """Remove the reviews of a campaign, also those that cannot be read."""
