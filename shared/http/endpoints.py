"""Every endpoint of the API: routing and the OpenAPI description are made from this table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.building import ModuleOnUse
from shared.http.audience_endpoints import AUDIENCE_ENDPOINTS
from shared.http.endpoint import Endpoint
from shared.http.video_endpoints import VIDEO_ENDPOINTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.http import event_types as of_events
    from shared.http import (
        events,
        models,
        queries,
        reference_pages,
        service,
        studio_pages,
        webhooks,
    )
    from shared.http import request_bodies as sent
    from shared.http import resource_types as answered
    from shared.requests.parsing import Body
else:
    events = ModuleOnUse("shared.http.events")
    models = ModuleOnUse("shared.http.models")
    queries = ModuleOnUse("shared.http.queries")
    reference_pages = ModuleOnUse("shared.http.reference_pages")
    service = ModuleOnUse("shared.http.service")
    studio_pages = ModuleOnUse("shared.http.studio_pages")
    webhooks = ModuleOnUse("shared.http.webhooks")
    answered = ModuleOnUse("shared.http.resource_types")
    of_events = ModuleOnUse("shared.http.event_types")
    sent = ModuleOnUse("shared.http.request_bodies")


def _page() -> Mapping[int, Any]:
    return {200: str, 304: None}


def _any() -> type[Body]:
    return queries.AnyQuery


def _webhook() -> Mapping[int, Any]:
    return {200: of_events.WebhookResource}


def _delivery() -> Mapping[int, Any]:
    return {200: of_events.DeliveryResource}


# fmt: off
ENDPOINTS: Sequence[Endpoint] = (
    Endpoint("GET", "/", lambda: studio_pages.page,
             "The studio: create, watch, compare and restore videos in a browser", answers=_page,
             query=_any, is_open=True),
    Endpoint("GET", "/studio/{filename}", lambda: studio_pages.file,
             "Studio assets", answers=_page, query=_any, is_open=True),
    Endpoint("POST", "/studio/session", lambda: studio_pages.start_session,
             "Exchange an API key for a session cookie: media elements cannot send the key",
             answers=lambda: {204: None}, body=lambda: sent.SessionBody, is_open=True),
    Endpoint("GET", "/favicon.ico", lambda: studio_pages.icon,
             "The icon of the studio", answers=_page, query=_any, is_open=True),
    Endpoint("GET", "/docs", lambda: reference_pages.page,
             "The API reference: this description, to read and to try in a browser",
             answers=_page, query=_any, is_open=True),
    Endpoint("GET", "/docs/{filename}", lambda: reference_pages.file,
             "Assets of the API reference", answers=_page, query=_any, is_open=True),
    Endpoint("GET", "/health", lambda: service.health,
             "Whether the records can be read", answers=lambda: {200: answered.HealthResource},
             query=_any, is_open=True),
    Endpoint("GET", "/metrics", lambda: service.metrics,
             "Requests, videos and dollars for Prometheus, where the records are in a folder",
             answers=lambda: {200: answered.Metrics}),
    Endpoint("GET", "/v1/openapi.json", lambda: service.description,
             "This description", answers=lambda: {200: dict[str, Any]}),
    Endpoint("GET", "/v1/models", lambda: models.all_models,
             "The models: capabilities, prices and retirement dates",
             answers=lambda: {200: models.ModelList}),
    *VIDEO_ENDPOINTS,
    Endpoint("GET", "/v1/events", lambda: events.list_all,
             "List events in their order: ends, promotions and deletions of videos, and others",
             answers=lambda: {200: answered.ListResource[of_events.EventResource]},
             query=lambda: of_events.EventListQuery),
    Endpoint("POST", "/v1/webhooks", lambda: webhooks.register,
             "Register a URL to which events are sent, signed by the secret in this answer",
             answers=lambda: {201: of_events.WebhookResource},
             body=lambda: of_events.WebhookBody),
    Endpoint("GET", "/v1/webhooks", lambda: webhooks.list_all,
             "List webhooks, at most 100, in the order of their registration",
             answers=lambda: {200: answered.ListResource[of_events.WebhookResource]}),
    Endpoint("GET", "/v1/webhooks/{webhook_id}", lambda: webhooks.read,
             "Read a webhook", answers=_webhook),
    Endpoint("PATCH", "/v1/webhooks/{webhook_id}", lambda: webhooks.change,
             "Change which events a webhook gets, pause it, or activate it again",
             answers=_webhook, body=lambda: of_events.WebhookChangeBody),
    Endpoint("DELETE", "/v1/webhooks/{webhook_id}", lambda: webhooks.delete,
             "Delete a webhook", answers=lambda: {200: of_events.DeletedWebhook}),
    Endpoint("POST", "/v1/webhooks/{webhook_id}/test", lambda: webhooks.test,
             "Send a test event once, now, and return the receiver's answer", answers=_delivery),
    Endpoint("POST", "/v1/webhooks/{webhook_id}/rotate", lambda: webhooks.rotate,
             "Replace the secret; both sign for 24 hours", answers=_webhook),
    Endpoint("GET", "/v1/webhooks/{webhook_id}/deliveries", lambda: webhooks.deliveries,
             "List the deliveries of a webhook, the newest first",
             answers=lambda: {200: answered.ListResource[of_events.DeliveryResource]},
             query=lambda: of_events.DeliveryListQuery),
    Endpoint("POST", "/v1/webhooks/{webhook_id}/deliveries/{event_id}/redeliver",
             lambda: webhooks.redeliver, "Send an event again, as if it were new",
             answers=_delivery),
    *AUDIENCE_ENDPOINTS,
)
# fmt: on
