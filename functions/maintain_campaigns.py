"""Pub/Sub: the scheduler's tick. What the message says does not matter, only that it came."""

from typing import TYPE_CHECKING

import functions_framework
from flask import Request
from flask.typing import ResponseReturnValue

from shared import bootstrap

if TYPE_CHECKING:
    from shared.messages import PubSubMessage
    from shared.ports import Ports


@functions_framework.http
def maintain_campaigns(request: Request) -> ResponseReturnValue:
    # The platform imports this module for every function; only this one pays for the use case.
    from shared.pubsub.pushes import answer_push

    return answer_push(request, bootstrap.ports, take_tick)


def take_tick(ports: "Ports", _message: "PubSubMessage") -> None:
    """Do a bounded amount of what is due, and compare one campaign more with its objects."""
    from shared.use_cases.maintain_campaigns import maintain_campaigns as do_what_is_due
    from shared.use_cases.reconcile_next import reconcile_next

    do_what_is_due(ports)
    reconcile_next(ports)
