"""Requests of tools to the service, and its answers as a model reads them."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import anyio
import httpx2

from shared.http.idempotency import KEY, REPLAYED
from tools.mcp_server.operations import JSON_LINES, KEY_ARGUMENT, LINES_ARGUMENT, Operation

ANSWER_SECONDS = 30
MOST_LINES = 100

_AGAIN = "Call this tool again with the same arguments: nothing is paid twice."
_REPLAY = (
    "This is the first answer to an earlier call with these arguments. Nothing was created or paid "
    f"now. Read the video or batch for its present state. Only if one more is wanted, which is "
    f"paid, call again with an unused `{KEY_ARGUMENT}`."
)


class ToolError(Exception):
    """The call has failed; the message says why, and what to do."""


class Service:
    """The API at a URL. `authorization` is the header of requests whose caller has none."""

    def __init__(self, url: str, authorization: str = "") -> None:
        self._url = url.rstrip("/")
        self._authorization = authorization
        self._client = httpx2.AsyncClient(timeout=ANSWER_SECONDS)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def call(
        self, tool: str, operation: Operation, arguments: Mapping[str, Any], authorization: str = ""
    ) -> list[str]:
        """Return the texts of the answer. Raise ToolError."""
        _require_known(tool, operation, arguments)
        url = f"{self._url}{_path(operation, arguments)}"
        query = {name: arguments[name] for name in operation.in_query if name in arguments}
        headers = _headers(tool, operation, arguments)
        if authorization := authorization or self._authorization:
            headers["Authorization"] = authorization
        content = _content(operation, arguments)
        try:
            with anyio.fail_after(ANSWER_SECONDS):
                answer = await self._client.request(
                    operation.method, url, params=query, headers=headers, content=content
                )
        except httpx2.ConnectError as error:
            raise ToolError(
                f"Nothing answers at {self._url}. Start Showreel there with `make run`, or set "
                f"SHOWREEL_URL to its address. {_AGAIN}"
            ) from error
        except (httpx2.HTTPError, TimeoutError) as error:
            raise ToolError(f"{self._url} has not answered ({error!r}). {_AGAIN}") from error
        if not answer.is_success:
            raise ToolError(_failure(answer, self._url))
        return list(_texts(answer))


def _require_known(tool: str, operation: Operation, arguments: Mapping[str, Any]) -> None:
    known = operation.arguments["properties"]
    if unknown := [name for name in arguments if name not in known]:
        names = ", ".join(known) or "none"
        raise ToolError(f"{tool} has no argument {unknown[0]!r}. Its arguments: {names}.")


def _path(operation: Operation, arguments: Mapping[str, Any]) -> str:
    path = operation.path
    for name in operation.in_path:
        value = str(arguments.get(name, ""))
        # A client removes the segments `.` and `..` of a path.
        if not value.strip("."):
            raise ToolError(f"{name} is missing or is not an id.")
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return path


def _headers(tool: str, operation: Operation, arguments: Mapping[str, Any]) -> dict[str, str]:
    headers = {"Content-Type": operation.media_type} if operation.media_type else {}
    if key := arguments.get(KEY_ARGUMENT):
        headers[KEY] = key
    elif operation.takes_key and operation.media_type != JSON_LINES:
        # A batch is known by its bytes.
        headers[KEY] = _key(tool, arguments)
    return headers


def _key(tool: str, arguments: Mapping[str, Any]) -> str:
    """Derive a key: models repeat calls that seem to fail, and the repeat is not paid."""
    return f"mcp-{hashlib.sha256(f'{tool} {_encoded(arguments)}'.encode()).hexdigest()}"


def _content(operation: Operation, arguments: Mapping[str, Any]) -> str | None:
    if operation.media_type == JSON_LINES:
        return "".join(f"{_encoded(line)}\n" for line in arguments.get(LINES_ARGUMENT, ()))
    elsewhere = {*operation.in_path, *operation.in_query, KEY_ARGUMENT}
    body = {name: each for name, each in arguments.items() if name not in elsewhere}
    return _encoded(body) if operation.media_type else None


def _encoded(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _texts(answer: httpx2.Response) -> Iterator[str]:
    if answer.headers.get(REPLAYED):
        yield _REPLAY
    if not answer.headers["Content-Type"].startswith(JSON_LINES):
        yield answer.text
        return
    lines = answer.text.splitlines()
    yield "\n".join(lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        yield f"These are {MOST_LINES} of {len(lines)} lines. GET {answer.url} has all of them."


def _failure(answer: httpx2.Response, url: str) -> str:
    """Return the detail of the problem, its code, and whether the call may succeed later."""
    try:
        problem = answer.json()
        lines = [f"line {each['line']}: {each['message']}" for each in problem.get("lines", ())]
        retry = _AGAIN if problem["retryable"] else "The same call will be refused again."
        texts = [f"{problem['detail']} ({answer.status_code} {problem['code']})", *lines, retry]
    except (ValueError, LookupError, TypeError):
        texts = [f"{url} answered {answer.status_code}: {answer.text[:500]}"]
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        texts.append("The user has to set SHOWREEL_API_KEY, or over HTTP the Authorization header.")
    return "\n".join(texts)
