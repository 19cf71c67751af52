"""Stop an experiment: no viewer is assigned any more."""

from shared.domain.experiment import Experiment, StopReason
from shared.ports import Ports
from shared.use_cases.committing import until_committed


def stop_experiment(
    ports: Ports, experiment_id: str, *, reason: StopReason = StopReason.REQUESTED
) -> Experiment:
    """One that has stopped stays as it is. Raise NotFoundError."""

    def attempt() -> Experiment:
        found = ports.experiments.get(experiment_id)
        stopped = found.stopped(ports.now(), reason)
        return found if stopped is found else ports.experiments.commit(stopped)

    return until_committed(attempt)
