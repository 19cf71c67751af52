"""Viewers are assigned to arms, and what they watch decides the experiment."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from random import Random
from typing import NoReturn

import pytest

from shared.domain.errors import NotFoundError, UnavailableError, WrongStateError
from shared.domain.experiment import Allocation, Experiment, ExperimentArm, Metric, StopReason
from shared.domain.experiment_report import ExperimentReport
from shared.domain.play_tokens import issued, sign
from shared.domain.plays import SLICES, Beacon, Counts, CountsKey
from shared.domain.values import replace
from shared.domain.verdicts import FLOOR, Verdict
from shared.domain.video import Video
from shared.use_cases.assign_arm import assign_arm, assign_or_show, stop_experiment
from shared.use_cases.change_versions import delete_video
from shared.use_cases.create_videos import Draft
from shared.use_cases.delete_campaign import delete_campaign
from shared.use_cases.record_play import record_play
from shared.use_cases.run_experiments import create_experiment, report_experiment
from tests.contract.experiment_contract import an_experiment
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import CAMPAIGN_ID, make, remake

WHOLE, HALF = (1 << SLICES) - 1, (1 << SLICES // 2) - 1
DAYS, VIEWERS_A_DAY = 9, 40


@pytest.fixture
def videos(ports: FakePorts) -> tuple[Video, Video]:
    old = make(ports)
    return old, remake(ports, old)


def begun(
    ports: FakePorts, videos: Sequence[Video], *weights: float, **fields: object
) -> Experiment:
    arms = tuple(
        ExperimentArm(video_id=video.id, label=f"arm {number}", weight=weight)
        for number, (video, weight) in enumerate(zip(videos, weights or (1, 1), strict=True))
    )
    draft = an_experiment(arms=arms, metric=Metric.COMPLETION, planned_n=None)
    return create_experiment(ports, replace(draft, **fields))  # type: ignore[arg-type]


def exposures(ports: FakePorts) -> dict[int | None, int]:
    return {key.arm: counts.exposures for key, counts in ports.plays.counts.items()}


def watch(ports: FakePorts, experiment: Experiment, rates: Sequence[float], draw: Random) -> None:
    """Let a viewer load the page, and see the arm to its end with the probability of its rate."""
    found = assign_arm(ports, experiment.id, draw=draw.random)
    assert found.arm is not None
    bins = WHOLE if draw.random() < rates[found.arm] else HALF
    view = f"{draw.getrandbits(128):032x}"
    token = issued(
        found.video.id,
        duration_ms=8_000,
        view=view,
        now=ports.now(),
        experiment_id=found.experiment_id,
        arm=found.arm,
    )
    ports.clock.advance(timedelta(seconds=8))
    sent = Beacon(view=view, seq=1, token=sign(token, ports.play_key), played_ms=8_000, bins=bins)
    record_play(ports, sent)


def daily(
    ports: FakePorts, experiment: Experiment, rates: Sequence[float], seed: int
) -> list[ExperimentReport]:
    """Return the report of each evening."""
    draw = Random(seed)  # noqa: S311  # A simulation.
    reports = []
    for _ in range(DAYS):
        for _ in range(VIEWERS_A_DAY):
            watch(ports, experiment, rates, draw)
        reports.append(report_experiment(ports, experiment.id)[1])
        ports.clock.advance(timedelta(days=1))
    return reports


def test_viewers_are_assigned_by_weight_and_counted(
    ports: FakePorts, videos: tuple[Video, Video]
) -> None:
    experiment = begun(ports, videos, 3, 1)

    found = [
        assign_arm(ports, experiment.id, draw=partial(float, n)) for n in (0.0, 0.74, 0.76, 1.0)
    ]

    assert [each.arm for each in found] == [0, 0, 1, 1]
    assert [each.label for each in found] == ["arm 0", "arm 0", "arm 1", "arm 1"]
    assert [each.video.id for each in found[1:3]] == [video.id for video in videos]
    assert exposures(ports) == {0: 2, 1: 2}


@pytest.mark.parametrize("arm", [0, 1])
def test_a_stopped_experiment_assigns_nothing_and_its_pages_show_the_chosen_arm(
    ports: FakePorts, videos: tuple[Video, Video], arm: int
) -> None:
    experiment = begun(ports, videos)
    stop_experiment(ports, experiment.id, shown_arm=arm)

    with pytest.raises(WrongStateError, match="has stopped"):
        assign_arm(ports, experiment.id)
    shown = assign_or_show(ports, experiment.id)

    assert (shown.video.id, shown.experiment_id, shown.arm) == (videos[arm].id, None, None)
    assert not ports.plays.counts

    delete_video(ports, CAMPAIGN_ID, videos[arm].video_hash)
    assert assign_or_show(ports, experiment.id).video.id == videos[1 - arm].id


@pytest.mark.parametrize("deleted", [0, 1])
def test_an_experiment_without_one_of_its_videos_stops_itself(
    ports: FakePorts, videos: tuple[Video, Video], deleted: int
) -> None:
    experiment = begun(ports, videos)
    delete_video(ports, CAMPAIGN_ID, videos[deleted].video_hash)
    other = videos[1 - deleted]

    assert assign_arm(ports, experiment.id, draw=lambda: 0.75 - 0.5 * deleted).video.id == other.id
    with pytest.raises(WrongStateError, match="can no longer be shown"):
        assign_arm(ports, experiment.id, draw=lambda: 0.25 + 0.5 * deleted)

    stopped = ports.experiments.get(experiment.id)
    assert (stopped.stopped_at, stopped.stop_reason) == (ports.now(), StopReason.ARM_MISSING)
    assert stopped.shown_arm == 1 - deleted
    assert assign_or_show(ports, experiment.id).video.id == other.id
    assert sum(exposures(ports).values()) == 1


def test_viewers_see_the_arm_that_was_ahead_when_another_was_deleted(
    ports: FakePorts, videos: tuple[Video, Video]
) -> None:
    arms = (*videos, make(ports, "A kite", drafts=(Draft(prompt="A kite", index=1),)))
    experiment = begun(ports, arms, 1, 1, 1)
    for arm, (video, complete) in enumerate(zip(arms, (40, 60, 180), strict=True)):
        day = ports.now().date()
        key = CountsKey(video_id=video.id, experiment_id=experiment.id, arm=arm, day=day)
        ports.plays._add(key, Counts(plays=200, q100=complete, exposures=200))
    delete_video(ports, CAMPAIGN_ID, videos[0].video_hash)

    with pytest.raises(WrongStateError):
        assign_arm(ports, experiment.id, draw=lambda: 0.0)

    assert ports.experiments.get(experiment.id).shown_arm == 2
    assert assign_or_show(ports, experiment.id).video.id == arms[2].id


def test_an_experiment_is_deleted_with_its_campaign(
    ports: FakePorts, videos: tuple[Video, Video]
) -> None:
    experiment = begun(ports, videos)
    assign_arm(ports, experiment.id)

    assert delete_campaign(ports, CAMPAIGN_ID)

    assert not ports.experiments.experiments
    assert not ports.plays.counts
    with pytest.raises(NotFoundError):
        assign_or_show(ports, experiment.id)


def test_thompson_assigns_more_viewers_to_the_better_arm(
    ports: FakePorts, videos: tuple[Video, Video]
) -> None:
    experiment = begun(ports, videos, allocation=Allocation.THOMPSON)
    for arm, complete in enumerate((10, 90)):
        key = CountsKey(
            video_id=videos[arm].id, experiment_id=experiment.id, arm=arm, day=ports.now().date()
        )
        ports.plays._add(key, Counts(plays=100, q100=complete))

    shares = (FLOOR - 0.001, FLOOR + 0.001)
    assert [assign_arm(ports, experiment.id, draw=partial(float, n)).arm for n in shares] == [0, 1]


@pytest.mark.parametrize("allocation", Allocation)
def test_a_load_that_cannot_be_counted_sees_a_video_and_takes_no_part(
    ports: FakePorts,
    videos: tuple[Video, Video],
    allocation: Allocation,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its play would be one of its arm without an exposure."""
    experiment = begun(ports, videos, allocation=allocation)

    def unavailable(*_: object) -> NoReturn:
        raise UnavailableError("Down.")

    with monkeypatch.context() as outage:
        outage.setattr(ports.plays, "count_exposure", unavailable)
        outage.setattr(ports.plays, "counts_of_experiment", unavailable)
        found = assign_arm(ports, experiment.id, draw=lambda: 0.7)

    assert (found.video.id, found.experiment_id, found.arm) == (videos[1].id, None, None)
    assert "exposure.lost" in caplog.messages
    assert assign_arm(ports, experiment.id).experiment_id == experiment.id


def test_a_better_arm_is_decided_by_what_viewers_watch(
    ports: FakePorts, videos: tuple[Video, Video]
) -> None:
    reports = daily(ports, begun(ports, videos), (0.3, 0.7), seed=1)

    assert reports[0].verdict is Verdict.COLLECTING
    assert (reports[-1].verdict, reports[-1].winner) == (Verdict.DECIDED, 1)
    assert reports[-1].arms[1].watched.q50.value == 1
    assert sum(arm.watched.counts.exposures for arm in reports[-1].arms) == DAYS * VIEWERS_A_DAY
