"""What was derived from a folder, kept until the folder changes."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from shared.adapters.local.records.record_files import is_coarse

T = TypeVar("T")

# A folder's time moves in ticks of the kernel, 10 ms at most: two changes may share one.
_RACY_NS = 50_000_000
# FAT keeps two seconds.
_COARSE_RACY_NS = 2_500_000_000


def may_change_unseen(changed_ns: int) -> bool:
    """Whether another change may follow that leaves this time as it is."""
    racy_ns = _COARSE_RACY_NS if is_coarse(changed_ns) else _RACY_NS
    return time.time_ns() - changed_ns < racy_ns


class FolderCache(Generic[T]):
    """Sees that files come, go or are replaced, not that one is edited in its place.

    What was derived shortly after a change is derived again: another change may have followed
    within the same tick.
    """

    def __init__(self, folder: Path, derive: Callable[[], T]) -> None:
        self._folder = str(folder)
        self._derive = derive
        self._kept: tuple[tuple[int, int], T] | None = None

    def get(self) -> T:
        """Raise OSError if there is no such folder."""
        status = os.stat(self._folder)  # noqa: PTH116  # A Path costs twice the time.
        version = (status.st_ino, status.st_mtime_ns)
        kept = self._kept
        if kept is not None and kept[0] == version:
            return kept[1]
        is_racy = may_change_unseen(status.st_mtime_ns)
        value = self._derive()
        self._kept = None if is_racy else (version, value)
        return value
