"""The composition root: the one place that reads the settings and chooses adapters.

Nothing is built at import, and no adapter before its first use: the platform imports this package
in a process that it forks afterwards, and a request pays only for what it uses.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.bootstrap.google_ports import GooglePorts
    from shared.bootstrap.local_ports import LocalPorts
    from shared.ports import Ports

_lock = threading.Lock()
_ports: GooglePorts | LocalPorts | None = None


def ports() -> Ports:
    """Return this process's adapters. A local queue takes messages, and delivers none."""
    with _lock:
        return _opened()


def serving_ports() -> Ports:
    """Return the same adapters for a deployed function: a local queue delivers its messages."""
    with _lock:
        opened = _opened()
        opened.start()
        return opened


def close() -> None:
    """Write what is not written and stop the local queue, for a process that ends or a test."""
    global _ports  # noqa: PLW0603  # One process has one set of adapters.
    if _ports is not None:
        # Without the lock: a delivery under way may need it to end.
        _ports.close()
    _ports = None


def _opened() -> GooglePorts | LocalPorts:
    global _ports  # noqa: PLW0603  # One process has one set of adapters.
    if _ports is None:
        _ports = _build()
    return _ports


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

    return LocalPorts(chosen)
