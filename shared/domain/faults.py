"""Faults of the synthetic generator, with which callers can test their error handling.

| fault | what the generator does |
| --- | --- |
| `rate_limited` | has no quota for the first two attempts of a video; accepts the third |
| `refused` | refuses the request as invalid; nothing is made |
| `filtered` | accepts, and ends without a clip because of a content policy |
| `failed` | accepts, and ends with an error of its own |
| `lost` | accepts, and then no longer knows the operation; there is never a clip |
| `answer_lost` | accepts and makes the clip, but its answer to the submission does not arrive |
| `slow` | takes ten times as long |
| `corrupt` | delivers only the first half of the file |
| `turned` | delivers a wide clip where a tall one was ordered, and a tall one for a wide one |

`lost, slow=red bicycle` reads: lose every video. `slow=red bicycle, lost` reads: be slow with
prompts that contain "red bicycle", in upper or lower case, and lose all others: the first match
wins.
"""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

SLOWDOWN = 10
"""How many times as long a slow operation takes."""


class FaultKind(StrEnum):
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    FILTERED = "filtered"
    FAILED = "failed"
    LOST = "lost"
    ANSWER_LOST = "answer_lost"
    SLOW = "slow"
    CORRUPT = "corrupt"
    TURNED = "turned"


class Fault(Struct, frozen=True, kw_only=True):
    """Applies to prompts that contain `words`; without words, to all."""

    kind: FaultKind
    words: str = ""

    def applies_to(self, prompt: str) -> bool:
        return self.words.casefold() in prompt.casefold()


def parse_faults(text: str) -> tuple[Fault, ...]:
    """Read `name` and `name=words`, separated by commas. Raise ValueError with a sentence."""
    entries = (entry.strip() for entry in text.split(","))
    return tuple(_parse_fault(entry) for entry in entries if entry)


def fault_for(prompt: str, faults: Iterable[Fault]) -> FaultKind | None:
    """Return the first that applies."""
    return next((fault.kind for fault in faults if fault.applies_to(prompt)), None)


def _parse_fault(entry: str) -> Fault:
    name, equals, words = (part.strip() for part in entry.partition("="))
    if name not in set(FaultKind):
        raise ValueError(f"There is no fault {name!r}. Use one of: {', '.join(FaultKind)}.")
    if equals and not words:
        raise ValueError(f"Name the words of a prompt after '{name}=', or leave the '=' out.")
    return Fault(kind=FaultKind(name), words=words)
