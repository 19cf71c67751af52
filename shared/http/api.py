"""How the service answers: find who does, ask, and answer a failure as a problem."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING

from shared import logs
from shared.http.calls import Call
from shared.http.request_log import record
from shared.http.routes import match

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Request, Response

    from shared.ports import Ports


def respond(request: Request, ports: Callable[[], Ports]) -> Response:
    """Answer a request. What Showreel raises becomes a problem; nothing else is told to callers."""
    logs.begin_request(request.headers)
    began = perf_counter()
    endpoint = ""
    try:
        endpoint, values = match(request.method, request.path)
        response = handler(endpoint)(Call(request, ports()), *values)
    except Exception as error:  # noqa: BLE001  # A caller is always answered.
        from shared.http.failures import answer_failure

        response = answer_failure(error, request)
    record(request.method, endpoint, response.status_code, perf_counter() - began)
    return response


@cache
def handler(endpoint: str) -> Callable[..., Response]:
    """Import what answers an endpoint: a process's first answer does not pay for the others."""
    module, _, name = endpoint.partition(".")
    found: Callable[..., Response] = getattr(import_module(f"shared.http.{module}"), name)
    return found
