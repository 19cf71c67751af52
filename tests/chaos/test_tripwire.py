"""Crash points in a process that has threads."""

import signal
from threading import Event, Thread
from unittest.mock import patch

from tests.chaos.shared_state import shared_state
from tests.chaos.tripwire import Counter, Moment


def test_no_other_thread_begins_a_call_while_a_process_is_being_stopped() -> None:
    at = Moment("before objects.put", before=0)
    touch = Counter(shared_state(), signal.SIGSTOP, at=at)
    began = Event()
    began_before_the_stop = []

    def begin_a_call() -> None:
        touch("before objects.rename")
        began.set()

    other = Thread(target=begin_a_call)

    def stop(_pid: int, _signal: signal.Signals) -> None:
        other.start()
        began_before_the_stop.append(began.wait(0.2))

    with patch("os.kill", stop):
        touch("before objects.put")
    other.join()

    assert began_before_the_stop == [False]
    assert began.is_set()
