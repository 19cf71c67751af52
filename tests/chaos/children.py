"""Processes that are forked from a warm one: to be killed costs milliseconds."""

import gc
import os
import pickle
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Generic, NoReturn, TypeVar

from tools.emulated_cloud.processes import end_with_parent

T = TypeVar("T")

# Without a tick, the emulated cloud takes 90 of them before a history is found to be restless.
_DEADLINE_SECONDS = 240.0
_GLANCE_SECONDS = 0.002
_BLOCK = 1 << 16


class KilledError(Exception):
    """The process was killed before it could say anything."""


class ChildError(Exception):
    """What a process raised, with its traceback."""


@dataclass(frozen=True)
class Child(Generic[T]):
    """A process that does one thing, and says what it returned."""

    pid: int
    pipe: int

    def join(self, *, within_seconds: float = _DEADLINE_SECONDS) -> T:
        """Return what it returned. Raise KilledError, ChildError, or TimeoutError if it hangs."""
        try:
            said = _read(self.pipe, time.monotonic() + within_seconds)
        except TimeoutError:
            os.kill(self.pid, signal.SIGKILL)
            raise
        finally:
            os.close(self.pipe)
            _, status = os.waitpid(self.pid, 0)
        if os.WIFSIGNALED(status):
            raise KilledError(signal.Signals(os.WTERMSIG(status)).name)
        result, problem, modules = pickle.loads(said)  # noqa: S301  # Our own child says it.
        # What one process had to import, the next one is forked with.
        for name in modules:
            import_module(name)
        if problem is not None:
            raise ChildError(problem)
        return result  # type: ignore[no-any-return]

    def is_stopped(self, said: Callable[[], object]) -> bool:
        """Wait until it is stopped, which it announces by `said` just before, or has ended."""
        while not select.select([self.pipe], [], [], _GLANCE_SECONDS)[0]:
            if said():
                os.waitpid(self.pid, os.WUNTRACED)
                return True
        return False

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)


def fork(work: Callable[[], T]) -> Child[T]:
    """Do `work` in a process of its own. This process must have no threads, nor open channels."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        end_with_parent(signal.SIGKILL)
        # To look for garbage would touch, and so copy, all memory that it shares.
        gc.disable()
        os.close(reading)
        _work(work, writing)
    os.close(writing)
    return Child(pid, reading)


def in_a_process(work: Callable[[], T]) -> T:
    return fork(work).join()


def _work(work: Callable[[], Any], pipe: int) -> NoReturn:
    known = set(sys.modules)
    result, problem = None, None
    try:
        result = work()
    except BaseException:  # noqa: BLE001  # The parent raises it again.
        problem = traceback.format_exc()
    said = (result, problem, sys.modules.keys() - known)
    with os.fdopen(pipe, "wb") as out:
        out.write(pickle.dumps(said))
    # Neither the parent's buffers nor its exit handlers are this process's own.
    os._exit(0)


def _read(pipe: int, deadline: float) -> bytes:
    blocks: list[bytes] = []
    while True:
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError("A process hangs.")
        block = os.read(pipe, _BLOCK)
        if not block:
            return b"".join(blocks)
        blocks.append(block)
