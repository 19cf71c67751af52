"""The endpoints of events and webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.building import ModuleOnUse
from shared.http.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.http import event_types as of_events
    from shared.http import events, webhooks
    from shared.http import resource_types as answered
    from shared.http import webhook_types as of_webhooks
else:
    events = ModuleOnUse("shared.http.events")
    webhooks = ModuleOnUse("shared.http.webhooks")
    answered = ModuleOnUse("shared.http.resource_types")
    of_events = ModuleOnUse("shared.http.event_types")
    of_webhooks = ModuleOnUse("shared.http.webhook_types")


def _webhook() -> Mapping[int, Any]:
    return {200: of_webhooks.WebhookResource}


def _delivery() -> Mapping[int, Any]:
    return {200: of_webhooks.DeliveryResource}


# fmt: off
EVENT_ENDPOINTS: Sequence[Endpoint] = (
    Endpoint("GET", "/v1/events", lambda: events.list_all,
             "List events in their order: ends of videos and batches, promotions, reviewers' words",
             answers=lambda: {200: answered.ListResource[of_events.EventResource]},
             query=lambda: of_events.EventListQuery),
    Endpoint("POST", "/v1/webhooks", lambda: webhooks.register,
             "Register a URL to which events are sent, signed by the secret in this answer",
             answers=lambda: {201: of_webhooks.WebhookResource},
             body=lambda: of_webhooks.WebhookBody),
    Endpoint("GET", "/v1/webhooks", lambda: webhooks.list_all,
             "List webhooks, at most 100, in the order of their registration",
             answers=lambda: {200: answered.ListResource[of_webhooks.WebhookResource]}),
    Endpoint("GET", "/v1/webhooks/{webhook_id}", lambda: webhooks.read,
             "Read a webhook", answers=_webhook),
    Endpoint("PATCH", "/v1/webhooks/{webhook_id}", lambda: webhooks.change,
             "Change which events a webhook gets, pause it, or activate it again",
             answers=_webhook, body=lambda: of_webhooks.WebhookChangeBody),
    Endpoint("DELETE", "/v1/webhooks/{webhook_id}", lambda: webhooks.delete,
             "Delete a webhook", answers=lambda: {200: of_webhooks.DeletedWebhook}),
    Endpoint("POST", "/v1/webhooks/{webhook_id}/test", lambda: webhooks.test,
             "Send an event now, once, and answer how the receiver answered", answers=_delivery),
    Endpoint("POST", "/v1/webhooks/{webhook_id}/rotate", lambda: webhooks.rotate,
             "Replace the secret; both sign for 24 hours", answers=_webhook),
    Endpoint("GET", "/v1/webhooks/{webhook_id}/deliveries", lambda: webhooks.deliveries,
             "List the deliveries of a webhook, the newest first",
             answers=lambda: {200: answered.ListResource[of_webhooks.DeliveryResource]},
             query=lambda: of_webhooks.DeliveryListQuery),
    Endpoint("POST", "/v1/webhooks/{webhook_id}/deliveries/{event_id}/redeliver",
             lambda: webhooks.redeliver, "Send an event again, as if it were new",
             answers=_delivery),
)
# fmt: on
