"""The servers that are compared: functions under the functions framework, and nginx."""

import compileall
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import cores
from tests.bench.requests import Request, answer
from tools.emulated_cloud.processes import free_port

ROOT = Path(__file__).resolve().parents[2]

_POLL_SECONDS = 0.002
_START_SECONDS = 30
_OWN_SETTINGS = ("PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHON_DOTENV_DISABLED")

_NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
events {{ worker_connections 64; }}
http {{
  access_log off;
  sendfile on;
  types {{ video/mp4 mp4; }}
  client_body_temp_path {folder};
  proxy_temp_path {folder};
  fastcgi_temp_path {folder};
  uwsgi_temp_path {folder};
  scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


@dataclass(frozen=True, kw_only=True)
class Function:
    """A target that the functions framework can serve, and the settings that it reads."""

    target: str
    source: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the caller's own settings, and byte code as it is."""
        inherited = {name: os.environ[name] for name in _OWN_SETTINGS if name in os.environ}
        return {**inherited, **self.settings, "PYTHONDONTWRITEBYTECODE": "1"}


HELLO = Function(target="hello", source=Path(__file__).with_name("hello.py"))
FIRESTORE_FLOOR = Function(
    target="firestore_floor", source=Path(__file__).with_name("firestore_floor.py")
)


def sqlite_floor(data: Path) -> Function:
    return Function(
        target="sqlite_floor",
        source=Path(__file__).with_name("sqlite_floor.py"),
        settings={"RECORDS": str(data / ".records.db")},
    )


def showreel(data: Path) -> Function:
    settings = {"STORAGE_URL": f"file://{data}", "LOG_LEVEL": "WARNING"}
    return Function(target="serve_api", source=ROOT / "main.py", settings=settings)


def write_byte_code() -> None:
    """Do what an installation does, and `make run`: a stale file costs more than any import.

    Packages without byte code, as some installers leave them, would make the hello cost 3.7 times
    as much, and every ratio to it too small.
    """
    compileall.compile_dir(sysconfig.get_path("purelib"), quiet=2)
    for folder in ("functions", "shared"):
        compileall.compile_dir(ROOT / folder, quiet=1)
    compileall.compile_dir(Path(__file__).parent, quiet=1)
    compileall.compile_file(ROOT / "main.py", quiet=1)


@contextmanager
def served(function: Function, first: Request) -> Iterator[int]:
    """Yield the port of a server that has just answered its first request."""
    port = free_port()
    program = [
        str(Path(sys.executable).with_name("functions-framework")),
        f"--target={function.target}",
        f"--source={function.source}",
        "--host=127.0.0.1",
        f"--port={port}",
    ]
    # Each has a home of its own: there the server keeps a control socket, of which one is enough.
    with TemporaryDirectory() as home, _running(program, {**function.environment, "HOME": home}):
        _wait_for_answer(first, port)
        yield port


@contextmanager
def nginx(root: Path, first: Request) -> Iterator[int]:
    """The same for nginx over a folder, with a configuration of its own."""
    port = free_port()
    with TemporaryDirectory() as folder:
        configuration = Path(folder, "nginx.conf")
        configuration.write_text(_NGINX.format(folder=folder, port=port, root=root))
        program = ["nginx", "-p", folder, "-e", f"{folder}/error.log", "-c", str(configuration)]
        with _running(program, dict(os.environ)):
            _wait_for_answer(first, port)
            yield port


@contextmanager
def _running(program: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    with cores.pinned_to(cores.FOR_SERVERS):
        server = subprocess.Popen(program, env=environment, cwd="/", start_new_session=True)
    try:
        yield
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _wait_for_answer(request: Request, port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _is_listening(port):
        if time.monotonic() > deadline:
            raise OSError(f"Nothing listens at the port after {_START_SECONDS} s.")
        time.sleep(_POLL_SECONDS)
    answer(request, port)


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
