"""Start servers on this machine: their host, a free port, and an end with their parent.

As a program it becomes the program that its arguments name, which then ends with its parent.
"""

import ctypes
import os
import secrets
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress

HOST = "127.0.0.1"
# Below the ports of outgoing connections, one of which could take it before the server does: they
# begin at 32768 on Linux, and at 49152 elsewhere.
_PORTS = range(20_000, 32_768)
_given: set[int] = set()

_PR_SET_PDEATHSIG = 1


def free_port() -> int:
    """Return a port for a server that another process starts, to this process each port once.

    A server that was given the port may not have begun to listen when the next one asks.
    """
    while True:
        port = secrets.choice(_PORTS)
        if port in _given:
            continue
        with suppress(OSError), socket.create_server((HOST, port)):
            _given.add(port)
            return port


def ending_with_parent(*program: str) -> Sequence[str]:
    """Return a command that runs `program`: a run that is killed leaves no server behind.

    With a `preexec_fn` instead, gRPC's handlers would run in the fork, and can end it before it
    becomes the program: https://docs.python.org/3/library/subprocess.html warns of threads.
    """
    return (sys.executable, "-IS", __file__, *program)


def end_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """Ask the system to send this process a signal when its parent ends. Linux only.

    To Linux, the parent is the thread that starts the process.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)


if __name__ == "__main__":
    end_with_parent()
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606  # Its caller names it.
