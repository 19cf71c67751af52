"""Sees to it that nothing leaves this machine."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

_LOCAL = ("127.0.0.1", "::1", "localhost", "", None)


@contextmanager
def only_loopback() -> Iterator[list[str]]:
    """Refuse every other host, and collect in the list who was asked for.

    gRPC opens its sockets by itself, out of sight: its clients are kept here by the emulators'
    variables alone.
    """
    refused: list[str] = []
    resolve, connect, connect_ex = (
        socket.getaddrinfo,
        socket.socket.connect,
        socket.socket.connect_ex,
    )

    def require_local(host: object) -> None:
        if host not in _LOCAL:
            refused.append(str(host))
            raise socket.gaierror(f"Tests ask only this machine, and not {host}.")

    def local_getaddrinfo(host: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        require_local(host)
        return resolve(host, *args, **options)

    def local_connect(self: socket.socket, address: Any) -> None:  # noqa: ANN401
        if self.family in (socket.AF_INET, socket.AF_INET6):
            require_local(address[0])
        connect(self, address)

    def local_connect_ex(self: socket.socket, address: Any) -> int:  # noqa: ANN401
        if self.family in (socket.AF_INET, socket.AF_INET6):
            require_local(address[0])
        return connect_ex(self, address)

    with (
        patch.object(socket, "getaddrinfo", local_getaddrinfo),
        patch.object(socket.socket, "connect", local_connect),
        patch.object(socket.socket, "connect_ex", local_connect_ex),
    ):
        yield refused
