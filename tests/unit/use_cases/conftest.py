"""What the tests of use cases share."""

import logging
import time
from collections.abc import Iterator

import pytest

from tests.fakes.ports import FakePorts


@pytest.fixture
def ports() -> FakePorts:
    return FakePorts()


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who meets a conflict waits for others, and in these tests there are none to wait for."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


@pytest.fixture
def no_log() -> Iterator[None]:
    """Thousands of faults on purpose would each be logged with their traceback."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)
