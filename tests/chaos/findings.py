"""What may be wrong with a history."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    PAID_TWICE = "paid twice"
    LOST = "a video is lost"
    REWRITTEN = "an object was written again"
    UNREADABLE = "the current video cannot be read"
    DISAGREEMENT = "disagreement at rest"
    NO_EVENT = "an end without its event, or an event without its end"
    UNTOLD = "an event that its receiver did not get"
    OTHERWISE = "it ended otherwise"
    WASTED = "work was done twice"
    HELD = "a process that has ended still holds a video"
    RESTLESS = "no rest"
    FAILURE = "a process failed"


@dataclass(frozen=True)
class Finding:
    kind: Kind
    sentence: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.sentence}"
