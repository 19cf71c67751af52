"""The API of a running Showreel, as the commands of the Makefile call it."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import IO, Any

from shared.settings import settings

INTERRUPTED = 130
# Nothing answers, or a connection ends in the middle of an answer.
INTERRUPTIONS = (OSError, http.client.HTTPException)

_TIMEOUT_SECONDS = 300

Json = dict[str, Any]


class RefusedError(Exception):
    """The service has refused the request; the message has its reasons."""


class Service:
    """The API at a URL. With API_KEYS in the settings, the first of them is sent."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        _, _, key = settings().api_keys.partition(",")[0].partition(":")
        self._headers = {"Authorization": f"Bearer {key.strip()}"} if key else {}

    def open(
        self,
        path: str,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        method: str | None = None,
    ) -> IO[bytes]:
        """Raise RefusedError, or OSError if the service does not answer or may answer later."""
        sent = {**self._headers, **(headers or {})}
        request = urllib.request.Request(  # noqa: S310  # A person's own URL.
            f"{self._url}{path}", content, sent, method=method
        )
        try:
            opened: IO[bytes] = urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS)  # noqa: S310  # A person's own URL.
        except urllib.error.HTTPError as error:
            if error.code == http.client.SERVICE_UNAVAILABLE:
                raise OSError(_reason(error)) from error
            raise RefusedError(_reason(error)) from error
        except urllib.error.URLError as error:
            message = f"Nothing answers at {self._url} ({error.reason}). Start it: make run"
            raise OSError(message) from error
        return opened

    def read(
        self, path: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Json:
        with self.open(path, content, headers) as answer:
            read: Json = json.load(answer)
            return read


def _reason(error: urllib.error.HTTPError) -> str:
    """Return the detail of the problem, and the lines that it names."""
    text = error.read().decode(errors="replace")
    try:
        problem = json.loads(text)
        lines = [f"  line {each['line']}: {each['message']}" for each in problem.get("lines", ())]
        return "\n".join([problem["detail"], *lines])
    except (ValueError, LookupError, TypeError):
        return f"{error.url} answered {error.code}: {text[:500]}"
