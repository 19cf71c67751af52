"""A function as it is deployed: its own process, started as the platform starts it."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tools.emulated_cloud.processes import HOST, ending_with_parent, free_port

_START_SECONDS = 60
_STOP_SECONDS = 10
_POLL_SECONDS = 0.02


@dataclass(frozen=True, kw_only=True)
class Installation:
    """The folder of the code, and the framework that serves it."""

    root: Path
    framework: Path


THIS_TREE = Installation(
    root=Path(__file__).resolve().parents[2],
    framework=Path(sys.executable).with_name("functions-framework"),
)


class FunctionProcess:
    """Serves `target` at `url` inside a `with` block, and logs to this process's output."""

    def __init__(
        self,
        target: str,
        *,
        environment: Mapping[str, str],
        home: Path,
        port: int = 0,
        installation: Installation = THIS_TREE,
    ) -> None:
        """The server keeps a socket in `home`, which no other process uses."""
        self.target = target
        self.port = port or free_port()
        self.url = f"http://{HOST}:{self.port}/"
        self._installation = installation
        # The platform sets the first three, and starts the framework without an argument.
        self._environment = os.environ | {  # noqa: TID251  # The child inherits it.
            "FUNCTION_TARGET": target,
            "FUNCTION_SIGNATURE_TYPE": "http",
            "PORT": str(self.port),
            "HOST": HOST,
            "HOME": str(home),
            **environment,
        }

    def __enter__(self) -> Self:
        # In a session of its own, it does not get the terminal's Ctrl-C: it ends by our SIGTERM,
        # and answers the requests in flight first.
        self._process = subprocess.Popen(
            ending_with_parent(str(self._installation.framework)),
            cwd=self._installation.root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def wait_until_ready(self) -> bool:
        """Return whether it answers. This does not call the function."""
        deadline = time.monotonic() + _START_SECONDS
        while not self.has_ended and time.monotonic() < deadline:
            if self._answers():
                return True
            time.sleep(_POLL_SECONDS)
        return False

    def stop(self) -> None:
        self.end_by(signal.SIGTERM, within_seconds=_STOP_SECONDS)

    def end_by(self, number: signal.Signals, *, within_seconds: float) -> bool:
        """Send a signal, as the platform does, and return whether it ended the process in time."""
        send = os.killpg if number is signal.SIGKILL else os.kill
        if not self.has_ended:
            send(self._process.pid, number)
        try:
            self._process.wait(within_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            return False
        return True

    def _answers(self) -> bool:
        with closing(http.client.HTTPConnection(HOST, self.port, timeout=5)) as connection:
            try:
                connection.request("GET", "/robots.txt")
                return connection.getresponse().status == http.client.NOT_FOUND
            except (OSError, http.client.HTTPException):
                return False
