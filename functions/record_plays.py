"""HTTPS: count what viewers watched. It may be public, and believes signed tokens only."""

import functions_framework
from flask import Request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Response

from shared import bootstrap, logs
from shared.sent_body import sent_body

PATH = "/v1/plays"


@functions_framework.http
def record_plays(request: Request) -> ResponseReturnValue:
    logs.begin_request(request.environ)
    body = sent_body(request)
    try:
        return _recorded(request)
    except Exception as error:  # noqa: BLE001  # Every request gets an answer.
        from shared.http.problems import answer_failure

        return answer_failure(error, request)
    finally:
        if body is not None:
            body.settle()


def _recorded(request: Request) -> Response:
    """Answer this path and no other of the API. Raise HTTPException."""
    if request.path.removesuffix("/") != PATH:
        raise NotFound
    if request.method != "POST":
        raise MethodNotAllowed(["POST"])
    # The platform imports this module for every function; only this one pays for the use case.
    from shared.http.calls import Call
    from shared.http.plays import record

    return record(Call(request, bootstrap.serving_ports()))
