"""Ports for servers that other processes start."""

import secrets
import socket
from contextlib import suppress

# Below those of outgoing connections, one of which could take it before the server does: they
# begin at 32768 on Linux, and at 49152 elsewhere.
_PORTS = range(20_000, 32_768)


def free_port() -> int:
    while True:
        port = secrets.choice(_PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
