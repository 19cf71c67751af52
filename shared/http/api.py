"""How the service answers: find who does, ask, and answer a failure as a problem."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from shared import logs
from shared.http.access import OPEN_ENDPOINTS, require_allowed_host, require_own_page
from shared.http.calls import Call
from shared.http.routes import match

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Request, Response

    from shared.ports import Ports


def respond(request: Request, ports: Callable[[], Ports]) -> Response:
    """Answer a request. What Showreel raises becomes a problem; nothing else is told to callers."""
    logs.trace.set(request.headers.get("X-Cloud-Trace-Context", "").partition("/")[0])
    origins = ""
    try:
        found = ports()
        origins = found.policy.allowed_origins
        response = _answer(Call(request, found))
    except Exception as error:  # noqa: BLE001  # A caller is always answered.
        from shared.http.failures import answer_failure

        response = answer_failure(error, request)
    if origins:
        from shared.http.cors import allow_reading

        allow_reading(request, response, origins)
    return response


def _answer(call: Call) -> Response:
    require_allowed_host(call)
    require_own_page(call)
    request = call.request
    if request.method == "OPTIONS" and call.ports.policy.allowed_origins:
        from shared.http.cors import preflight_answer

        if answer := preflight_answer(request, call.ports.policy.allowed_origins):
            return answer
    endpoint, values = match(request.method, request.path)
    if call.ports.policy.api_keys and endpoint not in OPEN_ENDPOINTS:
        from shared.http.api_keys import require_key

        call.requester = require_key(call)
    return handler(endpoint)(call, *values)


@cache
def handler(endpoint: str) -> Callable[..., Response]:
    """Import what answers an endpoint: a process's first answer does not pay for the others."""
    module, _, name = endpoint.partition(".")
    found: Callable[..., Response] = getattr(import_module(f"shared.http.{module}"), name)
    return found
