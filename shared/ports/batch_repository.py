"""Records of batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shared.domain.batch import Batch, Totals
    from shared.domain.campaign import Change
    from shared.domain.events import Event
    from shared.domain.video import Video


class BatchRepository(Protocol):
    """Batches are kept in the store of the campaigns, so that one commit changes both.

    A record that cannot be read raises UnreadableRecordError.
    """

    def get(self, batch_id: str) -> Batch:
        """Raise BatchNotFoundError."""

    def commit(
        self, batch: Batch, changes: Sequence[Change] = (), *, events: Sequence[Event] = ()
    ) -> Batch:
        """Write the batch, all changes and the batch's own events, or nothing.

        Each change is of another campaign. Return the batch with its new revision. Raise
        ConflictError if any record differs from what was read; an empty revision means that there
        must be none yet.
        """

    def list(self, *, after: Batch | None, limit: int) -> tuple[Batch, ...]:
        """Order by creation, newest first, then by id. Leave out what cannot be read."""

    def due(self, before: datetime, *, limit: int) -> tuple[str, ...]:
        """Return the ids of batches whose `due_at` has come, the longest due first."""

    def totals(self, batch_id: str) -> Totals:
        """Count the batch's videos in each phase, and add up what they have cost.

        A video that a commit removed after its end is counted as it was then.
        The store counts: the cost of this call does not grow with the records.
        """

    def waiting(self, batch_id: str, *, limit: int) -> tuple[Video, ...]:
        """Return reserved videos of the batch, the last created first."""
