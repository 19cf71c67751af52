"""Rules: what an answer is, and what happens then."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Then(StrEnum):
    SUBMIT_AGAIN = "submitted again later"
    REFUSE = "failed; nothing was submitted"
    UNKNOWN = "never submitted again; its clip is looked for"
    ASK_AGAIN = "asked again later"
    LOOK_FOR_CLIP = "its clip is looked for"
    WAIT = "asked again after 20 s"
    STORE = "its clip is verified and stored"
    FAIL = "failed; nothing is billed"
    FAIL_HELD = "failed; its price is held as possibly spent"


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[T]):
    """`answer` and `then` are what the documentation says; `sentence` is what a caller is told."""

    answer: str
    fits: Callable[[T], bool]
    then: Then
    code: str = ""
    sentence: str = ""
    retry_after: timedelta = timedelta(seconds=15)


def first_fitting(rules: Sequence[Rule[T]], answer: T) -> Rule[T]:
    """The last rule of a table fits everything."""
    return next(rule for rule in rules if rule.fits(answer))


def anything(_answer: object) -> bool:
    return True
