"""A push subscription inside one process: Eventarc's request, to the very function deployed."""

from collections.abc import Callable

from cloudevents.conversion import to_binary
from cloudevents.http import CloudEvent
from flask import Request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

Function = Callable[[Request], ResponseReturnValue]


class PushSubscription:
    """Raises ServiceUnavailable, with what the answer says of when, unless the answer is 2xx."""

    def __init__(self, function: Function) -> None:
        self._function = function

    def __call__(self, event: CloudEvent) -> None:
        headers, body = to_binary(event)
        pushed = EnvironBuilder(method="POST", headers=list(headers.items()), data=body)
        answer = self._function(Request(pushed.get_environ()))
        if not isinstance(answer, Response):
            raise TypeError("A function that takes messages answers with a Response.")
        if not 200 <= answer.status_code < 300:  # noqa: PLR2004  # That is 2xx.
            raise ServiceUnavailable(retry_after=answer.retry_after)
