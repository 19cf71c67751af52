"""Other processes that share a data folder, and die when a test says."""

import multiprocessing
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

# A server forks each process before the test has threads, and much faster than a new interpreter.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "pytest",
        "shared.adapters.local.campaign_repository",
        "shared.adapters.local.object_store",
        "tests.unit.domain.builders",
    ]
)
_DEADLINE_SECONDS = 60

# What others can see changes in one of these. Syncing shows only after a loss of power.
_STEPS = ("link", "mkdir", "replace", "rmdir", "unlink", "utime")

Work = Callable[..., object]


def run_together(work: Work, *arguments: tuple[Any, ...]) -> None:
    """Run `work` in one process for each tuple of arguments, all from the same moment on."""
    start = _CONTEXT.Barrier(len(arguments))
    processes = [
        _CONTEXT.Process(target=_wait_and_work, args=(start, work, each)) for each in arguments
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(_DEADLINE_SECONDS)
    assert [process.exitcode for process in processes] == [0] * len(processes)


def is_killed_at(step: int, work: Work, *arguments: object) -> bool:
    """Run `work` in a process that is killed before its `step`th change of the file system.

    Each statement of SQLite is a change, too.

    Return False where it ended before.
    """
    process = _CONTEXT.Process(target=_work_until, args=(step, work, arguments))
    process.start()
    process.join(_DEADLINE_SECONDS)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def crashes(tmp_path: Path, before: Path, work: Callable[[Path], object]) -> Iterator[Path]:
    """Yield what is left of the folder `before`, for each moment of `work` to die at."""
    for step in count(1):
        root = tmp_path / f"{step}"
        shutil.copytree(before, root)
        if not is_killed_at(step, work, root):
            assert step > 3, "No step was counted."
            return
        yield root


def _wait_and_work(start: Any, work: Work, arguments: tuple[Any, ...]) -> None:  # noqa: ANN401
    start.wait(_DEADLINE_SECONDS)
    work(*arguments)


def _work_until(step: int, work: Work, arguments: tuple[Any, ...]) -> None:
    steps = count(1)

    def counted(call: Callable[..., object]) -> Callable[..., object]:
        def call_or_die(*args: object, **kwargs: object) -> object:
            if next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **kwargs)

        return call_or_die

    def connect(*args: object, **kwargs: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect_to(*args, **kwargs)
        connection.set_trace_callback(counted(lambda _: None))
        return connection

    connect_to: Callable[..., sqlite3.Connection] = sqlite3.connect
    sqlite3.connect = connect  # type: ignore[assignment]  # It is called with all of its arguments.
    for name in _STEPS:
        setattr(os, name, counted(getattr(os, name)))
    work(*arguments)
