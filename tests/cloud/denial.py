"""A service of Google that denies everything to everybody."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc  # type: ignore[import-untyped]

from tests.cloud.processes import HOST


class _Denial(grpc.GenericRpcHandler):  # type: ignore[misc]  # It has no types.
    def service(self, _call: object) -> Any:  # noqa: ANN401
        return grpc.unary_unary_rpc_method_handler(self._deny)

    def _deny(self, _request: bytes, context: Any) -> None:  # noqa: ANN401
        context.abort(
            grpc.StatusCode.PERMISSION_DENIED, "User not authorized to perform this action."
        )


@contextmanager
def denying() -> Iterator[str]:
    """Serve gRPC at the `address:port` that is given."""
    with ThreadPoolExecutor(1) as threads:
        server = grpc.server(threads, handlers=[_Denial()])
        port = server.add_insecure_port(f"{HOST}:0")
        server.start()
        try:
            yield f"{HOST}:{port}"
        finally:
            server.stop(None).wait()
