"""What the tests of use cases share."""

import logging
import time
from collections.abc import Iterator

import pytest

from tests.fakes.ports import FakePorts


@pytest.fixture
def ports() -> FakePorts:
    return FakePorts()


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


@pytest.fixture
def no_log() -> Iterator[None]:
    """Thousands of faults on purpose would each be logged with their traceback."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)
