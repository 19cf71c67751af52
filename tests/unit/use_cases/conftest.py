"""What the tests of use cases share."""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

import pytest

from shared.use_cases import store_video

P = ParamSpec("P")
T = TypeVar("T")


class Pauses:
    """Lets time pass where code sleeps, and records it."""

    def __init__(self) -> None:
        self.lengths: list[float] = []
        self._began = time.monotonic()

    def sleep(self, seconds: float) -> None:
        self.lengths.append(seconds)

    def monotonic(self) -> float:
        return self._began + sum(self.lengths)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> Pauses:
    """Who meets a conflict waits for others, and in these tests there are none to wait for."""
    pauses = Pauses()
    monkeypatch.setattr(time, "sleep", pauses.sleep)
    monkeypatch.setattr(time, "monotonic", pauses.monotonic)
    return pauses


class _OneAfterTheOther(Executor):
    """Makes each call at once, in the thread that submits it."""

    def __init__(self, _: int) -> None:
        super().__init__()

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(call(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001  # As the thread of a pool does.
            future.set_exception(error)
        return future


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls of a story come in the same order each time, and no thread is started for them."""
    # `shared.parallel` imports it at each use.
    monkeypatch.setattr(futures, "ThreadPoolExecutor", _OneAfterTheOther)
    monkeypatch.setattr(store_video, "ThreadPoolExecutor", _OneAfterTheOther)


@pytest.fixture
def no_log() -> Iterator[None]:
    """Thousands of faults on purpose would each be logged with their traceback."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)
