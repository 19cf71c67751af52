"""Waiting for what other threads and processes do."""

import time
from collections.abc import Callable
from typing import TypeVar

# A machine that is busy with something else takes many times as long.
DEADLINE_SECONDS = 60.0
POLL_SECONDS = 0.005

Result = TypeVar("Result")


def eventually(
    condition: Callable[[], Result | None], *, within_seconds: float = DEADLINE_SECONDS
) -> Result:
    """Return the first true result of `condition`. Fail when there was none by the deadline."""
    deadline = time.monotonic() + within_seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, f"It did not come true in {within_seconds} s."
        time.sleep(POLL_SECONDS)
    return result
