"""Google's own emulators of Firestore and Pub/Sub.

They are started by `java` itself: the gcloud command leaves its Java process behind when it ends.
"""

import http.client
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Self

from tools.emulated_cloud.processes import HOST, ending_with_parent, free_port

_START_SECONDS = 60
_STOP_SECONDS = 10
_POLL_SECONDS = 0.02
# Small and quick to start; the language keeps the emulator's messages in English.
_JAVA = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m", "-Duser.language=en")


class MissingToolError(Exception):
    """Says what to install."""


class Emulator:
    """Runs from `with` to the end of its block; `host` is `address:port` from then on.

    All its state is in memory, and every project id has a state of its own.
    """

    def __init__(self, program: Sequence[str]) -> None:
        self._program = program
        self.host = ""

    def __enter__(self) -> Self:
        port = free_port()
        self.host = f"{HOST}:{port}"
        # In a file: an unread pipe would fill up and block the emulator.
        self._output = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            ending_with_parent(_java(), *_JAVA, *self._program, f"--host={HOST}", f"--port={port}"),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            self._wait_until_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            if _answers(self.host):
                return
            time.sleep(_POLL_SECONDS)
        self._output.seek(0)
        said = self._output.read().decode(errors="replace")
        raise RuntimeError(f"{type(self).__name__} did not start. It said:\n{said}")

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()


class FirestoreEmulator(Emulator):
    """Clients find it by FIRESTORE_EMULATOR_HOST."""

    def __init__(self) -> None:
        """Raise MissingToolError."""
        jar = _component("firestore", "cloud-firestore-emulator/cloud-firestore-emulator.jar")
        main = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
        super().__init__(["-cp", str(jar), main])


class PubSubEmulator(Emulator):
    """Clients find it by PUBSUB_EMULATOR_HOST."""

    def __init__(self) -> None:
        """Raise MissingToolError."""
        jar = _component("pubsub", "pubsub-emulator/lib/cloud-pubsub-emulator-*-all.jar")
        super().__init__(["-jar", str(jar)])


def _answers(host: str) -> bool:
    with closing(http.client.HTTPConnection(host, timeout=_START_SECONDS)) as connection:
        try:
            connection.request("GET", "/")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False


def _java() -> str:
    java = shutil.which("java")
    if java is None:
        raise MissingToolError(
            "The emulators need Java. Install a runtime, version 17 or newer "
            "(Debian, Ubuntu: apt-get install default-jre-headless; macOS: brew install openjdk)."
        )
    return java


def _component(name: str, pattern: str) -> Path:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        raise MissingToolError(
            f"There is no gcloud, of which the {name} emulator is a component. Install it as "
            f"https://cloud.google.com/sdk/docs/install says, then: {_installation(name)}"
        )
    folder = Path(gcloud).resolve().parents[1] / "platform"
    found = sorted(folder.glob(pattern))
    if not found:
        raise MissingToolError(f"gcloud has no {name} emulator. Install it: {_installation(name)}")
    _java()
    return found[-1]


def _installation(name: str) -> str:
    component = "cloud-firestore-emulator" if name == "firestore" else "pubsub-emulator"
    return (
        f"gcloud components install {component} (where gcloud came by apt: "
        f"apt-get install google-cloud-cli-{name}-emulator)"
    )
