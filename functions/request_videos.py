"""Pub/Sub: the same request as POST /v1/campaigns/{c}/videos, as a message."""

from typing import TYPE_CHECKING

import functions_framework
from flask import Request
from flask.typing import ResponseReturnValue

from shared import bootstrap

if TYPE_CHECKING:
    from shared.messages import PubSubMessage
    from shared.ports import Ports


@functions_framework.http
def request_videos(request: Request) -> ResponseReturnValue:
    # The platform imports this module for every function; only this one pays for the use case.
    from shared.pubsub.pushes import answer_push

    return answer_push(request, bootstrap.serving_ports, take_request)


def take_request(ports: "Ports", message: "PubSubMessage") -> None:
    """Raise only errors that a redelivery of the message may avoid."""
    from shared.domain.video import Lane
    from shared.requests.bodies import RequestVideosBody
    from shared.requests.commands import create_all
    from shared.requests.parsing import from_json
    from shared.use_cases.create_videos import CreateVideos
    from shared.use_cases.request_videos import request_videos as create_once

    def read() -> CreateVideos:
        body = from_json(message.data, RequestVideosBody)
        return create_all(body.campaign_id, body, ports.policy, priority=Lane.BULK)

    create_once(ports, message.message_id, read)
