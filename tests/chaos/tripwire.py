"""Crash points: around every call of every port, and before each change of the disk.

A change of the disk is a call of the system, or a statement of SQLite: a point before COMMIT, and
the point after the repository's call, are the two sides of a commit.
"""

import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock, get_ident
from typing import Any, NamedTuple, TypeVar, cast
from unittest.mock import patch

from tests.chaos.shared_state import SharedState

Touch = Callable[[str], object]
"""Called with the name of each point that a process comes to."""

T = TypeVar("T")

# What others can see changes in one of these. Syncing shows only after a loss of power.
_DISK = ("link", "mkdir", "replace", "rmdir", "unlink", "utime")
_WRITING = ("BEGIN", "INSERT", "UPDATE", "DELETE", "COMMIT")
_MEETING_SECONDS = 0.02
_GLANCE_SECONDS = 0.0003
_GONE = 1 << 40


def touch_nothing(name: str) -> None:
    """For processes that nothing happens to."""


class Moment(NamedTuple):
    """A point of a process: the one of this name that comes after `before` others of it.

    Threads come to points in any order, and some may make more calls than they did in another run,
    so a point has no number among all.
    """

    name: str
    before: int


class Counter:
    """Notes the names of the points of a process, which gets `signal` at one of them.

    A process that stands still must hold no lock, or it blocks all others. It may have threads, so
    it stands still at the next point at which none of them changes anything.
    """

    def __init__(
        self,
        state: SharedState,
        signal: signal.Signals,
        *,
        at: Moment | None = None,
        notes: Path | None = None,
    ) -> None:
        self._state = state
        self._signal = signal
        self._at = at
        self._notes = notes
        self._lock = Lock()
        self._seen = 0
        self._is_due = False
        self._calling: set[int] = set()

    def __call__(self, name: str) -> None:
        # A process may have threads of its own.
        with self._lock:
            if self._at is not None and name == self._at.name:
                self._is_due |= self._seen == self._at.before
                self._seen += 1
            if self._notes is not None:
                with self._notes.open("a") as notes:
                    notes.write(f"{name}\n")
            is_now = self._may_end(name) and self._is_due
            self._is_due &= not is_now
            if is_now:
                # Within the lock, or another thread begins a call first, and stops in it.
                self._state.stands_still = 1
                os.kill(os.getpid(), self._signal)

    def _may_end(self, name: str) -> bool:
        me = get_ident()
        self._calling.discard(me)
        is_apart = not name.startswith("at ") and not self._calling & sys._current_frames().keys()
        if name.startswith(("before ", "at ")):
            self._calling.add(me)
        return is_apart or self._signal is not signal.SIGSTOP


class Meeting:
    """Keeps two processes in step: neither begins a call before the other is about to, too.

    It waits for a moment only, as the other may wait for what this one holds.
    """

    def __init__(self, state: SharedState, me: int) -> None:
        self._steps = state.steps
        self._me = me
        self._steps[me] = 0

    def __call__(self, name: str) -> None:
        if not name.startswith("before "):
            return
        self._steps[self._me] += 1
        deadline = time.monotonic() + _MEETING_SECONDS
        while self._steps[1 - self._me] < self._steps[self._me] and time.monotonic() < deadline:
            time.sleep(_GLANCE_SECONDS)

    def leave(self) -> None:
        self._steps[self._me] = _GONE


class _Watched:
    """Hands every call on to `port`, and touches the points around it."""

    def __init__(self, port: object, name: str, touch: Touch) -> None:
        self._port = port
        self._name = name
        self._touch = touch

    def __getattr__(self, method_name: str) -> Callable[..., Any]:
        method = getattr(self._port, method_name)

        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            name = f"{self._name}.{method_name}"
            self._touch(f"before {name}")
            result = method(*args, **kwargs)
            self._touch(f"after {name}")
            return result

        return call


def watched(port: T, name: str, touch: Touch) -> T:
    """Return `port` with a point before and after each of its calls."""
    return cast("T", _Watched(port, name, touch))


@contextmanager
def watched_disk(touch: Touch) -> Iterator[None]:
    """Put a point before each change of the file system that another process can see."""
    if touch is touch_nothing:
        yield
        return
    with ExitStack() as patches:
        for name in _DISK:
            patches.enter_context(patch.object(os, name, _touching(name, touch)))
        patches.enter_context(patch.object(sqlite3, "connect", _connecting(touch)))
        yield


def _connecting(touch: Touch) -> Callable[..., sqlite3.Connection]:
    """Return what opens databases whose writing statements are points."""
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def connect_and_watch(*args: object, **kwargs: object) -> sqlite3.Connection:
        connection = connect(*args, **kwargs)
        connection.set_trace_callback(touch_statement)
        return connection

    def touch_statement(statement: str) -> None:
        verb = statement.split(maxsplit=1)[0]
        if verb in _WRITING:
            touch(f"at sqlite {verb}")

    return connect_and_watch


def _touching(name: str, touch: Touch) -> Callable[..., object]:
    change = getattr(os, name)

    def touch_and_change(*args: object, **kwargs: object) -> object:
        touch(f"at os.{name}")
        return change(*args, **kwargs)

    return touch_and_change
