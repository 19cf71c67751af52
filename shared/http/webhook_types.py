"""The types of requests and answers about webhooks; only those load them."""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import UNSET, Meta, UnsetType

from shared.domain.events import EventType
from shared.domain.webhooks import DeliveryStatus, WebhookStatus
from shared.http.event_types import EventResource
from shared.http.queries import PageQuery
from shared.http.resource_types import Epoch
from shared.requests.parsing import Body, CampaignId, one_of

# The test of a webhook is sent whatever it gets.
CHOICES = tuple(each for each in EventType if each is not EventType.WEBHOOK_TEST)

Events = Annotated[list[Annotated[str, one_of(*CHOICES)]], Meta(extra_json_schema={"minItems": 1})]


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
    """A field that is left out stays as it is; null `events` are all."""

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

    While `previous_secret_until` has not come, the secret before signs, too.
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
