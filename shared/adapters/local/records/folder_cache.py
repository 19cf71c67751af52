"""What was derived from a folder, kept until the folder changes."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

# A folder's time moves in ticks of the kernel, 10 ms at most: two changes may share one.
_RACY_NS = 50_000_000


class FolderCache(Generic[T]):
    """Sees that files come, go or are replaced, not that one is edited in its place.

    What was derived shortly after a change is derived again: another change may have followed
    within the same tick.
    """

    def __init__(self, folder: Path, derive: Callable[[], T]) -> None:
        self._folder = folder
        self._derive = derive
        self._kept: tuple[tuple[int, int], T] | None = None

    def get(self) -> T:
        """Raise OSError if there is no such folder."""
        status = self._folder.stat()
        version = (status.st_ino, status.st_mtime_ns)
        kept = self._kept
        if kept is not None and kept[0] == version:
            return kept[1]
        is_racy = time.time_ns() - status.st_mtime_ns < _RACY_NS
        value = self._derive()
        self._kept = None if is_racy else (version, value)
        return value
