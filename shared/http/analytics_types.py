"""The types of requests and answers about how versions were watched."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, TypedDict

from msgspec import Meta, field

from shared.domain.video import VersionState
from shared.http.resource_types import CostResource
from shared.requests.parsing import Body

_FROM = Meta(description="The first day, in UTC. Default: 29 days before `to`.")
_TO = Meta(description="The last day, in UTC. Default: today.")


class AnalyticsQuery(Body):
    first: Annotated[date | None, _FROM] = field(name="from", default=None)
    last: Annotated[date | None, _TO] = field(name="to", default=None)


class RateResource(TypedDict):
    """`value` of `of` plays, with the ends of its 95 % interval (Wilson); null without plays."""

    value: float | None
    low: float | None
    high: float | None
    of: int


class WatchedResource(TypedDict):
    """Counts of views, and rates of `plays`. What is not known is null.

    `impressions` are null where players report none. `retention` has a rate for each of 32 equal
    slices of the clip: the plays that have watched it. `watched` is the part of the clip that a
    play has seen on average. `clipped` are plays that claimed more time than they can have played.
    `simulated` are plays that a program made, as in a demonstration: all other numbers include
    them.
    """

    impressions: int | None
    plays: int
    views: int
    view_rate: RateResource
    q25: RateResource
    q50: RateResource
    q75: RateResource
    completion: RateResource
    average_watch_seconds: float | None
    watched: float | None
    stalls: int
    errors: int
    clipped: int
    simulated: int
    retention: Sequence[RateResource]


class DayResource(TypedDict):
    date: str
    watched: WatchedResource


class ArmOfVideoResource(TypedDict):
    """The plays of a version as an arm of an experiment; they are part of its totals."""

    experiment_id: str
    arm: int
    watched: WatchedResource


class VersionAnalytics(TypedDict):
    """How one version was watched. `totals` are null if nothing was counted.

    The fields of the video are null if it was removed.
    """

    video_id: str
    index: int | None
    version_state: VersionState | None
    prompt: str | None
    cost: CostResource | None
    totals: WatchedResource | None
    days: Sequence[DayResource]
    arms: Sequence[ArmOfVideoResource]


_Day = Annotated[str, Meta(description="A day in UTC: YYYY-MM-DD.")]
_Period = TypedDict("_Period", {"from": _Day, "to": _Day})


class VideoAnalytics(_Period, VersionAnalytics):
    object: Literal["video.analytics"]
    campaign_id: str


class CampaignAnalytics(_Period):
    """One entry for each current version, and for each other one that was counted."""

    object: Literal["campaign.analytics"]
    campaign_id: str
    data: Sequence[VersionAnalytics]
