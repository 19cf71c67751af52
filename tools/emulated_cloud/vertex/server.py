"""The HTTP side: routes, faults, and a log of all requests."""

import json
import math
import re
import socket
import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from shared.domain.models import MODELS
from tools.emulated_cloud.vertex.answers import (
    Answer,
    Json,
    error,
    invalid_argument,
    model_not_found,
    no_quota,
    operation_not_found,
    unauthenticated,
)
from tools.emulated_cloud.vertex.clips import prompted_clip
from tools.emulated_cloud.vertex.endings import Script
from tools.emulated_cloud.vertex.faults import Fault, Faults
from tools.emulated_cloud.vertex.operations import MakeClip, Operations, WriteClip
from tools.emulated_cloud.vertex.quota import Counting, Quota
from tools.emulated_cloud.vertex.validation import first_problem

SUBMIT = ":predictLongRunning"
POLL = ":fetchPredictOperation"

_ROUTE = re.compile(
    r"/v1[a-z0-9]*/(?P<model>projects/[^/]+/locations/[^/]+/publishers/google/models/(?P<id>[^/:]+))"
    rf"(?P<method>{SUBMIT}|{POLL})"
)
_LONGEST_LOGGED = 10_000


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it arrived; long texts in its body, such as pictures, are cut."""

    method: str
    path: str
    headers: Message
    body: Any


def no_bucket(uri: str, clip: bytes) -> None:
    raise PermissionError(f"there is no bucket for {uri}")


class FakeVertex:
    """Serves at `url` inside a `with` block. The real Veo would bill each accepted submission.

    With `quota`, each model accepts so many submissions in any minute and refuses the others.
    """

    def __init__(
        self,
        *,
        seconds: float = 0,
        polls: int | None = None,
        quota: float = math.inf,
        write_clip: WriteClip = no_bucket,
        make_clip: MakeClip = prompted_clip,
    ) -> None:
        self.models = {name for name, model in MODELS.items() if model.retired_on is None}
        self.requests: list[Request] = []
        self.operations = Operations(
            seconds=seconds, polls=polls, write_clip=write_clip, make_clip=make_clip
        )
        self._quotas: dict[str, Quota] = defaultdict(
            lambda: Quota(rate=lambda _: quota, counting=Counting.ROLLING)
        )
        self._quota_lock = threading.Lock()
        self._faults = Faults()
        self._closing = threading.Event()
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self.operations.close()

    @property
    def submissions(self) -> int:
        """The number of accepted submissions, which a bill would count."""
        return self.operations.count

    def asked(self, path: str) -> list[Request]:
        """Return the requests whose path has these words in it."""
        return [request for request in self.requests if path in request.path]

    def will_end(self, *scripts: Script) -> None:
        """Let the next accepted operations end like this, each once, whatever their prompt."""
        self.operations.scripts.extend(scripts)

    def fail(self, path: str, fault: Fault, *, times: int = 1) -> None:
        """Let the next requests whose path has these words in it meet `fault`."""
        self._faults.add(path, fault, times=times)

    def forget_faults(self) -> None:
        """Answer all further requests as usual."""
        self._faults.clear()

    def handle(self, request: Request, body: Any) -> Answer | None:  # noqa: ANN401  # It is JSON.
        """Return the answer, or None where the connection is to be dropped."""
        self.requests.append(request)
        fault = self._faults.take(request.path)
        if fault is None:
            return self._answer(request, body)
        usual = self._answer(request, body) if fault.accepted else None
        self._closing.wait(fault.delay_seconds)
        return None if fault.drops else fault.answer or usual

    def _answer(self, request: Request, body: Any) -> Answer:  # noqa: ANN401  # It is JSON.
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            return unauthenticated()
        route = _ROUTE.fullmatch(request.path)
        if request.method != "POST" or route is None:
            return operation_not_found(request.path)
        if not isinstance(body, dict):
            return invalid_argument("The body is no JSON object.")
        if route["method"] == POLL:
            return self._poll(route["model"], body)
        return self._submit(route["model"], route["id"], body)

    def _submit(self, model: str, model_id: str, body: Json) -> Answer:
        if model_id not in self.models:
            return model_not_found(model)
        problem = first_problem(body, model_id)
        if problem:
            return invalid_argument(problem)
        with self._quota_lock:
            is_within_quota = self._quotas[model_id].takes(time.monotonic())
        if not is_within_quota:
            return no_quota(retry_after_seconds=17)
        return self.operations.accept(model, body)

    def _poll(self, model: str, body: Json) -> Answer:
        name = str(body.get("operationName", ""))
        if not name.startswith(f"{model}/operations/"):
            return error(400, "INVALID_ARGUMENT", f"{name!r} is no operation of {model}.")
        return self.operations.fetch(name)


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def __init__(self, vertex: FakeVertex) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.vertex = vertex


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = None
        with suppress(ValueError):
            body = json.loads(content)
        request = Request(
            method=self.command, path=self.path, headers=self.headers, body=_shortened(body)
        )
        given = self.server.vertex.handle(request, body)
        if given is None:
            self._drop()
        else:
            self._send(given)

    do_GET = do_POST  # noqa: N815  # Its given name.

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # Its given name.
        """Log nothing: `requests` has every request."""

    def _send(self, given: Answer) -> None:
        # The caller has closed the connection.
        with suppress(ConnectionError):
            self.send_response(given.status)
            self.send_header("Content-Type", given.content_type)
            self.send_header("Content-Length", str(len(given.body)))
            for name, value in given.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(given.body)
            self.wfile.flush()

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _shortened(body: Any) -> Any:  # noqa: ANN401  # It is JSON.
    if isinstance(body, dict):
        return {key: _shortened(value) for key, value in body.items()}
    if isinstance(body, list):
        return [_shortened(value) for value in body]
    if isinstance(body, str) and len(body) > _LONGEST_LOGGED:
        return f"{body[:_LONGEST_LOGGED]}… ({len(body)} characters)"
    return body
