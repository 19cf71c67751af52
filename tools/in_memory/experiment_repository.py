"""Records of experiments in memory, with the whole contract of their port."""

from threading import Lock

from shared.domain.errors import ConflictError, NotFoundError
from shared.domain.experiment import Experiment
from shared.domain.values import replace


class InMemoryExperimentRepository:
    """`experiments` is what is stored, for a test to look at."""

    def __init__(self) -> None:
        self.experiments: dict[str, Experiment] = {}
        self._lock = Lock()

    def get(self, experiment_id: str) -> Experiment:
        try:
            return self.experiments[experiment_id]
        except KeyError:
            raise NotFoundError("There is no experiment with this id.") from None

    def commit(self, experiment: Experiment) -> Experiment:
        with self._lock:
            stored = self.experiments.get(experiment.id)
            if (stored.revision if stored else "") != experiment.revision:
                raise ConflictError("The experiment has changed. Read it again.")
            revision = f"{int(experiment.revision or 0) + 1}"
            self.experiments[experiment.id] = replace(experiment, revision=revision)
            return self.experiments[experiment.id]

    def list(self, campaign_id: str, *, after: str | None, limit: int) -> tuple[Experiment, ...]:
        found = sorted(
            (each for each in self.experiments.values() if each.campaign_id == campaign_id),
            key=lambda each: each.id,
        )
        return tuple(each for each in found if after is None or each.id > after)[:limit]

    def delete_campaign(self, campaign_id: str) -> None:
        with self._lock:
            for each in self.list(campaign_id, after=None, limit=len(self.experiments)):
                del self.experiments[each.id]
