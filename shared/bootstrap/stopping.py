"""Whether this process was asked to stop."""

import signal


def is_stopping() -> bool:
    """Return whether the server's worker got a signal to end, and ends what it has begun.

    The framework's server handles these signals itself, and offers no hook: its worker, whose
    method is the handler, notes in `alive` that it got one. Under any other handler the process
    ends at once.
    """
    worker = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return not getattr(worker, "alive", True)
