"""Pub/Sub: the same request as POST /v1/campaigns/{c}/videos, or the next lines of a batch."""

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
    from shared.pubsub import answer_push

    return answer_push(request, bootstrap.serving_ports, take_request)


def take_request(ports: "Ports", message: "PubSubMessage") -> None:
    """Raise only errors that a redelivery of the message may avoid."""
    from shared.messages import batch_of

    batch_id = batch_of(message)
    if batch_id is None:
        _request(ports, message)
        return
    from shared.requests.batches import lines_of
    from shared.use_cases.run_batch import run_batch

    run_batch(ports, batch_id, lines_of)


def _request(ports: "Ports", message: "PubSubMessage") -> None:
    from shared.domain.video import Lane
    from shared.requests.bodies import RequestVideosBody
    from shared.requests.commands import create_all, sources_of
    from shared.requests.parsing import from_json
    from shared.use_cases.create_videos import CreateVideos
    from shared.use_cases.inputs import require_ids
    from shared.use_cases.request_videos import request_videos as create_once

    def read() -> CreateVideos:
        body, model = from_json(message.data, RequestVideosBody), ports.policy.default_model
        sources = require_ids(sources_of(body), "A message")
        return create_all(body.campaign_id, body, model, priority=Lane.BULK, sources=sources)

    create_once(ports, message.message_id, read)
