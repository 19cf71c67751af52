"""What every server that tests start has in common.

As a program it becomes the one that its arguments name, which then ends with its parent.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

HOST = "127.0.0.1"

_PR_SET_PDEATHSIG = 1


def ending_with_parent(*program: str) -> Sequence[str]:
    """Return a command for it: a run that is killed leaves no server behind.

    With a `preexec_fn` instead, gRPC's handlers would run in the fork, and can end it before it
    becomes the program: https://docs.python.org/3/library/subprocess.html warns of threads.
    """
    return (sys.executable, "-IS", __file__, *program)


def end_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """Let this process end with its parent, by this signal. Only Linux can see to it.

    To Linux, the parent is the thread that starts the process.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)


if __name__ == "__main__":
    end_with_parent()
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606  # It is what tests start without a shell.
