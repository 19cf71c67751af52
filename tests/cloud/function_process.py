"""A function as it is deployed: a process of its own, behind its framework."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.cloud.processes import HOST, end_with_parent, free_port

_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60
_STOP_SECONDS = 10
_POLL_SECONDS = 0.02


class FunctionProcess:
    """Serves `target` at `url` from `with` to its end. Its log goes where ours goes."""

    def __init__(
        self, target: str, *, environment: Mapping[str, str], home: Path, port: int = 0
    ) -> None:
        """`home` is a folder of its own, in which its server keeps a socket."""
        self.target = target
        self.port = port or free_port()
        self.url = f"http://{HOST}:{self.port}/"
        self._environment = {**os.environ, **environment, "HOME": str(home)}

    def __enter__(self) -> Self:
        program = Path(sys.executable).with_name("functions-framework")
        arguments = [f"--target={self.target}", f"--host={HOST}", f"--port={self.port}"]
        # In a session of its own, Ctrl-C does not reach it: it always ends by our SIGTERM, and
        # first answers the requests in flight.
        self._process = subprocess.Popen(
            [program, *arguments],
            cwd=_ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509  # It makes one system call only.
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def wait_until_ready(self) -> bool:
        """Return whether it answers, without a call of the function."""
        deadline = time.monotonic() + _START_SECONDS
        while not self.has_ended and time.monotonic() < deadline:
            if self._answers():
                return True
            time.sleep(_POLL_SECONDS)
        return False

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _answers(self) -> bool:
        with closing(http.client.HTTPConnection(HOST, self.port, timeout=5)) as connection:
            try:
                connection.request("GET", "/robots.txt")
                return connection.getresponse().status == http.client.NOT_FOUND
            except (OSError, http.client.HTTPException):
                return False
