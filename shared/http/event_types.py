"""The types of requests and answers about events and webhooks; only those load them."""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import UNSET, Meta, UnsetType

from shared.domain.events import EventType
from shared.domain.video import Failure, Phase, Status
from shared.domain.webhooks import DeliveryStatus, WebhookStatus
from shared.http.queries import PageQuery
from shared.http.resource_types import CostResource, Dollars, Epoch
from shared.requests.parsing import Body, CampaignId, one_of

# The test of a webhook is sent whatever it gets.
CHOICES = tuple(each for each in EventType if each is not EventType.WEBHOOK_TEST)

Events = Annotated[list[Annotated[str, one_of(*CHOICES)]], Meta(extra_json_schema={"minItems": 1})]


class EventListQuery(PageQuery):
    type: Annotated[str, one_of(*EventType)] | None = None
    campaign_id: Annotated[CampaignId | None, Meta(description="Only events of this campaign.")] = (
        None
    )


class EventData(TypedDict):
    """What the event is about, at its moment; `object` says which of the fields there are.

    A video has its own fields under the same names; a removed one has no URLs, and one whose record
    could not be read only what is known. A batch has the `total` of its lines: each is
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


class WebhookBody(Body):
    """Without `events`, the URL gets all; with a `campaign_id`, those of the campaign alone."""

    url: Annotated[
        str,
        Meta(
            description="Where events are sent: an https:// URL of a public address, or on a "
            "laptop http://localhost.",
            examples=["https://example.com/showreel"],
        ),
    ]
    events: Events | None = None
    campaign_id: Annotated[
        CampaignId | None,
        Meta(description="The campaign whose events are sent.", examples=["spring"]),
    ] = None


class WebhookChangeBody(Body):
    """A field that is left out is not changed; null `events` means all types."""

    events: Events | UnsetType | None = UNSET
    status: Annotated[
        Annotated[str, one_of(WebhookStatus.ACTIVE, WebhookStatus.PAUSED)] | None,
        Meta(
            description="Whether events are sent; a paused webhook gets them later.",
            examples=["paused"],
        ),
    ] = None


class DeliveryListQuery(PageQuery):
    """`after` is the id of an event."""

    status: Annotated[str, one_of(*DeliveryStatus)] | None = None


class WebhookResource(TypedDict):
    """`secret` is in the answers that create or replace it, and in no other.

    Until `previous_secret_until`, the previous secret also signs.
    """

    id: str
    object: Literal["webhook"]
    created_at: Epoch
    url: str
    events: list[EventType] | None
    campaign_id: str | None
    status: WebhookStatus
    disabled_reason: str | None
    previous_secret_until: Epoch | None
    requested_by: str | None
    secret: NotRequired[str]


class DeliveryResource(TypedDict):
    """One event for one webhook. `due_at` is when it is tried next, until it has ended.

    `response_status` and the beginning of `response_body` are those of the last try; `error` says
    why there was no answer.
    """

    id: Annotated[str, Meta(description="The id of the event, as in its header `webhook-id`.")]
    object: Literal["webhook.delivery"]
    webhook_id: str
    event: EventResource
    created_at: Epoch
    status: DeliveryStatus
    tries: int
    tried_at: Epoch | None
    due_at: Epoch | None
    response_status: int | None
    response_body: str | None
    error: str | None


class DeletedWebhook(TypedDict):
    id: str
    object: Literal["webhook.deleted"]
    deleted: bool
