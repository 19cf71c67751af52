"""What every server that tests start has in common."""

import ctypes
import signal
import sys

HOST = "127.0.0.1"

_PR_SET_PDEATHSIG = 1


def end_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """For `preexec_fn`: a run that is killed leaves no server behind. Only Linux can see to it.

    To Linux, the parent is the thread that starts the process.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)
