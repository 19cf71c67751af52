"""The requests that are sent, and the one answer each of them must get."""

import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

SEEK_BYTES = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Request:
    """`seeks_in` is the size of a file of which each request asks a random range.

    `new_body` makes the body of each request, where no two may be equal.
    """

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    seeks_in: int | None = None
    new_body: Callable[[], str] | None = None

    def with_range(self, random: Random) -> Mapping[str, str]:
        """Return the headers of one request."""
        if self.seeks_in is None:
            return self.headers
        start = random.randint(0, self.seeks_in - SEEK_BYTES)
        return {**self.headers, "Range": f"bytes={start}-{start + SEEK_BYTES - 1}"}


def answer(request: Request, port: int) -> bytes:
    """Send it once and return the body. Raise OSError unless the answer is good."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = request.with_range(Random(1))  # noqa: S311  # Equal for all servers.
        connection.request(request.method, request.path, request.body or None, dict(headers))
        response = connection.getresponse()
        body = response.read()
    except http.client.HTTPException as error:
        raise OSError(f"{request.method} {request.path}: {error!r}") from error
    finally:
        connection.close()
    expected = 200 if request.seeks_in is None else 206
    if response.status != expected:
        raise OSError(f"{request.method} {request.path} answered {response.status}: {body[:200]!r}")
    return body
