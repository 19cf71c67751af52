"""The bucket as others see it who use no client library: Veo that writes, a test that looks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import quote, urlencode, urlsplit

from tools.emulated_cloud.bucket.refusals import Resource
from tools.emulated_cloud.bucket.server import StrictBucketServer


@dataclass(frozen=True, kw_only=True)
class Response:
    """Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Response:
    """Send one request; an answer of any status is an answer."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=30)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        return Response(
            status=response.status,
            headers={name.lower(): value for name, value in response.getheaders()},
            body=response.read(),
        )
    finally:
        connection.close()


def write(
    server: StrictBucketServer,
    bucket: str,
    name: str,
    content: bytes,
    *,
    content_type: str = "video/mp4",
) -> None:
    """Write an object as Veo does: with its type, and with nothing else."""
    query = urlencode({"uploadType": "media", "name": name})
    answer = ask(
        "POST",
        f"{server.url}/upload/storage/v1/b/{bucket}/o?{query}",
        headers={"content-type": content_type},
        body=content,
    )
    assert answer.status == 200, answer.body


def resource(server: StrictBucketServer, bucket: str, name: str) -> Resource:
    """Return an object's metadata as the JSON API writes it."""
    found = ask("GET", f"{server.url}/storage/v1/b/{bucket}/o/{quote(name, safe='')}")
    assert found.status == 200, found.body
    metadata: Resource = json.loads(found.body)
    return metadata
