"""The types of requests and answers about experiments."""

from collections.abc import Sequence
from typing import Annotated, Literal, TypedDict

from msgspec import Meta, Struct

from shared.domain.experiment import (
    FEWEST_ARMS,
    MOST_ARMS,
    MOST_PLANNED,
    Allocation,
    Metric,
    StopReason,
)
from shared.domain.titles import MAX_TITLE_CHARACTERS
from shared.domain.verdicts import FEWEST_PLAYS, Verdict
from shared.http.analytics_types import RateResource, WatchedResource
from shared.http.resource_types import Epoch
from shared.requests.parsing import Body, one_of

_Text = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_TITLE_CHARACTERS})]
_ARMS = Meta(
    min_length=FEWEST_ARMS,
    max_length=MOST_ARMS,
    description="Completed videos of this campaign. They cannot be changed. The first one is what "
    "viewers see when the experiment has stopped, unless another one is chosen then.",
    examples=[
        [
            {"video_id": "video_spring.0123456789abcdef", "label": "calm"},
            {"video_id": "video_spring.fedcba9876543210", "label": "quick"},
        ]
    ],
)
_VIDEO = Meta(description="The video.", examples=["video_spring.0123456789abcdef"])
_LABEL = Meta(description="What people call the arm.", examples=["calm"])
_WEIGHT = Meta(description="The share of viewers, relative to the other arms.", examples=[1])
_NAME = Meta(description="What people call the experiment.", examples=["Calm or quick?"])
_METRIC = Meta(description="What a play has to reach: the end, the half, or 2 s in sight.")
_PLANNED = Meta(ge=FEWEST_PLAYS, le=MOST_PLANNED)
_PLANNED_TEXT = Meta(
    description="The plays of each arm at which a fixed test is made, as POST /v1/experiments/plan "
    "answers. Without it, the only test is one that is valid however often the report is read.",
    examples=[2552],
)
_ALLOCATION = Meta(
    description="By weight; or with `thompson` more viewers to the arm that seems to be better, at "
    "least 10 % to each. With `thompson` no test is valid, so the verdict is never `decided`."
)


class ArmBody(Struct, forbid_unknown_fields=True, omit_defaults=True):
    video_id: Annotated[str, _VIDEO]
    label: Annotated[_Text | None, _LABEL] = None
    weight: Annotated[float, _WEIGHT] = 1.0


class ExperimentBody(Body):
    arms: Annotated[list[ArmBody], _ARMS]
    name: Annotated[_Text | None, _NAME] = None
    metric: Annotated[str, one_of(*Metric), _METRIC] = Metric.COMPLETION
    planned_n: Annotated[Annotated[int, _PLANNED] | None, _PLANNED_TEXT] = None
    allocation: Annotated[str, one_of(*Allocation), _ALLOCATION] = Allocation.FIXED


class StopBody(Body):
    shown_arm: Annotated[
        Annotated[int, Meta(ge=0, le=MOST_ARMS - 1)],
        Meta(description="The number of the arm that all viewers see from now on.", examples=[1]),
    ] = 0


class PlanBody(Body):
    baseline: Annotated[
        float, Meta(description="The rate of the metric at present, such as 0.4.", examples=[0.4])
    ]
    lift: Annotated[
        float,
        Meta(description="The relative change to be found, such as 0.1: 0.44.", examples=[0.1]),
    ]
    power: Annotated[
        float, Meta(description="The probability that such a change is found.", examples=[0.8])
    ] = 0.8


class PlanResource(TypedDict):
    """`n` are the plays of each of two arms."""

    object: Literal["experiment.plan"]
    baseline: float
    lift: float
    power: float
    n: int


class ArmResource(TypedDict):
    arm: int
    video_id: str
    label: str | None
    weight: float
    content_url: str
    thumbnail_url: str


class ExperimentFacts(TypedDict):
    """`embed_url` is what a player on any page loads; null where plays are not counted."""

    id: str
    object: Literal["experiment"]
    campaign_id: str
    created_at: Epoch
    name: str | None
    status: Literal["running", "stopped"]
    stopped_at: Epoch | None
    stop_reason: StopReason | None
    shown_arm: int | None
    metric: Metric
    planned_n: int | None
    allocation: Allocation
    requested_by: str | None
    embed_url: str | None


class ExperimentResource(ExperimentFacts):
    arms: Sequence[ArmResource]


class ReportedArm(ArmResource):
    """`rate` is that of the metric, and `share` the part of the next viewers that get the arm.

    `best_probability` is the chance that the arm is the best one, and `expected_loss` the rate that
    is lost on average if it is chosen and is not. Both are null while they are hidden.
    """

    exposures: int
    watched: WatchedResource
    rate: RateResource
    share: float
    best_probability: float | None
    expected_loss: float | None


class DifferenceResource(TypedDict):
    """The rate of the arm `second` less that of the arm `first`.

    The intervals and p-values of all pairs hold together, and at any number of looks.
    """

    first: int
    second: int
    value: float
    low: float
    high: float
    p_value: float


class SampleRatioResource(TypedDict):
    """Whether the arms got viewers as by their weights. `p_value` is null with thompson."""

    expected: Sequence[float]
    exposures: Sequence[int]
    p_value: float | None
    is_wrong: bool


class ArmOfDayResource(TypedDict):
    exposures: int
    plays: int
    rate: RateResource


class DayOfExperiment(TypedDict):
    date: str
    arms: Sequence[ArmOfDayResource]


class PromoteLink(TypedDict):
    """The call that makes the winner current. Nothing is promoted by itself."""

    method: Literal["POST"]
    url: str
    video_id: str


class ExperimentReport(ExperimentFacts):
    """What the plays say so far.

    While there are few plays (`collecting`), and if viewers were not assigned as by the weights
    (`invalid_srm`), there is no `best` arm, and chances and differences are hidden. `plays_needed`
    is how many more plays the arm with the fewest needs before a decision can be expected, and
    `days_needed` how long that takes at the pace so far; null if it is not known.
    """

    arms: Sequence[ReportedArm]
    verdict: Verdict
    best: int | None
    promote: PromoteLink | None
    is_planned_test_made: bool
    plays_needed: int | None
    days_needed: int | None
    sample_ratio: SampleRatioResource
    differences: Sequence[DifferenceResource]
    days: Sequence[DayOfExperiment]
