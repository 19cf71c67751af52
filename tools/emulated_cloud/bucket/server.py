"""A strict emulator of Cloud Storage: fake-gcs-server stores the bytes, this layer adds the rules.

No other emulator refuses all requests that the service refuses: stale writes by every kind of
upload, moves onto an existing object, altered or expired signatures.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Self

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from tools.emulated_cloud.bucket.api import StorageAPI, operation_of
from tools.emulated_cloud.bucket.faults import Fault, FaultKind, answer_after, answer_before
from tools.emulated_cloud.bucket.notifications import Notification, Notifier
from tools.emulated_cloud.bucket.objects import PAGE_SIZE, Objects
from tools.emulated_cloud.bucket.signatures import SignatureVerifier
from tools.emulated_cloud.bucket.uploads import Uploads
from tools.emulated_cloud.bucket.upstream import Upstream
from tools.emulated_cloud.http_front import (
    Answer,
    BrokenConnectionError,
    Faults,
    HTTPFront,
    Request,
)


@dataclass(frozen=True, kw_only=True)
class Handled:
    """One request. `operation` is its name in the JSON API, or `signed`."""

    operation: str
    line: str
    status: int
    received_bytes: int
    sent_bytes: int


class StrictBucketServer:
    """Cloud Storage on loopback, as a context manager. `url` is for STORAGE_EMULATOR_HOST.

    Raises MissingToolError where fake-gcs-server is not installed.
    """

    def __init__(self) -> None:
        self.requests: list[Handled] = []
        self._lock = Lock()
        self._faults = Faults[Fault]()
        self._upstream = Upstream()
        self._notifier = Notifier()
        self._signatures = SignatureVerifier()
        self._http = HTTPFront(self.handle)
        self.url = self._http.url
        self._objects = Objects(self._upstream, self._notifier.finalized)
        self._api = StorageAPI(
            upstream=self._upstream,
            objects=self._objects,
            uploads=Uploads(self._objects, self.url),
            signatures=self._signatures,
            notifier=self._notifier,
        )

    def __enter__(self) -> Self:
        self._http.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.stop()
        self._notifier.close()
        self._upstream.close()

    def create_bucket(self, name: str, settings: Mapping[str, object] | None = None) -> None:
        """Create it; what `settings` say about access and lifecycle is kept, and has no effect."""
        body = json.dumps({"name": name, **(settings or {})}).encode()
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

    def page(self, size: int) -> None:
        """Answer lists in pages of at most this many objects."""
        self._objects.page_size = size

    def forget(self) -> None:
        """Empty the log, and take faults, notifications and pages back. Objects stay."""
        self._objects.page_size = PAGE_SIZE
        self.requests.clear()
        self._faults.clear()
        self._notifier.notifications.clear()

    def operations(self, pattern: str = "") -> Counter[str]:
        """Count the operations of the log whose line has `pattern` in it."""
        return Counter(each.operation for each in self.requests if re.search(pattern, each.line))

    def handle(self, request: Request) -> Answer:
        """Raise an error if the connection is to break."""
        fault = self._faults.take(request)
        if fault is not None and fault.kind is FaultKind.RESET:
            self._log(request, Answer(status=0))
            raise BrokenConnectionError
        answer = answer_before(fault, request) or self._answer(request)
        answer = answer_after(fault, answer)
        self._log(request, answer)
        if fault is not None and fault.kind is FaultKind.LOST_ANSWER:
            raise BrokenConnectionError
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
