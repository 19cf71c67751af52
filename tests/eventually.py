"""Waiting for what other threads and processes do."""

import time
from collections.abc import Callable
from typing import TypeVar

# A machine that is busy with something else takes many times as long.
DEADLINE_SECONDS = 60.0
# Each look takes processor time from what it waits for: they get rarer the longer it takes.
SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.005, 0.25
SHARE_OF_WAIT = 0.1

Result = TypeVar("Result")


def eventually(
    condition: Callable[[], Result | None], *, within_seconds: float = DEADLINE_SECONDS
) -> Result:
    """Return the first true result of `condition`. Fail when there was none by the deadline."""
    began = time.monotonic()
    while not (result := condition()):
        waited = time.monotonic() - began
        assert waited < within_seconds, f"It did not come true in {within_seconds} s."
        pause = max(SHORTEST_PAUSE_SECONDS, SHARE_OF_WAIT * waited)
        time.sleep(min(pause, LONGEST_PAUSE_SECONDS))
    return result
