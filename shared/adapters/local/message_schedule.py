"""The messages that wait in one process, and the order in which its threads take them."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from itertools import count
from threading import Condition
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

M = TypeVar("M", bound="Hashable")


@dataclass(frozen=True, order=True, kw_only=True)
class Delivery(Generic[M]):
    """`due` is a time of the monotonic clock; `number` keeps the order of equal times."""

    due: float
    number: int
    message: M = field(compare=False)
    refusals: int = field(default=0, compare=False)


class Schedule(Generic[M]):
    """Equal messages that wait are delivered as one; a refused one keeps its time.

    Of the messages of one group, up to `most_of_group` are delivered at once.
    """

    def __init__(
        self,
        *,
        has_closed: Callable[[], bool],
        group_of: Callable[[M], str | None] = lambda _: None,
        most_of_group: int = 1,
    ) -> None:
        self._has_closed = has_closed
        self._group_of = group_of
        self._most_of_group = most_of_group
        self._numbers = count()
        self._changed = Condition()
        self._heap: list[Delivery[M]] = []
        self._waiting: dict[M, Delivery[M]] = {}
        self._under_way: Counter[str] = Counter()
        self._held_back: defaultdict[str, deque[Delivery[M]]] = defaultdict(deque)

    def add(self, message: M, *, seconds: float, refusals: int = 0) -> None:
        due = monotonic() + seconds
        delivery = Delivery(due=due, number=next(self._numbers), message=message, refusals=refusals)
        with self._changed:
            earlier = self._waiting.get(message)
            if earlier is not None and (earlier.refusals or earlier.due <= due):
                return
            self._waiting[message] = delivery
            heapq.heappush(self._heap, delivery)
            self._changed.notify_all()

    def take(self) -> Delivery[M] | None:
        """Wait until a delivery is due. Return None once the queue has closed.

        A thread that has taken one gives it to `end`.
        """
        with self._changed:
            while not self._has_closed():
                seconds = self._heap[0].due - monotonic() if self._heap else None
                if seconds is None or seconds > 0:
                    self._changed.wait(seconds)
                elif delivery := self._popped():
                    return delivery
        return None

    def end(self, delivery: Delivery[M]) -> None:
        """Let the next message of the group of a delivery be delivered."""
        group = self._group_of(delivery.message)
        if group is None:
            return
        with self._changed:
            self._under_way[group] -= 1
            if not self._under_way[group]:
                del self._under_way[group]
            if held_back := self._held_back.get(group):
                heapq.heappush(self._heap, held_back.popleft())
                self._changed.notify_all()

    def __len__(self) -> int:
        """Return how many messages wait."""
        return len(self._waiting)

    def wake(self) -> None:
        """Let the threads that wait see that the queue has closed."""
        with self._changed:
            self._changed.notify_all()

    def _popped(self) -> Delivery[M] | None:
        delivery = heapq.heappop(self._heap)
        # An equal message that is due earlier may have replaced it.
        if self._waiting.get(delivery.message) is not delivery:
            return None
        group = self._group_of(delivery.message)
        if group is not None:
            if self._under_way[group] >= self._most_of_group:
                self._held_back[group].append(delivery)
                return None
            self._under_way[group] += 1
        return self._waiting.pop(delivery.message)
