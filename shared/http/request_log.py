"""What is known of every answer: a line in the log, and a count for `/metrics`.

Both have the template of the path, never the path: a path may hold a signature.
"""

import logging
from bisect import bisect_left
from copy import deepcopy
from threading import Lock

from shared.http.routes import template_of

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds, in seconds; Prometheus' own default."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

logger = logging.getLogger(__name__)


class Durations:
    """Of the answers of one kind. `counts` has one for each bucket, and one for what is longer."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.counts = [0] * (len(BUCKETS) + 1)

    def add(self, seconds: float) -> None:
        self.seconds += seconds
        self.counts[bisect_left(BUCKETS, seconds)] += 1


Kind = tuple[str, str, int]
"""Method, template of the path, and status."""

_durations: dict[Kind, Durations] = {}
_lock = Lock()


def record(method: str, endpoint: str, status: int, seconds: float) -> None:
    """Log and count an answer, whose body may still be on its way. `endpoint` may be unknown."""
    method = method if method in METHODS else "other"
    path = template_of(endpoint)
    with _lock:
        _durations.setdefault((method, path, status), Durations()).add(seconds)
    if logger.isEnabledFor(logging.INFO):
        logger.info(
            "request.answered",
            extra={
                "method": method,
                "path": path,
                "status": status,
                "milliseconds": round(seconds * 1000, 1),
            },
        )


def recorded() -> dict[Kind, Durations]:
    """Return a copy of what this process has counted."""
    with _lock:
        return deepcopy(_durations)
