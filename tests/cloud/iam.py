"""A fake of IAM's signBlob, and the credentials of a function that has no key."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Event, Lock
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from google.auth.credentials import Credentials
from google.auth.transport import Request as Transport

from shared.adapters.google.credentials import shared_request
from tools.emulated_cloud.bucket.signatures import ServiceAccount
from tools.emulated_cloud.http_front import Answer, HTTPFront, Request, answer_json

_TOKEN = "the function's token"  # noqa: S105  # It opens nothing.
_PATH = re.compile(r"/v1/projects/-/serviceAccounts/(?P<email>[^:]+):signBlob")


class FakeIAM:
    """Signs for one account. `refusals` are the statuses that it answers first.

    It does not answer the next `stalls` calls before it ends. `waits_for` holds back each answer
    until that many calls wait for one.
    """

    def __init__(self, account: ServiceAccount) -> None:
        self.account = account
        self.calls = 0
        self.refusals: list[int] = []
        self.stalls = 0
        self.most_at_once = 0
        self.waits_for: Barrier | None = None
        self._at_once = 0
        self._over = Event()
        self._lock = Lock()
        self._http = HTTPFront(self._answer)
        self.host = self._http.url.removeprefix("http://")

    @contextmanager
    def running(self) -> Iterator["FakeIAM"]:
        with self._http:
            try:
                yield self
            finally:
                self._over.set()

    @property
    def connections(self) -> int:
        return self._http.connections

    def _answer(self, request: Request) -> Answer:
        with self._lock:
            self.calls += 1
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            refusal = self.refusals.pop(0) if self.refusals else None
            stalls, self.stalls = self.stalls > 0, max(0, self.stalls - 1)
        try:
            return self._signed(request, refusal, stalls=stalls)
        finally:
            with self._lock:
                self._at_once -= 1

    def _signed(self, request: Request, refusal: int | None, *, stalls: bool) -> Answer:
        if stalls:
            self._over.wait()
        if self.waits_for is not None:
            self.waits_for.wait()
        if refusal is not None:
            return _error(refusal)
        found, token = _PATH.fullmatch(request.path), request.headers.get("authorization")
        if found is None or found["email"] != self.account.email or token != f"Bearer {_TOKEN}":
            return _error(403)
        payload = b64decode(json.loads(request.body)["payload"])
        signature = self.account.key.sign(payload, PKCS1v15(), SHA256())
        return answer_json({"keyId": "0", "signedBlob": b64encode(signature).decode()})


class KeylessCredentials(Credentials):
    """Those of a function: they know their account by name only once they were refreshed."""

    def __init__(self, account: ServiceAccount | None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._account = account
        self.service_account_email = "default"

    def refresh(self, request: object) -> None:
        self.token = _TOKEN
        self.service_account_email = self._account.email if self._account else ""


class LoopbackRequest(Transport):
    """The adapter's own transport, except that IAM is on this machine."""

    def __init__(self, host: str) -> None:
        self._transport = shared_request()
        self._host = host

    def __call__(self, url: str, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        local = url.replace("https://iamcredentials.googleapis.com", f"http://{self._host}")
        return self._transport(local, *args, **options)

    def close(self) -> None:
        vars(self._transport)["session"].close()


def _error(status: int) -> Answer:
    message = "Permission 'iam.serviceAccounts.signBlob' denied on resource." * (status == 403)
    content = {"code": status, "message": message, "status": "PERMISSION_DENIED"}
    return answer_json({"error": content}, status)
