"""Whether the process was asked to stop, as the framework's own server knows it."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from shared.bootstrap.choices import is_stopping
from tests.eventually import eventually
from tools.emulated_cloud.processes import HOST, ending_with_parent, free_port

ROOT = Path(__file__).resolve().parents[3]
FRAMEWORK = Path(sys.executable).with_name("functions-framework")
FUNCTION = """
import time
from pathlib import Path
import functions_framework
from shared.bootstrap.choices import is_stopping

@functions_framework.http
def step(request):
    Path(__file__).with_name("begun").touch()
    while not is_stopping():
        time.sleep(0.01)
    return "handed on"
"""


@contextmanager
def served(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    source = folder / "source.py"
    source.write_text(FUNCTION)
    program = [str(FRAMEWORK), "--target=step", f"--source={source}", f"--port={port}"]
    with subprocess.Popen(
        ending_with_parent(*program, f"--host={HOST}"),
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
    ) as process:
        yield process
        process.kill()


def answer_of(port: int) -> str:
    def asked() -> str | None:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=30) as answer:
                return str(answer.read().decode())
        except ConnectionRefusedError:
            return None
        except urllib.error.URLError as error:
            if isinstance(error.reason, ConnectionRefusedError):
                return None
            raise

    return eventually(asked)


def test_a_process_without_a_server_is_not_about_to_stop() -> None:
    assert not is_stopping()


def test_a_request_in_flight_sees_that_its_process_is_to_stop(tmp_path: Path) -> None:
    port = free_port()
    with served(tmp_path, port) as process, ThreadPoolExecutor() as threads:
        answer = threads.submit(answer_of, port)
        eventually((tmp_path / "begun").exists)
        process.terminate()

        assert answer.result() == "handed on"
        assert process.wait(30) == 0
