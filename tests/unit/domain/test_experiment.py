from datetime import timedelta

import pytest

from shared.domain.errors import InvalidRequestError, NotReadyError
from shared.domain.experiment import (
    Allocation,
    Experiment,
    ExperimentArm,
    StopReason,
    experiment_id,
    require_arms,
    require_possible,
)
from shared.domain.identity import campaign_of_experiment
from shared.domain.video import Phase, Video
from tests.contract.experiment_contract import an_experiment
from tests.unit.domain.builders import CLIP, NOW, SOON, a_reserved_video


def arms(*weights: float) -> tuple[ExperimentArm, ...]:
    return tuple(
        ExperimentArm(video_id=a_reserved_video(number).id, weight=weight)
        for number, weight in enumerate(weights)
    )


def a_completed_video(number: int) -> Video:
    return a_reserved_video(number, phase=Phase.DONE, clip=CLIP)


@pytest.mark.parametrize(
    ("experiment", "reason"),
    [
        (an_experiment(arms=arms(1)), "2 to 10 arms"),
        (an_experiment(arms=()), "2 to 10 arms"),
        (an_experiment(arms=arms(*[1] * 11)), "2 to 10 arms"),
        (an_experiment(arms=arms(1) * 2), "a video of its own"),
        (an_experiment(arms=arms(1, 0)), "weight"),
        (an_experiment(arms=arms(1, -1)), "weight"),
        (an_experiment(arms=arms(1, float("inf"))), "weight"),
        (an_experiment(arms=arms(1, float("nan"))), "weight"),
        (
            an_experiment(arms=arms(1, 2), allocation=Allocation.THOMPSON, planned_n=None),
            "leave the weights out",
        ),
        (
            an_experiment(arms=arms(1, 1), allocation=Allocation.THOMPSON),
            "leave planned_n out",
        ),
    ],
)
def test_an_impossible_experiment_is_refused(experiment: Experiment, reason: str) -> None:
    with pytest.raises(InvalidRequestError, match=reason):
        require_possible(experiment)


@pytest.mark.parametrize("count", [2, 10])
def test_an_experiment_has_two_to_ten_arms(count: int) -> None:
    require_possible(an_experiment(arms=arms(*[0.5] * count)))


def test_each_arm_is_a_completed_video_of_the_campaign() -> None:
    experiment = an_experiment(arms=arms(1, 1))
    first, second = a_completed_video(0), a_completed_video(1)

    require_arms(experiment, [first, second])

    with pytest.raises(InvalidRequestError, match="has no video"):
        require_arms(experiment, [first, None])
    with pytest.raises(NotReadyError, match="is queued"):
        require_arms(experiment, [first, a_reserved_video(1)])


def test_an_experiment_stops_once() -> None:
    stopped = an_experiment().stopped(NOW, StopReason.ARM_MISSING)

    assert stopped.shown_arm == 0
    assert stopped.stopped(SOON, StopReason.REQUESTED, shown_arm=1) == stopped


@pytest.mark.parametrize("arm", [-1, 2])
def test_an_experiment_ends_with_one_of_its_arms(arm: int) -> None:
    with pytest.raises(InvalidRequestError, match="the arms 0 to 1"):
        an_experiment().stopped(NOW, StopReason.REQUESTED, shown_arm=arm)


def test_the_ids_of_a_campaign_are_in_the_order_from_the_newest_to_the_oldest() -> None:
    older = experiment_id("spring", NOW, 0)
    newer = experiment_id("spring", NOW + timedelta(milliseconds=1), 0xFFFFF)
    same = experiment_id("spring", NOW, 1)

    assert newer < older < same
    assert {len(older), len(newer)} == {len("exp_spring.") + 16}
    assert campaign_of_experiment(newer) == "spring"
