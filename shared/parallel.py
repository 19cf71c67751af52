"""Calls that wait for a network, made at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")

_AT_ONCE = 8


def in_parallel(calls: Iterable[Callable[[], T]]) -> list[T]:
    """Return their answers, in order. At most eight calls are made at once.

    If one fails, its error is raised, and those that have not begun are not made.
    """
    waiting = list(calls)
    if len(waiting) < 2:  # noqa: PLR2004  # One call needs no thread of its own.
        return [call() for call in waiting]
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # Only for several calls.

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            return [finish() for finish in [_started(pool, call) for call in waiting]]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _started(pool: ThreadPoolExecutor, call: Callable[[], T]) -> Callable[[], T]:
    """Return what waits for its end. A process that is about to exit starts no more threads."""
    try:
        return pool.submit(call).result
    except RuntimeError:
        return call
