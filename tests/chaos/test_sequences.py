"""Hundreds of random histories of the whole system, in memory; a failure prints its steps."""

import logging
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.chaos.sequences import Sequences

QUICK = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody waits for others here, and thousands of faults on purpose are not logged."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def test_every_history_comes_to_rest_in_order() -> None:
    run_state_machine_as_test(Sequences, settings=QUICK)
