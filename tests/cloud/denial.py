"""A service of Google that answers as a test says: it denies, stalls, or fails for a while."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Barrier, Event
from typing import Any

import grpc  # type: ignore[import-untyped]

from tools.emulated_cloud.processes import HOST

STALL = "stall"
Reply = Any
"""A code, the bytes of an answer, or STALL."""

_UNARY = {"Commit", "Publish", "GetTopic"}


@dataclass
class Scripted(grpc.GenericRpcHandler):  # type: ignore[misc]  # It has no types.
    """Gives the replies in order, and the last one again and again. `calls` are their methods.

    No call is answered before so many are there as have to come `together`.
    """

    replies: list[Reply]
    calls: list[str] = field(default_factory=list)
    host: str = ""
    together: Barrier = field(default_factory=partial(Barrier, 1))
    over: Event = field(default_factory=Event)

    def service(self, call: Any) -> Any:  # noqa: ANN401
        method = call.method.rpartition("/")[2]
        self.calls.append(method)
        if method in _UNARY:
            return grpc.unary_unary_rpc_method_handler(self._answer)
        return grpc.unary_stream_rpc_method_handler(self._stream)

    def _answer(self, _request: bytes, context: Any) -> bytes:  # noqa: ANN401
        self.together.wait(timeout=5)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if reply == STALL:
            self.over.wait()
        if isinstance(reply, bytes):
            return reply
        code = grpc.StatusCode.CANCELLED if reply == STALL else reply
        context.abort(code, "User not authorized to perform this action.")
        raise AssertionError

    def _stream(self, request: bytes, context: Any) -> Iterator[bytes]:  # noqa: ANN401
        yield self._answer(request, context)


@contextmanager
def answering(*replies: Reply) -> Iterator[Scripted]:
    """Serve gRPC at the `host` of what is yielded."""
    service = Scripted(list(replies))
    with ThreadPoolExecutor(8) as threads:
        server = grpc.server(threads, handlers=[service])
        port = server.add_insecure_port(f"{HOST}:0")
        service.host = f"{HOST}:{port}"
        server.start()
        try:
            yield service
        finally:
            service.over.set()
            server.stop(None).wait()


@contextmanager
def denying() -> Iterator[str]:
    """Serve gRPC at the `address:port` that is given, and deny everything."""
    with answering(grpc.StatusCode.PERMISSION_DENIED) as service:
        yield service.host
