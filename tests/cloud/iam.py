"""A fake of IAM's signBlob, and the credentials of a function that has no key."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Barrier, Event, Lock, Thread
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from google.auth.credentials import Credentials
from google.auth.transport import Request

from shared.adapters.google.credentials import shared_request
from tools.emulated_cloud.bucket.signatures import ServiceAccount
from tools.emulated_cloud.processes import HOST

_TOKEN = "the function's token"  # noqa: S105  # It opens nothing.
_PATH = re.compile(r"/v1/projects/-/serviceAccounts/(?P<email>[^:]+):signBlob")


class FakeIAM:
    """Signs for one account. `refusals` are the statuses that it answers first.

    It does not answer the next `stalls` calls before it ends. `waits_for` holds back each answer
    until that many calls wait for one.
    """

    def __init__(self, account: ServiceAccount) -> None:
        self.account = account
        self.connections = 0
        self.calls = 0
        self.refusals: list[int] = []
        self.stalls = 0
        self.most_at_once = 0
        self.waits_for: Barrier | None = None
        self._at_once = 0
        self._over = Event()
        self._lock = Lock()
        self._http = _Server(self)
        self.host = f"{HOST}:{self._http.server_port}"

    @contextmanager
    def running(self) -> Iterator["FakeIAM"]:
        Thread(target=self._http.serve_forever, args=(0.02,), name="fake-iam", daemon=True).start()
        try:
            yield self
        finally:
            self._over.set()
            self._http.shutdown()
            self._http.server_close()

    def connected(self) -> None:
        with self._lock:
            self.connections += 1

    def answer(self, path: str, token: str, payload: bytes) -> tuple[int, dict[str, Any]]:
        with self._lock:
            self.calls += 1
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            refusal = self.refusals.pop(0) if self.refusals else None
            stalls, self.stalls = self.stalls > 0, max(0, self.stalls - 1)
        try:
            return self._answer(path, token, payload, refusal, stalls=stalls)
        finally:
            with self._lock:
                self._at_once -= 1

    def _answer(
        self, path: str, token: str, payload: bytes, refusal: int | None, *, stalls: bool
    ) -> tuple[int, dict[str, Any]]:
        if stalls:
            self._over.wait()
        if self.waits_for is not None:
            self.waits_for.wait()
        if refusal is not None:
            return refusal, _error(refusal)
        found = _PATH.fullmatch(path)
        if found is None or found["email"] != self.account.email or token != f"Bearer {_TOKEN}":
            return 403, _error(403)
        signature = self.account.key.sign(payload, PKCS1v15(), SHA256())
        return 200, {"keyId": "0", "signedBlob": b64encode(signature).decode()}


class KeylessCredentials(Credentials):
    """Those of a function: they know their account by name only once they were refreshed."""

    def __init__(self, account: ServiceAccount | None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._account = account
        self.service_account_email = "default"

    def refresh(self, request: object) -> None:
        self.token = _TOKEN
        self.service_account_email = self._account.email if self._account else ""


class LoopbackRequest(Request):
    """The adapter's own transport, except that IAM is on this machine."""

    def __init__(self, host: str) -> None:
        self._transport = shared_request()
        self._host = host

    def __call__(self, url: str, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        local = url.replace("https://iamcredentials.googleapis.com", f"http://{self._host}")
        return self._transport(local, *args, **options)

    def close(self) -> None:
        vars(self._transport)["session"].close()


def _error(status: int) -> dict[str, Any]:
    message = "Permission 'iam.serviceAccounts.signBlob' denied on resource." * (status == 403)
    return {"error": {"code": status, "message": message, "status": "PERMISSION_DENIED"}}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, iam: FakeIAM) -> None:
        super().__init__((HOST, 0), _Handler)
        self.iam = iam


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self.server.iam.connected()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        status, answer = self.server.iam.answer(
            self.path, self.headers.get("authorization", ""), b64decode(body["payload"])
        )
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Its counts are its log."""
