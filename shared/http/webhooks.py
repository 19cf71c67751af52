"""Handlers of webhooks and of their deliveries."""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus

from msgspec import UNSET
from werkzeug.wrappers import Response

from shared.domain.errors import InvalidRequestError
from shared.domain.events import EventType
from shared.domain.identity import require_campaign_id
from shared.domain.webhooks import (
    PERIOD,
    Delivery,
    DeliveryStatus,
    Webhook,
    WebhookStatus,
)
from shared.http.calls import Call, json_response, list_response, page_response
from shared.http.event_types import (
    CHOICES,
    DeletedWebhook,
    DeliveryListQuery,
    DeliveryResource,
    WebhookBody,
    WebhookChangeBody,
    WebhookResource,
)
from shared.http.events import event_body, event_resource
from shared.http.queries import read_query, require_one_of
from shared.http.request_bodies import read_body
from shared.http.resources import epoch, moment
from shared.ports.webhook_repository import DeliveryQuery
from shared.use_cases import deliver_event, register_webhooks


def register(call: Call) -> Response:
    """Answer 201 with the secret, which no other answer repeats."""
    body = read_body(call.request, WebhookBody)
    events = _types(body.events)
    campaign_id = "" if body.campaign_id is None else require_campaign_id(body.campaign_id)
    try:
        webhook = register_webhooks.register_webhook(
            call.ports,
            body.url,
            base_url=call.base_url,
            events=events,
            campaign_id=campaign_id,
            requested_by=call.requester,
        )
    except InvalidRequestError as error:
        error.param = "url"
        raise
    location = {"Location": f"{call.base_url}v1/webhooks/{webhook.id}"}
    return json_response(_with_secret(call, webhook), status=HTTPStatus.CREATED, headers=location)


def list_all(call: Call) -> Response:
    webhooks = call.ports.webhooks.get().webhooks
    return list_response([_resource(each) for each in webhooks], ids=[each.id for each in webhooks])


def read(call: Call, webhook_id: str) -> Response:
    return json_response(_resource(_webhook(call, webhook_id)))


def change(call: Call, webhook_id: str) -> Response:
    body = read_body(call.request, WebhookChangeBody)
    webhook = register_webhooks.change_webhook(
        call.ports,
        webhook_id,
        events=None if body.events is UNSET else _types(body.events),
        status=require_one_of(WebhookStatus, body.status, "status"),
    )
    return json_response(_resource(webhook))


def delete(call: Call, webhook_id: str) -> Response:
    register_webhooks.delete_webhook(call.ports, webhook_id)
    return json_response(DeletedWebhook(id=webhook_id, object="webhook.deleted", deleted=True))


def rotate(call: Call, webhook_id: str) -> Response:
    return json_response(
        _with_secret(call, register_webhooks.rotate_secret(call.ports, webhook_id))
    )


def test(call: Call, webhook_id: str) -> Response:
    webhook = _webhook(call, webhook_id)
    tried = deliver_event.send_test(call.ports, webhook, event_body)
    return json_response(_delivery(tried, base_url=webhook.base_url))


def deliveries(call: Call, webhook_id: str) -> Response:
    query = read_query(call.request, DeliveryListQuery)
    webhook = _webhook(call, webhook_id)
    found = call.ports.webhooks.list_deliveries(
        DeliveryQuery(
            webhook_id=webhook.id,
            status=require_one_of(DeliveryStatus, query.status, "status"),
            after=query.after,
            limit=query.limit + 1,
        )
    )
    return page_response(
        found,
        limit=query.limit,
        resource=partial(_delivery, base_url=webhook.base_url),
        id_of=lambda delivery: delivery.event.id,
    )


def redeliver(call: Call, webhook_id: str, event_id: str) -> Response:
    webhook = _webhook(call, webhook_id)
    again = deliver_event.redeliver(call.ports, webhook, event_id)
    return json_response(_delivery(again, base_url=webhook.base_url))


def _types(events: Sequence[str] | None) -> tuple[EventType, ...]:
    """Raise InvalidRequestError for no type, and for one that webhooks do not get."""
    if events is not None and not events:
        raise InvalidRequestError(
            "events has at least one type, or is null for all.", param="events"
        )
    for each in events or ():
        if each not in CHOICES:
            choices = ", ".join(CHOICES)
            raise InvalidRequestError(f"Each of events is one of: {choices}.", param="events")
    return tuple(EventType(each) for each in events or ())


def _webhook(call: Call, webhook_id: str) -> Webhook:
    """Raise NotFoundError."""
    return call.ports.webhooks.get().get(webhook_id)


def _with_secret(call: Call, webhook: Webhook) -> WebhookResource:
    secret = register_webhooks.secret_for(call.ports, webhook)
    return {**_resource(webhook), "secret": secret}


def _resource(webhook: Webhook) -> WebhookResource:
    rotated_at = webhook.rotated_at
    return {
        "id": webhook.id,
        "object": "webhook",
        "created_at": epoch(webhook.created_at),
        "url": webhook.url,
        "events": list(webhook.events) or None,
        "campaign_id": webhook.campaign_id or None,
        "status": webhook.status,
        "disabled_reason": webhook.disabled_reason or None,
        "previous_secret_until": moment(rotated_at and rotated_at + PERIOD),
        "requested_by": webhook.requested_by,
    }


def _delivery(delivery: Delivery, *, base_url: str) -> DeliveryResource:
    return {
        "id": delivery.event.id,
        "object": "webhook.delivery",
        "webhook_id": delivery.webhook_id,
        "event": event_resource(delivery.event, base_url=base_url),
        "created_at": epoch(delivery.created_at),
        "status": delivery.status,
        "tries": delivery.tries,
        "tried_at": moment(delivery.tried_at),
        "due_at": moment(delivery.due_at),
        "response_status": delivery.answered,
        "response_body": delivery.answer or None,
        "error": delivery.error or None,
    }
