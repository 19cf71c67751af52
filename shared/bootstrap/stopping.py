"""Whether this process was asked to stop."""

import signal
from types import MethodType


def is_stopping() -> bool:
    """Return whether the server's worker got a signal to end, and ends what it has begun.

    The framework's server handles these signals itself, and offers no hook: its worker, whose
    method is the handler, notes in `alive` that it got one. Under any other handler the process
    ends at once.
    """
    handler = signal.getsignal(signal.SIGTERM)
    return isinstance(handler, MethodType) and not getattr(handler.__self__, "alive", True)
