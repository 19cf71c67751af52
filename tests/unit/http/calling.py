"""Requests to the service over ports in memory."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from shared.http.api import respond
from shared.ports import Ports

HOST = "localhost:8000"


def call(
    ports: Ports,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    target, _, query = path.partition("?")
    builder = EnvironBuilder(
        method=method,
        base_url=f"http://{HOST}",
        path=target,
        query_string=query,
        json=body,
        headers=Headers(dict(headers or {})),
    )
    return respond(builder.get_request(), lambda: ports)


def answer(ports: Ports, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401  # JSON.
    """Return the JSON of a success."""
    response = call(ports, method, path, body)
    assert response.status_code < 400, response.get_data(as_text=True)
    return response.get_json()


def refused(
    ports: Ports, method: str, path: str, body: Mapping[str, Any] | None = None
) -> tuple[int, str, str | None]:
    """Return the status, the code and the field of a problem."""
    response = call(ports, method, path, body)
    problem = response.get_json()
    return response.status_code, problem["code"], problem["error"]["param"]
