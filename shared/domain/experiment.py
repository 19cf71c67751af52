"""An experiment: viewers are assigned to arms, each a version that the campaign has made."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from shared.domain.errors import InvalidRequestError, NotReadyError
from shared.domain.identity import falling_number
from shared.domain.trash import require_not_trashed
from shared.domain.values import replace
from shared.domain.video import Status, Video

FEWEST_ARMS = 2
MOST_ARMS = 10
MOST_PLANNED = 10_000_000
HEAVIEST = 1_000.0


class Metric(StrEnum):
    """What a play has to reach to be counted for its arm."""

    COMPLETION = "completion"
    Q50 = "q50"
    VIEW = "view"


class Allocation(StrEnum):
    """By the weights of the arms, or by the chance of each to be the best one."""

    FIXED = "fixed"
    THOMPSON = "thompson"


class StopReason(StrEnum):
    REQUESTED = "requested"
    ARM_MISSING = "arm_missing"


class ExperimentArm(Struct, frozen=True, kw_only=True):
    video_id: str
    label: str | None = None
    weight: float = 1.0


class Experiment(Struct, frozen=True, kw_only=True):
    """The record of an experiment. It runs from its creation, and its arms never change.

    `planned_n` is the number of plays of each arm at which a fixed test is made, and `shown_arm`
    the number of the arm that viewers see when the experiment has ended.
    `revision` and `unread` are as those of a video.
    """

    id: str
    campaign_id: str
    arms: tuple[ExperimentArm, ...]
    created_at: datetime
    name: str | None = None
    metric: Metric = Metric.COMPLETION
    planned_n: int | None = None
    allocation: Allocation = Allocation.FIXED
    requested_by: str | None = None
    stopped_at: datetime | None = None
    stop_reason: StopReason | None = None
    shown_arm: int = 0
    revision: str = ""
    unread: Mapping[tuple[object, ...], Mapping[str, Any]] = field(default_factory=dict)

    @property
    def is_adaptive(self) -> bool:
        return self.allocation is Allocation.THOMPSON

    @property
    def weights(self) -> tuple[float, ...]:
        return tuple(arm.weight for arm in self.arms)

    def stopped(self, now: datetime, reason: StopReason, *, shown_arm: int = 0) -> "Experiment":
        """Return it unchanged if it has stopped. Raise InvalidRequestError for an unknown arm."""
        if not 0 <= shown_arm < len(self.arms):
            raise InvalidRequestError(
                f"This experiment has the arms 0 to {len(self.arms) - 1}.", param="shown_arm"
            )
        if self.stopped_at is not None:
            return self
        return replace(self, stopped_at=now, stop_reason=reason, shown_arm=shown_arm)


def experiment_id(campaign_id: str, now: datetime, random_bits: int) -> str:
    """Return an id; in the order of their ids, the newest experiment is the first."""
    return f"exp_{campaign_id}.{falling_number(now, random_bits)}"


def require_possible(experiment: Experiment) -> None:
    """Raise InvalidRequestError for what no experiment can be, whatever its videos are."""
    arms = experiment.arms
    if not FEWEST_ARMS <= len(arms) <= MOST_ARMS:
        raise InvalidRequestError(
            f"An experiment has {FEWEST_ARMS} to {MOST_ARMS} arms.", param="arms"
        )
    if len({arm.video_id for arm in arms}) < len(arms):
        raise InvalidRequestError("Each arm has a video of its own.", param="arms")
    if not all(0 < arm.weight <= HEAVIEST for arm in arms):
        raise InvalidRequestError(f"A weight is above 0, and at most {HEAVIEST:g}.", param="arms")
    if experiment.is_adaptive and len(set(experiment.weights)) > 1:
        raise InvalidRequestError(
            "With thompson, the plays decide the shares of the arms: leave the weights out.",
            param="arms",
        )
    if experiment.is_adaptive and experiment.planned_n is not None:
        raise InvalidRequestError(
            "With thompson, no test is valid: leave planned_n out.",
            param="planned_n",
        )


def require_arms(experiment: Experiment, videos: Sequence[Video | None]) -> None:
    """Raise an error unless each arm is a completed video of the campaign.

    `videos` are those of the campaign with the ids of the arms, None where there is none.
    """
    for arm, video in zip(experiment.arms, videos, strict=True):
        if video is None:
            raise InvalidRequestError(
                f"The campaign {experiment.campaign_id!r} has no video {arm.video_id!r}. The arms "
                "of an experiment are videos of one campaign.",
                param="arms",
            )
        require_not_trashed(video)
        if video.status is not Status.COMPLETED or video.clip is None:
            raise NotReadyError(
                f"The video {arm.video_id!r} is {video.status}. An arm is a completed video."
            )
