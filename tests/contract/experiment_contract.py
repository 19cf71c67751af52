"""What every repository of experiments keeps."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.errors import ConflictError, NotFoundError
from shared.domain.experiment import (
    Allocation,
    Experiment,
    ExperimentArm,
    Metric,
    StopReason,
    experiment_id,
)
from shared.domain.values import replace
from shared.ports.experiment_repository import ExperimentRepository
from tests.unit.domain.builders import NOW, SOON


def an_experiment(number: int = 0, campaign_id: str = "spring", **changes: Any) -> Experiment:  # noqa: ANN401
    """Each is created a minute after the one with the number before."""
    now = NOW + timedelta(minutes=number)
    experiment = Experiment(
        id=experiment_id(campaign_id, now, number),
        campaign_id=campaign_id,
        arms=(
            ExperimentArm(video_id=f"video_{campaign_id}.{'0' * 16}", label="calm", weight=2.5),
            ExperimentArm(video_id=f"video_{campaign_id}.{'1' * 16}"),
        ),
        created_at=now,
        name="Calm or quick?",
        metric=Metric.Q50,
        planned_n=1_000,
        allocation=Allocation.FIXED,
        requested_by="shop",
    )
    return replace(experiment, **changes)


class ExperimentContract:
    """A subclass gives the fixture `experiments`, an empty store."""

    def test_an_experiment_is_read_as_it_was_committed(
        self, experiments: ExperimentRepository
    ) -> None:
        stored = experiments.commit(an_experiment())

        assert stored.revision
        assert experiments.get(stored.id) == stored
        assert replace(stored, revision="") == an_experiment()

    def test_of_two_changes_of_one_record_one_is_refused(
        self, experiments: ExperimentRepository
    ) -> None:
        stored = experiments.commit(an_experiment())
        stopped = experiments.commit(stored.stopped(SOON, StopReason.REQUESTED, shown_arm=1))

        with pytest.raises(ConflictError):
            experiments.commit(replace(stored, name="Another"))
        with pytest.raises(ConflictError):
            experiments.commit(an_experiment())

        assert experiments.get(stored.id) == stopped

    def test_pages_have_the_experiments_of_a_campaign_the_newest_first(
        self, experiments: ExperimentRepository
    ) -> None:
        for number in (1, 0, 2):
            experiments.commit(an_experiment(number))
        experiments.commit(an_experiment(3, "summer"))

        first = experiments.list("spring", after=None, limit=2)
        rest = experiments.list("spring", after=first[-1].id, limit=2)

        ids = [each.id for each in (*first, *rest)]
        assert ids == [an_experiment(number).id for number in (2, 1, 0)]

    @pytest.mark.parametrize("missing", [an_experiment().id, "exp_spring.0", "exp_", "", "a/b"])
    def test_what_was_never_committed_is_not_found(
        self, experiments: ExperimentRepository, missing: str
    ) -> None:
        assert not experiments.list("spring", after=None, limit=2)
        with pytest.raises(NotFoundError):
            experiments.get(missing)

    def test_the_experiments_of_a_campaign_are_deleted_with_it(
        self, experiments: ExperimentRepository
    ) -> None:
        for number, campaign_id in enumerate(("spring", "spring", "summer")):
            experiments.commit(an_experiment(number, campaign_id))

        for _ in range(2):
            experiments.delete_campaign("spring")

        assert not experiments.list("spring", after=None, limit=9)
        assert len(experiments.list("summer", after=None, limit=9)) == 1
