"""What all processes of a history share: the time, and how far each of them is."""

import ctypes
import mmap
from datetime import UTC, datetime, timedelta

_BEGINNING = datetime(2026, 11, 7, 12, tzinfo=UTC)


class SharedState(ctypes.Structure):
    """State in memory that forked processes share."""

    _fields_ = [  # ctypes wants a list.
        ("seconds", ctypes.c_double),
        ("steps", ctypes.c_int64 * 2),
        ("stands_still", ctypes.c_int64),
        ("has_acted", ctypes.c_int64),
        ("stopped", ctypes.c_int64),
        ("looks_asked", ctypes.c_int64),
        ("looks_done", ctypes.c_int64),
        ("races_to_lose", ctypes.c_int64),
    ]

    seconds: float
    steps: "ctypes.Array[ctypes.c_int64]"
    stands_still: int
    has_acted: int
    stopped: int
    looks_asked: int
    looks_done: int
    races_to_lose: int


def shared_state() -> SharedState:
    return SharedState.from_buffer(mmap.mmap(-1, ctypes.sizeof(SharedState)))


class SharedClock:
    """Stands still in every process until one of them advances it."""

    def __init__(self, state: SharedState) -> None:
        self._state = state

    def __call__(self) -> datetime:
        return _BEGINNING + timedelta(seconds=self._state.seconds)

    def advance(self, by: timedelta) -> None:
        self._state.seconds += by.total_seconds()

    @property
    def seconds(self) -> float:
        return self._state.seconds

    def set_to(self, seconds: float) -> None:
        self._state.seconds = seconds
