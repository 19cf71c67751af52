"""Assign viewers to the arms of an experiment until it is stopped, and count the exposures."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from itertools import accumulate
from random import SystemRandom
from time import monotonic

from shared.domain.campaign import Campaign
from shared.domain.errors import NotFoundError, RejectedError, ShowreelError, WrongStateError
from shared.domain.experiment import Experiment, StopReason
from shared.domain.identity import parse_video_id
from shared.domain.plays import Counts, CountsKey
from shared.domain.values import replace
from shared.ports import Ports
from shared.use_cases.committing import until_committed
from shared.use_cases.find_embedded import Embedded, embedded, find_embedded

_SHARES_FOR = timedelta(minutes=1)
_MOST_SHARES = 256

_draw = SystemRandom().random
# The shares of adaptive experiments, and until when they are used: no viewer waits for their sums.
_shares: dict[str, tuple[float, Sequence[float]]] = {}

logger = logging.getLogger(__name__)


def assign_arm(ports: Ports, experiment_id: str, *, draw: Callable[[], float] = _draw) -> Embedded:
    """Draw an arm for one page load; `draw` returns a number from 0 to 1.

    An experiment with an arm that cannot be shown any more is stopped: to assign the others alone
    would change the sample ratio. A load whose exposure cannot be counted sees the video of its
    arm, and takes no part. Raise NotFoundError, or WrongStateError if it has stopped.
    """
    experiment = ports.experiments.get(experiment_id)
    if experiment.stopped_at is not None:
        raise WrongStateError("This experiment has stopped.")
    number = _drawn(_weights(ports, experiment), draw())
    arm = experiment.arms[number]
    try:
        found = find_embedded(ports, ("video", arm.video_id))
    except (NotFoundError, RejectedError) as error:
        left = _best_left(ports, experiment)
        stop_experiment(ports, experiment_id, reason=StopReason.ARM_MISSING, shown_arm=left)
        raise WrongStateError(
            f"This experiment has stopped: its video {arm.video_id!r} can no longer be shown."
        ) from error
    day = ports.now().date()
    key = CountsKey(video_id=arm.video_id, experiment_id=experiment_id, arm=number, day=day)
    try:
        ports.plays.count_exposure(key)
    except ShowreelError as error:
        logger.warning("exposure.lost", extra={"code": error.code, "detail": error.message})
        return found
    return replace(found, experiment_id=experiment_id, arm=number, label=arm.label)


def assign_or_show(ports: Ports, experiment_id: str) -> Embedded:
    """Assign an arm; where the experiment has stopped, show the arm that it ended with.

    A page never becomes empty because an experiment ended. A play after the end counts for
    its version alone. Raise NotFoundError if there is no experiment, or none of its videos.
    """
    try:
        return assign_arm(ports, experiment_id)
    except WrongStateError:
        return show_one(ports, experiment_id)


def show_one(ports: Ports, experiment_id: str) -> Embedded:
    """Show viewers who opted out the default arm, or else the first that still exists.

    Raise NotFoundError.
    """
    experiment = ports.experiments.get(experiment_id)
    return _first_left(ports, experiment, first=experiment.shown_arm)[1]


def _first_left(ports: Ports, experiment: Experiment, *, first: int) -> tuple[int, Embedded]:
    """Return the arm with the number `first`, or else the first that can be shown.

    Raise NotFoundError.
    """
    numbers = {arm.video_id: number for number, arm in enumerate(experiment.arms)}
    arms = (experiment.arms[first], *experiment.arms)
    wanted = [parse_video_id(arm.video_id)[1] for arm in arms]
    ((campaign, page),) = ports.campaigns.get_many({experiment.campaign_id: wanted}).values()
    readable = campaign if isinstance(campaign, Campaign) else None
    for video in page.videos if campaign else ():
        with suppress(NotFoundError, RejectedError):
            return numbers[video.id], embedded(ports, readable, video)
    raise NotFoundError("No video of this experiment can be shown.")


def _best_left(ports: Ports, experiment: Experiment) -> int:
    """Return the arm that leads or has won, if it can be shown, or else the first that can be."""
    # No other assignment needs the statistics.
    from shared.domain.experiment_report import report_of  # noqa: PLC0415  # As it says.

    best = None
    with suppress(ShowreelError):
        best = report_of(experiment, _counts_of(ports, experiment), now=ports.now()).best
    try:
        return _first_left(ports, experiment, first=best or 0)[0]
    except NotFoundError:
        return 0


def stop_experiment(
    ports: Ports,
    experiment_id: str,
    *,
    reason: StopReason = StopReason.REQUESTED,
    shown_arm: int = 0,
) -> Experiment:
    """Stop it: from now on, all viewers see this arm. A stopped one is returned unchanged.

    Raise NotFoundError, or InvalidRequestError if there is no such arm.
    """

    def attempt() -> Experiment:
        found = ports.experiments.get(experiment_id)
        stopped = found.stopped(ports.now(), reason, shown_arm=shown_arm)
        return found if stopped is found else ports.experiments.commit(stopped)

    return until_committed(attempt)


def _weights(ports: Ports, experiment: Experiment) -> Sequence[float]:
    if not experiment.is_adaptive:
        return experiment.weights
    until, shares = _shares.get(experiment.id, (0.0, ()))
    if monotonic() >= until:
        # No other assignment needs the statistics.
        from shared.domain.experiment_report import shares_of  # noqa: PLC0415  # As it says.

        try:
            shares = shares_of(experiment, _counts_of(ports, experiment))
        except ShowreelError as error:
            logger.warning("shares.unread", extra={"code": error.code, "detail": error.message})
            shares = shares or experiment.weights
        if len(_shares) >= _MOST_SHARES:
            _shares.clear()
        _shares[experiment.id] = monotonic() + _SHARES_FOR.total_seconds(), shares
    return shares


def _counts_of(ports: Ports, experiment: Experiment) -> Sequence[tuple[CountsKey, Counts]]:
    first = experiment.created_at.date()
    return ports.plays.counts_of_experiment(experiment.id, first, date.max)


def _drawn(weights: Sequence[float], number: float) -> int:
    """Return the arm in whose part of the sum of all weights the number is."""
    sums = list(accumulate(weights))
    place = number * sums[-1]
    return next((arm for arm, up_to in enumerate(sums) if place < up_to), len(sums) - 1)
