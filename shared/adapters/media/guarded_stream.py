"""Streams for PyAV, with errors of the machine distinguished from damage of the clip."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from shared.domain.errors import StorageError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# FFmpeg reports these by an error number, as it does a damaged clip. Some damage looks like a lack
# of memory; then the clip gets the benefit of the doubt until its video's deadline.
_OF_THE_MACHINE = frozenset({errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC})


class GuardedStream:
    """Reads `clip` until the process is asked to stop; then reading raises UnavailableError."""

    def __init__(self, clip: BinaryIO, is_stopping: Callable[[], bool]) -> None:
        self._clip = clip
        self._is_stopping = is_stopping
        self._has_refused = False
        self.seek = clip.seek
        self.tell = clip.tell

    def read(self, size: int = -1) -> bytes:
        if self._has_refused:
            # FFmpeg asks again before it reports the error.
            return b""
        if self._is_stopping():
            self._has_refused = True
            raise UnavailableError("This process was asked to stop. Another one takes the step.")
        return self._clip.read(size)


@contextmanager
def machine_faults() -> Iterator[None]:
    """Raise StorageError for an error of this machine: no memory, no handle, a failing disk."""
    try:
        yield
    except MemoryError as error:
        raise _fault(errno.ENOMEM) from error
    except OSError as error:
        raise _fault(error.errno) from error


def is_of_the_machine(code: int | None) -> bool:
    return code in _OF_THE_MACHINE


def _fault(code: int | None) -> StorageError:
    reason = os.strerror(code) if code else "it cannot be read"
    return StorageError(f"This machine could not inspect the clip: {reason}.")
