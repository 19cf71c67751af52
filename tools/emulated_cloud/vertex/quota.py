"""The quota of a project for one model: so many submissions a minute."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_MINUTE = 60.0


class Counting(StrEnum):
    """How a quota counts the submissions of a minute. Google does not say which it is."""

    FIXED = "fixed minute"
    ROLLING = "rolling minute"
    BUCKET = "token bucket"


@dataclass(kw_only=True)
class Quota:
    """`rate` is the submissions a minute at a time in seconds; the clock only goes forward."""

    rate: Callable[[float], float]
    counting: Counting = Counting.FIXED

    def __post_init__(self) -> None:
        self._taken: deque[float] = deque()
        self._tokens, self._filled_at = self.rate(0.0), 0.0

    def takes(self, at: float) -> bool:
        """Whether a submission is within the quota. One that is not does not count."""
        if self.counting is Counting.BUCKET:
            return self._takes_token(at)
        since = at // _MINUTE * _MINUTE if self.counting is Counting.FIXED else at - _MINUTE
        while self._taken and self._taken[0] < since:
            self._taken.popleft()
        if len(self._taken) >= self.rate(at):
            return False
        self._taken.append(at)
        return True

    def _takes_token(self, at: float) -> bool:
        rate = self.rate(at)
        self._tokens = min(self._tokens + (at - self._filled_at) * rate / _MINUTE, rate)
        self._filled_at = at
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
