"""How long a refused message waits before it is delivered again."""

from datetime import UTC, datetime, timedelta
from random import SystemRandom

SHORTEST_SECONDS = 0.2
LONGEST_SECONDS = 30.0
MAX_DOUBLINGS = 8

_random = SystemRandom()


def backoff_seconds(refusals: int) -> float:
    """Return a random time, so that messages refused together do not come back together."""
    longest = SHORTEST_SECONDS * 2.0 ** min(refusals, MAX_DOUBLINGS)
    return _random.uniform(SHORTEST_SECONDS, min(longest, LONGEST_SECONDS))


def requested_seconds(error: Exception) -> float | None:
    """Return what the error's `retry_after` asks for: a domain error's, or an HTTP error's."""
    match getattr(error, "retry_after", None):
        case timedelta() as wait:
            return wait.total_seconds()
        case datetime() as moment:
            return (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
        case int() as seconds:
            return seconds
        case _:
            return None
