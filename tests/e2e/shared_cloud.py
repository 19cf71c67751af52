"""The emulated cloud of `make run-emulated`, started once for all tests that ask for it."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.launcher import descendants, is_alive, launch, three_lines
from tools.emulated_cloud.emulators import FirestoreEmulator, MissingToolError, PubSubEmulator
from tools.emulated_cloud.processes import free_port
from tools.run_emulated import LAST_LINE

SECONDS_TO_END = 60
# No test of it looks at the frames of its clips.
_FEW_FRAMES = "from tools.emulated_cloud.vertex import clips; clips._FPS = 6"
_WITH_FEW_FRAMES = ("-c", f"{_FEW_FRAMES}; from tools import run_emulated as run; exit(run.main())")


class SharedCloud(NamedTuple):
    """Where it is, its process, and the lines that it printed."""

    port: int
    process: subprocess.Popen[str]
    lines: list[str]


@pytest.fixture(scope="session")
def emulators() -> None:
    """Skip what needs the emulators where they are not installed."""
    try:
        FirestoreEmulator()
        PubSubEmulator()
    except MissingToolError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def cloud_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cloud") / "stderr.log"


@pytest.fixture(scope="session")
def shared_cloud(emulators: None, cloud_log: Path) -> Iterator[SharedCloud]:
    """Logs everything that it may log. Interrupted, it leaves no process and no file behind."""
    port = free_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LOG_LEVEL", "DEBUG")
        environment.setenv("TMPDIR", str(cloud_log.parent))
        launched = launch(port, log=cloud_log, program=_WITH_FEW_FRAMES)
    with launched as process:
        assert process.stdout is not None
        lines = three_lines(process)
        lines += iter(process.stdout.readline, f"{LAST_LINE}\n")
        yield SharedCloud(port, process, lines)
        started = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS_TO_END) == 0
        assert [pid for pid in started if is_alive(pid)] == []
        assert [each.name for each in cloud_log.parent.iterdir()] == [cloud_log.name]
