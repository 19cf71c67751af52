"""Serves the stand-in provider until the standard input ends.

    python -m tests.infra.provider tests/infra/provider/schemas/google-8.7.0.json

The first line that it writes is the value of TF_REATTACH_PROVIDERS with which Terraform finds it.
With --foresee after the schema, a plan has the values already that an apply would make up.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]

from tests.infra.provider.planning import applied, planned
from tests.infra.provider.protocol import METHODS, message
from tests.infra.provider.schema import ProviderSchema
from tests.infra.provider.service import Planner, Provider


def handlers(provider: Provider) -> Any:  # noqa: ANN401  # grpc has no types.
    """Return what serves each method of the protocol."""
    methods = {
        name: grpc.unary_unary_rpc_method_handler(
            _without_context(getattr(provider, name)),
            request_deserializer=message(asked).FromString,
            response_serializer=message(answered).SerializeToString,
        )
        for name, (asked, answered) in METHODS.items()
    }
    return grpc.method_handlers_generic_handler("tfplugin6.Provider", methods)


def _without_context(method: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda request, _context: method(request)


def reattachment(socket: Path) -> str:
    """Return the variable that makes Terraform use this process instead of starting one."""
    address = {"Network": "unix", "String": str(socket)}
    plugin = {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": os.getpid(), "Test": True}
    return json.dumps({"hashicorp/google": {**plugin, "Addr": address}})


def main(schema: Path, plan: Planner) -> None:
    """Serve the provider that the file describes."""
    provider = Provider(ProviderSchema.parse(schema.read_text("utf-8")), plan=plan)
    server = grpc.server(ThreadPoolExecutor(), options=[("grpc.max_receive_message_length", -1)])
    server.add_generic_rpc_handlers([handlers(provider)])
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder, "provider")
        server.add_insecure_port(f"unix:{socket}")
        server.start()
        sys.stdout.write(f"{reattachment(socket)}\n")
        sys.stdout.flush()
        sys.stdin.read()
        server.stop(grace=None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), applied if "--foresee" in sys.argv else planned)
