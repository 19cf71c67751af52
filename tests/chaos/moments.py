"""The points of a story at which a disturbance can end otherwise than at every other point.

What a killed process has changed stays, and what it has read is lost: of all points between two
changes, one is enough, just before the second change. A process that stands still, or is told to
stop, goes on with what it has read: it is disturbed once after each call. Calls that a story
repeats, as a tick that finds nothing, are disturbed once.
"""

from collections.abc import Iterable, Iterator, Sequence

REQUESTED = "after the request"
"""The name of the point at which a request has made all its calls, and has not been answered."""

# Calls with other names change what outlives the process.
_READS = (
    "anything_waits",
    "changed_since",
    "check",
    "complete_until",
    "due",
    "get",
    "head",
    "inspect",
    "is_",
    "list",
    "open",
    "read",
    "stale",
    "survey",
    "thumbnail",
    "totals",
    "waiting",
)
# The folders of a path: all of them, or none.
_FOLDERS = ("at os.mkdir", "at os.rmdir")
# A longer series of equal calls is a repetition.
_AROUND = 8


def in_their_calls(names: Sequence[str]) -> Iterator[str]:
    """Yield the names, those of changes of the disk with the call that makes them."""
    calls: list[str] = []
    for name in names:
        moment, _, what = name.partition(" ")
        if moment == "before":
            calls.append(what)
        elif what in calls:
            calls.remove(what)
        yield f"{name} in {calls[-1]}" if moment == "at" and calls else name


def to_kill_at(names: Sequence[str]) -> list[int]:
    return _distinct((each for each in range(len(names)) if _changes(names, each)), names)


def to_pause_at(names: Sequence[str]) -> list[int]:
    """A process that is stopped while it changes the disk blocks all others."""
    apart = (each for each in range(len(names)) if not names[each].startswith("at "))
    return _distinct((each for each in apart if not _has_returned(names, each)), names)


def _changes(names: Sequence[str], point: int) -> bool:
    """Return whether something changes between this point and the next one."""
    before, name, after = _around(names, point)
    moment, _, what = name.partition(" ")
    if moment == "before":
        return not what.rpartition(".")[2].startswith(_READS) and not after.startswith("at ")
    if moment == "after":
        return name == REQUESTED
    # A transaction that was not committed is none.
    is_uncommitted = what.startswith("sqlite ") and what != "sqlite COMMIT"
    return not is_uncommitted and not (name == before and name in _FOLDERS)


def _has_returned(names: Sequence[str], point: int) -> bool:
    """Return whether the point before this one is the same moment."""
    before, name, _ = _around(names, point)
    return name.startswith("before ") and before.startswith("after ") and before != REQUESTED


def _around(names: Sequence[str], point: int) -> tuple[str, str, str]:
    padded = ("", *names[max(point - 1, 0) : point + 2], "")
    first = 1 if point else 0
    return padded[first], padded[first + 1], padded[first + 2]


def _distinct(points: Iterable[int], names: Sequence[str]) -> list[int]:
    """Return the first of all points that have the same ones around them."""
    found: dict[tuple[str, ...], int] = {}
    for point in points:
        around = tuple(names[max(point - _AROUND, 0) : point + _AROUND + 1])
        found.setdefault(around, point)
    return list(found.values())
