"""Pub/Sub: the scheduler's tick. The message only has to arrive; its content is ignored."""

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
    from shared.pubsub import answer_push

    return answer_push(request, bootstrap.serving_ports, _take_tick)


def _take_tick(ports: "Ports", _message: "PubSubMessage") -> None:
    from shared.use_cases.maintain_campaigns import take_tick

    take_tick(ports)
