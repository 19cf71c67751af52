"""Faults of one request, in transit or in the service."""

import threading
from dataclasses import dataclass

from tools.emulated_cloud.http_front import Answer
from tools.emulated_cloud.vertex.answers import error, no_quota, page, unauthenticated


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Replaces the usual answer.

    With `accepted` the request is carried out all the same. Then, `delay_seconds` later, `answer`
    is sent, or nothing where the connection `drops`, or else the usual answer.
    """

    answer: Answer | None = None
    accepted: bool = False
    delay_seconds: float = 0
    drops: bool = False


NO_QUOTA = Fault(answer=no_quota())
UNAUTHENTICATED = Fault(answer=unauthenticated())
INTERNAL = Fault(answer=error(500, "INTERNAL", "Internal error encountered."))
UNAVAILABLE = Fault(answer=page(503, "<html><h1>Service Unavailable</h1></html>"))
NOT_JSON = Fault(answer=page(200, "<html>Welcome to the hotel's network</html>"), accepted=True)
LATE = Fault(accepted=True, delay_seconds=60)
DROPPED_BEFORE = Fault(drops=True)
DROPPED_AFTER = Fault(drops=True, accepted=True)


class Faults:
    """Those that wait for their requests."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, Fault]] = []
        self._lock = threading.Lock()

    def add(self, path: str, fault: Fault, *, times: int) -> None:
        with self._lock:
            self._waiting += [(path, fault)] * times

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def take(self, path: str) -> Fault | None:
        """Return the first for a request whose path has these words in it, once."""
        with self._lock:
            for number, (words, fault) in enumerate(self._waiting):
                if words in path:
                    del self._waiting[number]
                    return fault
        return None
