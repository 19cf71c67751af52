"""Records of experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from shared.domain.experiment import Experiment


class ExperimentRepository(Protocol):
    """Kept beside the campaigns. A record that cannot be read raises UnreadableRecordError."""

    def get(self, experiment_id: str) -> Experiment:
        """Raise NotFoundError."""

    def commit(self, experiment: Experiment) -> Experiment:
        """Write the experiment, and return it with its new revision.

        Raise ConflictError if it has changed since it was read; an empty revision requires that
        there is none with its id.
        """

    def list(self, campaign_id: str, *, after: str | None, limit: int) -> tuple[Experiment, ...]:
        """Order by id, which is the newest first. Leave out what cannot be read.

        `after` is the last id of the page before. The campaign may not exist.
        """

    def delete_campaign(self, campaign_id: str) -> None:
        """Remove the experiments of a campaign, also those that cannot be read."""
