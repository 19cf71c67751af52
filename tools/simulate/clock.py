"""Simulated time, in which many processes run at once although one thread runs them all."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import inf
from random import Random
from typing import Any
from unittest.mock import patch

from greenlet import getcurrent, greenlet

BEGINNING = datetime(2026, 11, 7, 12, tzinfo=UTC)
_JOIN_SECONDS = 0.1


class Killed(BaseException):  # No error: nothing in the process may handle it.
    """Ends a process at once. Whatever it calls while it ends has no effect."""


@dataclass
class Life:
    """What a process and its threads have in common: they end together."""

    is_over: bool = False


class Process(greenlet):  # type: ignore[misc]  # It has no types.
    def __init__(self, run: Callable[[], object], *, parent: greenlet, life: Life) -> None:
        super().__init__(run, parent)
        self.life = life


class SimulatedClock:
    """Runs processes in the order of simulated time.

    A process is a coroutine (a greenlet). It lets time pass where it calls `sleep`, and nowhere
    else; others run meanwhile. So two processes race as they would on two machines, and the same
    seed gives the same races. `deaths` is the probability with which a process is killed where it
    sleeps.
    """

    def __init__(self, *, deaths: float = 0.0, seed: int = 0) -> None:
        self.seconds = 0.0
        self._deaths = deaths
        self._random = Random(seed)  # noqa: S311  # A simulation repeats itself.
        self._hub = getcurrent()
        self._schedule: list[tuple[float, int, Process]] = []
        self._numbers = count()

    def __call__(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.seconds)

    def seconds_of(self, moment: datetime) -> float:
        return (moment - BEGINNING).total_seconds()

    def start(
        self, run: Callable[[], object], *, after: float = 0.0, life: Life | None = None
    ) -> None:
        """Start a process after so many seconds, by default with a life of its own."""

        def run_unless_killed() -> None:
            with suppress(Killed):
                run()

        process = Process(run_unless_killed, parent=self._hub, life=life or Life())
        self._resume(process, after)

    @property
    def is_passing(self) -> bool:
        """Whether time passes for the caller: a process, and no thread without the clock."""
        return isinstance(getcurrent(), Process)

    def sleep(self, seconds: float) -> None:
        """Let time pass for the process that calls this. No time passes for any other caller.

        Threads that a process starts without the clock are such callers: the process waits for them
        in no time. Raise Killed in a process that ends here, and in one that has ended.
        """
        current = getcurrent()
        if not isinstance(current, Process):
            return
        if not current.life.is_over:
            self._resume(current, seconds)
            self._hub.switch()
        if self._deaths and self._random.random() < self._deaths:
            current.life.is_over = True
        if current.life.is_over:
            raise Killed

    def run(self, *, until: float) -> None:
        """Run every process up to that second. The error of a process ends the simulation."""
        while self._schedule and self._schedule[0][0] <= until:
            self.seconds, _, process = heappop(self._schedule)
            process.switch()
        self.seconds = until

    def end(self) -> None:
        """End every process where it is, instead of whenever Python collects it."""
        while self._schedule:
            _, _, process = heappop(self._schedule)
            process.life.is_over = True
            process.throw()

    def thread(
        self, *, target: Callable[..., object], args: tuple[Any, ...], **_: object
    ) -> "Thread":
        """Return what `threading.Thread` returns: another process, with the life of this one."""
        current = getcurrent()
        life = current.life if isinstance(current, Process) else Life()
        return Thread(self, partial(target, *args), life)

    def _resume(self, process: Process, after: float) -> None:
        heappush(self._schedule, (self.seconds + after, next(self._numbers), process))


class Thread:
    def __init__(self, clock: SimulatedClock, run: Callable[[], object], life: Life) -> None:
        self._clock = clock
        self._run = run
        self._life = life
        self._has_ended = False

    def start(self) -> None:
        self._clock.start(self._run_to_end, life=self._life)

    def is_alive(self) -> bool:
        return not self._has_ended

    def join(self, timeout: float = inf) -> None:
        end = self._clock.seconds + timeout
        while not self._has_ended and self._clock.seconds < end:
            self._clock.sleep(_JOIN_SECONDS)

    def _run_to_end(self) -> None:
        try:
            self._run()
        finally:
            self._has_ended = True


@contextmanager
def simulated_time(clock: SimulatedClock, *, seed: int) -> Iterator[None]:
    """Let `time.sleep`, `time.monotonic` and `random` be those of the simulation."""
    state = random.getstate()
    random.seed(seed)
    try:
        with (
            patch.object(time, "sleep", clock.sleep),
            patch.object(time, "monotonic", lambda: clock.seconds),
        ):
            yield
    finally:
        random.setstate(state)
