"""Simulated time: what runs at once, in which order, and what a killed process still does."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tools.simulate.clock import BEGINNING, Killed, SimulatedClock, simulated_time


def test_processes_run_at_once_and_in_the_order_of_time() -> None:
    clock, seen = SimulatedClock(), []

    def count(name: str, pause: float) -> None:
        for _ in range(3):
            clock.sleep(pause)
            seen.append((name, clock.seconds))

    clock.start(lambda: count("slow", 2.0))
    clock.start(lambda: count("fast", 0.5), after=1.0)
    clock.run(until=10.0)

    assert seen == [
        ("fast", 1.5),
        ("slow", 2.0),
        ("fast", 2.0),
        ("fast", 2.5),
        ("slow", 4.0),
        ("slow", 6.0),
    ]
    assert clock() == BEGINNING + timedelta(seconds=10)


def test_a_later_event_waits_for_the_next_run() -> None:
    clock, seen = SimulatedClock(), []
    clock.start(lambda: seen.append(clock.seconds), after=5.0)

    clock.run(until=4.0)
    assert seen == []
    clock.run(until=5.0)
    assert seen == [5.0]


def test_time_sleep_and_monotonic_are_simulated_and_come_back() -> None:
    clock, seen = SimulatedClock(), []
    real = time.sleep, time.monotonic

    def process() -> None:
        time.sleep(3600)
        seen.append(time.monotonic())

    clock.start(process)
    with simulated_time(clock, seed=1):
        clock.run(until=4000.0)

    assert seen == [3600.0]
    assert (time.sleep, time.monotonic) == real


def test_a_thread_is_joined_at_its_end() -> None:
    clock, seen = SimulatedClock(), []

    def process() -> None:
        thread = clock.thread(target=clock.sleep, args=(30.0,), name="any", daemon=True)
        thread.start()
        thread.join()
        seen.append(clock.seconds)

    clock.start(process)
    clock.run(until=60.0)

    assert seen == [pytest.approx(30.0, abs=0.2)]


def test_a_thread_of_a_pool_takes_no_time() -> None:
    clock, seen = SimulatedClock(), []

    def process() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(clock.sleep, 100.0).result()
        seen.append(clock.seconds)

    clock.start(process)
    clock.run(until=60.0)

    assert seen == [0.0]


def test_the_error_of_a_process_ends_the_run() -> None:
    clock = SimulatedClock()
    clock.start(lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        clock.run(until=1.0)


def test_a_killed_process_ends_with_its_threads_and_changes_nothing_any_more() -> None:
    clock = SimulatedClock(deaths=1.0)
    seen: list[str] = []

    def forever() -> None:
        while True:
            clock.sleep(1.0)
            seen.append("thread")

    def process() -> None:
        clock.thread(target=forever, args=()).start()
        try:
            clock.sleep(0.5)
            seen.append("process")
        except Killed:
            clock.sleep(0.5)
            seen.append("handler")

    clock.start(process)
    clock.run(until=10.0)

    assert seen == []


def test_processes_that_are_left_end_with_the_simulation() -> None:
    clock = SimulatedClock()
    ended: list[Any] = []

    def process() -> None:
        try:
            clock.sleep(100.0)
        finally:
            ended.append(clock.seconds)

    clock.start(process)
    clock.run(until=1.0)
    clock.end()

    assert ended == [1.0]
