"""One HTTP call: the argument of handlers, and their JSON answers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from flask import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from werkzeug.wrappers import Request

    from shared.http.resource_types import ListResource, UnreadableResource
    from shared.ports import Ports

T = TypeVar("T")

# OpenAI's SDK reads these headers of the first answer and polls at that interval.
POLLING = {"Retry-After": "2", "openai-poll-after-ms": "2000"}

encode = msgspec.json.Encoder(decimal_format="number").encode


class Call:
    """`base_url` ends in a slash. `requester` is the name of the request's API key, if any."""

    def __init__(self, request: Request, ports: Ports) -> None:
        self.request = request
        self.ports = ports
        self.now: datetime = ports.now()
        self.requester: str | None = None

    @cached_property
    def base_url(self) -> str:
        if public_url := self.ports.policy.public_url:
            return f"{public_url.rstrip('/')}/"
        return f"{self.asked_origin}/"

    @property
    def asked_origin(self) -> str:
        """The origin of this request's URL, as browsers write it."""
        return f"{self._scheme}://{self.request.host}"

    @property
    def _scheme(self) -> str:
        """The scheme that the caller used.

        On Cloud Run it is the first value of X-Forwarded-Proto, to which each front end appends.
        gunicorn does not apply the header, because the front ends are not on loopback.
        """
        if not self.ports.policy.is_on_cloud_run:
            return self.request.scheme
        forwarded = self.request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip()
        return forwarded if forwarded in ("http", "https") else self.request.scheme


class JsonResponse(Response):
    """A response that is complete when it is made: a quarter of the framework's work for it.

    Flask would change its class, and werkzeug copy its headers and look through them again.
    """

    response: Sequence[bytes]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(self.status, self.headers.to_wsgi_list())
        return () if environ["REQUEST_METHOD"] == "HEAD" else self.response


def json_response(
    body: object, *, status: int = 200, headers: dict[str, str] | None = None
) -> JsonResponse:
    """Answer with JSON that is not cached: a video changes while it is in progress."""
    return JsonResponse(
        encode(body),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def list_response(
    data: Sequence[object],
    *,
    ids: Sequence[str],
    has_more: bool = False,
    unreadable: Sequence[UnreadableResource] | None = None,
    beside: Mapping[str, object] | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    body: ListResource[Any] = {
        "object": "list",
        "data": data,
        "first_id": ids[0] if ids else None,
        "last_id": ids[-1] if ids else None,
        "has_more": has_more,
    }
    if unreadable is not None:
        body["unreadable"] = unreadable
    return json_response({**body, **(beside or {})}, status=status, headers=headers)


def page_response(
    found: Sequence[T],
    *,
    limit: int,
    resource: Callable[[T], object],
    id_of: Callable[[T], str],
) -> Response:
    """Answer with the first `limit` of what was found: if there are more, another page follows."""
    page = found[:limit]
    return list_response(
        [resource(each) for each in page],
        ids=[id_of(each) for each in page],
        has_more=len(found) > limit,
    )
