"""A dict whose items are also found in order, by groups."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class IndexedDict(dict[K, V]):
    """`entries` returns the groups of an item, and its sort key in each.

    Sort keys of a group can be compared, and so can the keys of items with equal ones. Items are
    set, deleted, popped, cleared, and merged by `|=`; a dict's other ways to change are refused.
    """

    def __init__(self, entries: Callable[[K, V], Iterable[tuple[Hashable, Any]]]) -> None:
        super().__init__()
        self._entries = entries
        self._groups: defaultdict[Hashable, list[tuple[Any, K]]] = defaultdict(list)

    def __setitem__(self, key: K, value: V) -> None:
        if key in self:
            self._remove_entries(key)
        # At once: a reader without a lock never misses the key.
        super().__setitem__(key, value)
        for group, sort_key in self._entries(key, value):
            insort(self._groups[group], (sort_key, key))

    def __delitem__(self, key: K) -> None:
        self._remove_entries(key)
        super().__delitem__(key)

    def __ior__(self, other: Any) -> "IndexedDict[K, V]":  # type: ignore[override,misc]  # noqa: ANN401  # As of a dict.
        for key, value in dict(other).items():
            self[key] = value
        return self

    def pop(self, key: K, *default: Any) -> Any:  # noqa: ANN401  # As of a dict.
        if key in self:
            self._remove_entries(key)
        return super().pop(key, *default)

    def clear(self) -> None:
        self._groups.clear()
        super().clear()

    def _refuse(self, *_: object, **__: object) -> Any:  # noqa: ANN401  # It returns nothing.
        raise NotImplementedError

    update = setdefault = popitem = _refuse

    def members(self, group: Hashable) -> Sequence[tuple[Any, K]]:
        """Return the sort keys and keys of a group, in this order."""
        return self._groups.get(group, ())

    def _remove_entries(self, key: K) -> None:
        for group, sort_key in self._entries(key, self[key]):
            members = self._groups[group]
            del members[bisect_left(members, (sort_key, key))]
