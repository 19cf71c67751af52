"""Answer a request: find its endpoint, call the handler, turn errors into problems, log, count."""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections import defaultdict
from copy import deepcopy
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Response

from shared import logs
from shared.http.access import (
    add_cors_headers,
    is_preflight,
    let_any_page_read,
    require_allowed_host,
    require_key,
    require_own_page,
)
from shared.http.calls import Call
from shared.http.endpoint import Endpoint
from shared.http.endpoints import ENDPOINTS
from shared.sent_body import read_to_end, sent_body

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from werkzeug.wrappers import Request

    from shared.ports import Ports

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds: Prometheus' defaults."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# Cloud Run reserves paths that end in z.
_ALIASES = {"/healthz": "/health"}
_REST_OF_PATH = "{+"
# Longer paths count as this long: only the rest of a path may have more.
_MOST_SEGMENTS = 2 + max(endpoint.path.count("/") for endpoint in ENDPOINTS)
_UNMATCHED = "unmatched"
# Of a Content-Length: a body of a million bytes or more takes room.
_LARGE_DIGITS = 7
_READING = ("GET", "HEAD")

logger = logging.getLogger(__name__)


class Durations:
    """The durations of one kind of answer: a count for each bucket, and one for all above."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.counts = [0] * (len(BUCKETS) + 1)

    def add(self, seconds: float) -> None:
        self.seconds += seconds
        self.counts[bisect_left(BUCKETS, seconds)] += 1


_Template = tuple[list[str], dict[str, Endpoint]]
"""The segments of a path, and its endpoints by method."""

Kind = tuple[str, str, int]
"""Method, template of the path, and status."""

_durations: defaultdict[Kind, Durations] = defaultdict(Durations)
_lock = Lock()


def respond(request: Request, ports: Callable[[], Ports]) -> Response:
    """Answer a request. Never raises: an error becomes a problem (RFC 9457)."""
    logs.begin_request(request.environ)
    began = perf_counter()
    endpoint: Endpoint | None = None
    call: Call | None = None
    body = sent_body(request)
    try:
        call = Call(request, ports())
        require_allowed_host(call)
        if is_preflight(call):
            response = Response(status=204)
        else:
            endpoint, values = match(request.method, request.path)
            require_own_page(call, endpoint)
            call.requester = require_key(call, endpoint)
            if request.query_string and endpoint.query is None:
                from shared.http.queries import refuse_parameters

                refuse_parameters(request, endpoint)
            if endpoint.body is None and request.method not in _READING:
                from shared.http.request_bodies import refuse_fields

                refuse_fields(request)
            if body is not None and request.method in _READING:
                read_to_end(request)
            response = _handled(call, endpoint, values)
    except Exception as error:  # noqa: BLE001  # Every request gets an answer.
        from shared.http.problems import answer_failure

        response = answer_failure(error, request, path=_shown_path(request.path, endpoint))
    if body is not None:
        body.settle()
    if endpoint is not None and endpoint.for_any_page:
        let_any_page_read(response)
    elif call is not None and call.ports.policy.allowed_origins:
        add_cors_headers(call, response)
    template = _UNMATCHED if endpoint is None else endpoint.path
    _record(request.method, template, response.status_code, perf_counter() - began)
    return response


def _handled(call: Call, endpoint: Endpoint, values: Sequence[str]) -> Response:
    handler, environ = endpoint.handler(), call.request.environ
    # Few bodies are as large, or have an unknown length: only these pay for the import.
    if (
        len(environ.get("CONTENT_LENGTH", "")) < _LARGE_DIGITS
        and "HTTP_TRANSFER_ENCODING" not in environ
    ):
        return handler(call, *values)
    from shared.http.large_bodies import room_for

    with room_for(call.request):
        return handler(call, *values)


def match(method: str, path: str) -> tuple[Endpoint, list[str]]:
    """Return the endpoint and the values of its path's variables, ignoring one trailing slash.

    Raise NotFound, or MethodNotAllowed with the methods of the path.
    """
    path = _ALIASES.get(path.removesuffix("/"), path)
    segments = path.removesuffix("/").split("/") if path != "/" else ["", ""]
    allowed: list[str] = []
    count = min(len(segments), _MOST_SEGMENTS)
    named = _TEMPLATES.get((count, *segments[1:3]), ())
    for template, endpoints in (*named, *_TEMPLATES.get((count, *segments[1:2], None), ())):
        values = _values(template, segments)
        if values is None:
            continue
        endpoint = endpoints.get("GET" if method == "HEAD" else method)
        if endpoint is not None:
            return endpoint, values
        allowed += endpoints
    if not allowed:
        raise NotFound
    raise MethodNotAllowed([*allowed, "HEAD"] if "GET" in allowed else allowed)


def recorded() -> dict[Kind, Durations]:
    """Return a copy of what this process has counted."""
    with _lock:
        return deepcopy(_durations)


def _templates() -> dict[tuple[int | str | None, ...], list[_Template]]:
    """Return the templates by the number of a path's segments, and the first two of these.

    None is for a variable. werkzeug's Map would compile a URL builder for each rule: 9 % of the
    framework's own start.
    """
    by_path: dict[str, dict[str, Endpoint]] = {}
    for endpoint in ENDPOINTS:
        by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    found: dict[tuple[int | str | None, ...], list[_Template]] = {}
    for path, endpoints in by_path.items():
        template = path.split("/")
        beginning = [None if each.startswith("{") else each for each in template[1:3]]
        most = _MOST_SEGMENTS if template[-1].startswith(_REST_OF_PATH) else len(template)
        for count in range(len(template), most + 1):
            found.setdefault((count, *beginning), []).append((template, endpoints))
    return found


_TEMPLATES = _templates()

# Of paths with a permission: their beginnings, and a template for each.
_SECRET = {
    endpoint.path.partition("{")[0]: endpoint.path
    for endpoint in reversed(ENDPOINTS)
    if "_token}" in endpoint.path
}


def _shown_path(path: str, endpoint: Endpoint | None) -> str:
    """Return what may be logged and repeated of a path: of one with a token, the template.

    That holds without an endpoint, too, such as for another method.
    """
    for beginning, template in _SECRET.items():
        if path.startswith(beginning):
            return endpoint.path if endpoint else template
    return path


def _values(template: Sequence[str], segments: Sequence[str]) -> list[str] | None:
    """Return the values of a template's variables, or None if the path does not match."""
    last = len(template) - 1
    if len(segments) > len(template):
        segments = [*segments[:last], "/".join(segments[last:])]
    values = []
    for name, segment in zip(template, segments, strict=True):
        if name.startswith("{") and segment:
            values.append(segment)
        elif name != segment:
            return None
    return values


def _record(method: str, template: str, status: int, seconds: float) -> None:
    """Log and count an answer by its path's template: the path itself may hold a signature."""
    method = method if method in METHODS else "other"
    with _lock:
        _durations[method, template, status].add(seconds)
    if logger.isEnabledFor(logging.INFO):
        logger.info(
            "request.answered",
            extra={
                "method": method,
                "path": template,
                "status": status,
                "milliseconds": round(seconds * 1000, 1),
            },
        )
