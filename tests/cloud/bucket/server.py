"""The HTTP server in front."""

import re
import socket
import struct
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from tests.cloud.bucket.api import StorageAPI, operation_of
from tests.cloud.bucket.exchange import Answer, Request
from tests.cloud.bucket.faults import Fault, FaultKind, Faults, answer_after, answer_before
from tests.cloud.bucket.notifications import Notification, Notifier
from tests.cloud.bucket.objects import Objects
from tests.cloud.bucket.signatures import SignatureVerifier
from tests.cloud.bucket.uploads import Uploads
from tests.cloud.bucket.upstream import Upstream
from tests.cloud.processes import HOST

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, kw_only=True)
class Handled:
    """What one request was. `operation` is named as in the JSON API, or `signed`."""

    operation: str
    line: str
    status: int
    received_bytes: int
    sent_bytes: int


class _BrokenConnectionError(Exception):
    pass


class StrictBucketServer:
    """Cloud Storage on loopback, as a context manager. `url` is for STORAGE_EMULATOR_HOST.

    Raises MissingToolError where fake-gcs-server is not installed.
    """

    def __init__(self) -> None:
        self.requests: list[Handled] = []
        self._lock = Lock()
        self._faults = Faults()
        self._upstream = Upstream()
        self._notifier = Notifier()
        self._signatures = SignatureVerifier()
        self._http = _HTTPServer(self)
        self.url = f"http://{HOST}:{self._http.server_port}"
        objects = Objects(self._upstream, self._notifier.finalized)
        self._api = StorageAPI(
            upstream=self._upstream,
            objects=objects,
            uploads=Uploads(objects, self.url),
            signatures=self._signatures,
        )

    def __enter__(self) -> Self:
        Thread(target=self._http.serve_forever, name="strict-bucket", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._notifier.close()
        self._upstream.close()

    def create_bucket(self, name: str) -> None:
        body = f'{{"name": "{name}"}}'.encode()
        self._answer(Request(method="POST", path="/storage/v1/b", query="project=p", body=body))

    def trust(self, email: str, key: RSAPublicKey) -> None:
        """Let the holder of the private key sign URLs."""
        self._signatures.trust(email, key)

    def fail(self, pattern: str, fault: Fault, *, times: int = 1) -> None:
        """Plant a fault for requests whose "METHOD path?query", decoded, has `pattern` in it."""
        self._faults.plant(pattern, fault, times)

    def notify(self, pubsub_host: str, topic: str, *, prefix: str = "") -> None:
        """Publish every new object whose name begins with `prefix`."""
        notification = Notification(pubsub_host=pubsub_host, topic=topic, prefix=prefix)
        self._notifier.notifications.append(notification)

    def forget(self) -> None:
        """Empty the log, and take the faults and notifications back. Objects stay."""
        self.requests.clear()
        self._faults.clear()
        self._notifier.notifications.clear()

    def operations(self, pattern: str = "") -> Counter[str]:
        """Count the operations of the log whose line has `pattern` in it."""
        return Counter(each.operation for each in self.requests if re.search(pattern, each.line))

    def handle(self, request: Request) -> Answer:
        """Raise where the connection is to break."""
        fault = self._faults.take(request)
        if fault is not None and fault.kind is FaultKind.RESET:
            self._log(request, Answer(status=0))
            raise _BrokenConnectionError
        answer = answer_before(fault, request) or self._answer(request)
        answer = answer_after(fault, answer)
        self._log(request, answer)
        if fault is not None and fault.kind is FaultKind.LOST_ANSWER:
            raise _BrokenConnectionError
        return answer

    def _answer(self, request: Request) -> Answer:
        with self._lock:
            return self._api.answer(request)

    def _log(self, request: Request, answer: Answer) -> None:
        self.requests.append(
            Handled(
                operation=operation_of(request)[0],
                line=request.line,
                status=answer.status,
                received_bytes=len(request.body),
                sent_bytes=len(answer.body),
            )
        )


class _HTTPServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, bucket: StrictBucketServer) -> None:
        super().__init__((HOST, 0), _Handler)
        self.bucket = bucket

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _HTTPServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(
            method=headers.get("x-http-method-override", self.command),
            path=parts.path,
            query=parts.query,
            headers=headers,
            body=self._body(headers),
        )
        try:
            answer = self.server.bucket.handle(request)
        except _BrokenConnectionError:
            self._reset()
        else:
            self._send(answer)

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(headers.get("content-length", 0)))
        chunks = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        length = {} if self.command == "HEAD" else {"content-length": str(len(answer.body))}
        for name, value in {**answer.headers, **length}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.close_connection = True
        with suppress(OSError):
            self.connection.close()

    def log_message(self, format: str, *args: Sequence[object]) -> None:  # noqa: A002
        """The bucket keeps a log of its own."""

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815
