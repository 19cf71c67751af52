"""The composition root: the one place that reads the settings and chooses adapters.

Nothing is built at import, and no adapter before it is asked for: the platform imports this
package in a process that it forks afterwards, and a request pays only for what it uses.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.adapters.local.push_subscription import Function
    from shared.bootstrap.google_ports import GooglePorts
    from shared.bootstrap.local_ports import LocalPorts
    from shared.ports import Ports

_lock = threading.Lock()
_ports: GooglePorts | LocalPorts | None = None
_subscriber: Function | None = None


def deliver_local_messages_to(function: Function) -> None:
    """Name the function that the local queue calls, as a push subscription does in the cloud."""
    global _subscriber  # noqa: PLW0603  # One process has one local queue.
    _subscriber = function


def ports() -> Ports:
    """Return this process's adapters. The local queue starts with its first message."""
    global _ports  # noqa: PLW0603  # One process has one set of adapters.
    with _lock:
        if _ports is None:
            _ports = _build()
        return _ports


def resume() -> None:
    """Start the local queue, whose first tick finds what an earlier run left unfinished.

    To be called when the first answer is out, which does not wait for it.
    """
    if _ports is not None:
        _ports.resume()


def close() -> None:
    """Write what is not written and stop the local queue, for a process that ends or a test."""
    global _ports  # noqa: PLW0603  # See above.
    if _ports is not None:
        # Without the lock, which a delivery under way may need to come to its end.
        _ports.close()
    _ports = None


def _build() -> GooglePorts | LocalPorts:
    import atexit

    from shared.logs import log_as_json
    from shared.settings import settings

    chosen = settings()
    log_as_json(chosen.log_level, project=chosen.google_cloud_project)
    atexit.register(close)
    if chosen.bucket:
        from shared.bootstrap.google_ports import GooglePorts

        return GooglePorts(chosen)
    from shared.bootstrap.local_ports import LocalPorts

    return LocalPorts(chosen, subscriber=_subscriber)
