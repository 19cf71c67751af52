"""The queue of each model: the videos that wait for their turns, and the pace of turns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from shared.domain.pacing import LaneSeen, Pace
    from shared.domain.video import Lane, Video


class TurnRepository(Protocol):
    """Paces are kept in the store of the campaigns, so that one commit changes both."""

    def get_pace(self, model: str) -> Pace:
        """Return the pace of a model. One that is not stored yet has an empty revision.

        The UnreadableRecordError of a damaged one has its revision, by which it can be replaced.
        """

    def get_paces(self, models: Iterable[str]) -> Mapping[str, Pace]:
        """Return the paces of these models in one call, without those that cannot be read."""

    def commit_pace(self, pace: Pace) -> Pace:
        """Write a pace, and return it with its new revision.

        Raise ConflictError if it has changed since it was read; an empty revision requires that it
        does not exist.
        """

    def commit_attempt(self, video: Video, pace: Pace) -> Video:
        """Write a video and the pace with its turn, or neither; return the video as committed.

        Raise ConflictError if either has changed since it was read.
        """

    def waiting(self, model: str, lane: Lane, *, limit: int) -> tuple[Video, ...]:
        """Return the first videos that wait for their turn in a lane, by their order.

        No step can be taken with a record that cannot be read: others take its place.
        """

    def anything_waits(self) -> bool:
        """Return whether any video waits for its turn."""

    def survey(self, model: str, lane: Lane, *, now: datetime) -> LaneSeen:
        """Count the videos that wait in a lane, in as many calls for 100,000 as for 100."""
