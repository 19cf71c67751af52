"""The emulators themselves: they end with the process that started them, and say what they lack."""

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.eventually import eventually
from tools.emulated_cloud.emulators import (
    Emulator,
    FirestoreEmulator,
    MissingToolError,
    PubSubEmulator,
)

ROOT = Path(__file__).resolve().parents[2]
EMULATORS = [FirestoreEmulator, PubSubEmulator]

START_AND_WAIT = """
from tools.emulated_cloud.emulators import FirestoreEmulator
with FirestoreEmulator() as emulator:
    print(emulator.host, flush=True)
    input()
"""


def is_gone(host: str) -> bool:
    address, port = host.split(":")
    try:
        socket.create_connection((address, int(port))).close()
    except ConnectionRefusedError:
        return True
    return False


def a_program(folder: Path, name: str) -> Path:
    program = folder / name
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    return program


@pytest.mark.usefixtures("firestore_emulator")  # It skips where there is none.
def test_an_emulator_ends_with_its_block() -> None:
    with FirestoreEmulator() as emulator:
        host = emulator.host

    assert is_gone(host)


@pytest.mark.usefixtures("firestore_emulator")  # It skips where there is none.
def test_an_emulator_ends_with_a_process_that_is_killed() -> None:
    """Only Linux can see to it; elsewhere the emulator is left."""
    program = [sys.executable, "-c", START_AND_WAIT]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as starter:
        assert starter.stdout is not None
        host = starter.stdout.readline().strip()
        starter.kill()

    assert host
    eventually(lambda: is_gone(host))


@pytest.mark.parametrize("emulator", EMULATORS)
def test_without_gcloud_the_error_says_what_to_install(
    emulator: Callable[[], Emulator], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MissingToolError, match=r"cloud\.google\.com/sdk/docs/install"):
        emulator()


@pytest.mark.parametrize("emulator", EMULATORS)
def test_without_the_component_the_error_says_what_to_install(
    emulator: Callable[[], Emulator], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gcloud = a_program(tmp_path / "sdk" / "bin", "gcloud")
    monkeypatch.setenv("PATH", str(gcloud.parent))

    with pytest.raises(MissingToolError, match=r"gcloud components install .*-emulator"):
        emulator()


def test_without_java_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gcloud = a_program(tmp_path / "sdk" / "bin", "gcloud")
    a_program(
        tmp_path / "sdk" / "platform" / "cloud-firestore-emulator", "cloud-firestore-emulator.jar"
    )
    monkeypatch.setenv("PATH", str(gcloud.parent))

    with pytest.raises(MissingToolError, match="Install a runtime, version 17 or newer"):
        FirestoreEmulator()
