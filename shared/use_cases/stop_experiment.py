"""Stop an experiment: no viewer is assigned any more."""

from shared.domain.experiment import Experiment, StopReason
from shared.ports import Ports
from shared.use_cases.committing import until_committed


def stop_experiment(
    ports: Ports,
    experiment_id: str,
    *,
    reason: StopReason = StopReason.REQUESTED,
    shown_arm: int = 0,
) -> Experiment:
    """From now on, viewers see the arm with this number. One that has stopped stays as it is.

    Raise NotFoundError, or InvalidRequestError if there is no such arm.
    """

    def attempt() -> Experiment:
        found = ports.experiments.get(experiment_id)
        stopped = found.stopped(ports.now(), reason, shown_arm=shown_arm)
        return found if stopped is found else ports.experiments.commit(stopped)

    return until_committed(attempt)
