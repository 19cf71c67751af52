"""Pub/Sub: take a video one step forward: when requested, when its clip arrives, or when due."""

from typing import TYPE_CHECKING

import functions_framework
from flask import Request
from flask.typing import ResponseReturnValue

from shared import bootstrap

if TYPE_CHECKING:
    from shared.messages import PubSubMessage
    from shared.ports import Ports


@functions_framework.http
def generate_video(request: Request) -> ResponseReturnValue:
    # The platform imports this module for every function; only this one pays for the use case.
    from shared.pubsub import answer_push

    return answer_push(request, bootstrap.serving_ports, _take_step)


def _take_step(ports: "Ports", message: "PubSubMessage") -> None:
    """Raise InvalidRequestError for a malformed message, RetryLaterError for a redelivery."""
    from shared.messages import decode
    from shared.use_cases.generate_video import generate_video as take_video_forward

    video = decode(message)
    if video is not None:
        take_video_forward(ports, video)
