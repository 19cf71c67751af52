"""How the service answers: find who does, ask, and answer a failure as a problem."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from shared import logs
from shared.http.access import (
    is_preflight,
    require_allowed_host,
    require_key,
    require_own_page,
)
from shared.http.calls import Call
from shared.http.request_log import record
from shared.http.routes import match

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Request

    from shared.ports import Ports


def respond(request: Request, ports: Callable[[], Ports]) -> Response:
    """Answer a request. What Showreel raises becomes a problem; nothing else is told to callers."""
    logs.begin_request(request.headers)
    began = perf_counter()
    endpoint = ""
    call: Call | None = None
    try:
        call = Call(request, ports())
        require_allowed_host(call)
        require_own_page(call)
        if is_preflight(call):
            response = Response(status=204)
        else:
            endpoint, values = match(request.method, request.path)
            call.requester = require_key(call, endpoint)
            logs.requested_by.set(call.requester)
            response = handler(endpoint)(call, *values)
    except Exception as error:  # noqa: BLE001  # A caller is always answered.
        from shared.http.failures import answer_failure

        response = answer_failure(error, request)
    if call is not None and call.ports.policy.allowed_origins:
        from shared.http.cors import add_cors_headers

        add_cors_headers(call, response)
    record(request.method, endpoint, response.status_code, perf_counter() - began)
    return response


@cache
def handler(endpoint: str) -> Callable[..., Response]:
    """Import what answers an endpoint: a process's first answer does not pay for the others."""
    module, _, name = endpoint.partition(".")
    found: Callable[..., Response] = getattr(import_module(f"shared.http.{module}"), name)
    return found
