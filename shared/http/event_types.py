"""The types of requests and answers about events; only requests about events load them."""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from shared.domain.events import EventType
from shared.domain.video import Failure, Phase, Status
from shared.http.queries import PageQuery
from shared.http.resource_types import CostResource, Dollars, Epoch
from shared.requests.parsing import CampaignId, one_of


class EventListQuery(PageQuery):
    type: Annotated[str, one_of(*EventType)] | None = None
    campaign_id: Annotated[CampaignId | None, Meta(description="Only events of this campaign.")] = (
        None
    )


class EventData(TypedDict):
    """What the event is about, at its moment; `object` says which of the fields there are.

    A video has its own fields under the same names. A batch has the `total` of its lines: each is
    done, and each video of the batch has ended. A campaign has used `used_usd` of `budget_usd`.
    A webhook is disabled for a `reason`. In a review, somebody has made a comment or a `decision`
    on a version, `video_id`: the review itself has the name and the words.
    """

    id: str
    object: Literal["video", "batch", "campaign", "webhook", "review"]
    campaign_id: NotRequired[str]
    index: NotRequired[int]
    batch_id: NotRequired[str | None]
    status: NotRequired[Status]
    phase: NotRequired[Phase]
    error: NotRequired[Failure | None]
    cost: NotRequired[CostResource]
    content_url: NotRequired[str]
    thumbnail_url: NotRequired[str]
    requested_by: NotRequired[str | None]
    total: NotRequired[int]
    used_usd: NotRequired[Dollars]
    budget_usd: NotRequired[Dollars]
    reason: NotRequired[str]
    video_id: NotRequired[str]
    decision: NotRequired[str]
    comment_id: NotRequired[str]
    seconds: NotRequired[float | None]


class EventResource(TypedDict):
    """An event never changes. The same `id` is the same event."""

    id: str
    object: Literal["event"]
    type: EventType
    created_at: Epoch
    timestamp: Annotated[str, Meta(description="`created_at` to the microsecond (RFC 3339).")]
    data: EventData
