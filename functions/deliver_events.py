"""Pub/Sub: dispatch an event to its webhooks, or send it to one of them."""

from typing import TYPE_CHECKING

import functions_framework
from flask import Request
from flask.typing import ResponseReturnValue

from shared import bootstrap

if TYPE_CHECKING:
    from shared.messages import PubSubMessage
    from shared.ports import Ports


@functions_framework.http
def deliver_events(request: Request) -> ResponseReturnValue:
    # The platform imports this module for every function; only this one pays for the use case.
    from shared.pubsub import answer_push

    return answer_push(request, bootstrap.serving_ports, take)


def take(ports: "Ports", message: "PubSubMessage") -> None:
    """Raise InvalidRequestError for a malformed message."""
    from shared.domain.webhooks import DeliveryKey
    from shared.http.events import event_body
    from shared.messages import delivery_or_event_of
    from shared.use_cases.deliver_event import deliver_event, dispatch_event

    found = delivery_or_event_of(message)
    if isinstance(found, DeliveryKey):
        deliver_event(ports, found, event_body)
    else:
        dispatch_event(ports, found, event_body)
