"""Serve the whole system on this machine: `make run`, once its environment is set up."""

import argparse
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryFile

from shared.settings import InvalidSettingsError, Settings, environment, settings
from tools.emulated_cloud.processes import ending_with_parent

HOST = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104  # Only if it is asked for.
ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 30
# As Cloud Run gives: a busy machine needs them to release the videos that it renders.
STOP_SECONDS = 10
# A paused player holds a thread, and so does a slow or incomplete request. The framework's default,
# four for each core, is soon used up; an idle thread costs nothing.
THREADS = "512"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_SIMILAR = 0.8
# Settings of Google's clients that resemble Showreel's, and the one that the platform sets.
_OTHERS = {"FIRESTORE_EMULATOR_HOST", "PUBSUB_EMULATOR_HOST"}
_OF_PLATFORM = {"K_SERVICE"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--host", default=HOST, help="0.0.0.0 serves other machines too")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    host, port = arguments.host, arguments.port
    try:
        chosen = settings()
    except InvalidSettingsError as error:
        return fail(str(error))
    for sentence in misspelt_settings(environment()):
        print(sentence, file=sys.stderr)
    if not chosen.bucket and (reason := why_unwritable(chosen.data_folder)):
        return fail(reason)
    if reason := why_unusable(port, host):
        where = f"Port {port}" if host == HOST else f"Port {port} of {host}"
        return fail(f"{where} cannot be used: {reason}. Try another: make run PORT=8001")
    for number in STOP_SIGNALS:
        signal.signal(number, signal.default_int_handler)
    place = f"gs://{chosen.bucket}" if chosen.bucket else str(chosen.data_folder)
    return serve(host, port, place=place)


def misspelt_settings(environment: Mapping[str, str]) -> Iterator[str]:
    """Return a sentence about each unknown name that resembles a setting that is not set."""
    known = {name.upper() for name in Settings.__struct_fields__}
    missing = known - environment.keys() - _OF_PLATFORM
    for name in sorted(environment.keys() - known - _OTHERS):
        for meant in get_close_matches(name.upper(), missing, n=1, cutoff=_SIMILAR):
            yield f"{name} is not a setting of Showreel. Did you mean {meant}?"


def why_unwritable(folder: Path) -> str | None:
    """Create the folder if it is missing and write into it; return what prevents that."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as probe:
            probe.write(b"probe")
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        is_full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        advice = "Free some space, or set" if is_full else "Set"
        return f"{folder} cannot be written ({reason}). {advice} STORAGE_URL to a writable folder."
    return None


def why_unusable(port: int, host: str = HOST) -> str | None:
    with socket.socket() as probe:
        # Otherwise the connections of a server that has just stopped count as in use.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return str(error.strerror).lower()
        except OverflowError:
            return "ports end at 65535"
    return None


def serve(host: str, port: int, *, place: str) -> int:
    """Serve until a signal asks to stop, and leave no process behind."""
    server = start(host, port)
    try:
        if not becomes_healthy(server, host, port):
            return fail("The server failed to start; see the log above.")
        announce(port, f"Its data is in {place}")
        return ended(server.wait())
    except KeyboardInterrupt:
        return 0
    finally:
        stop(server)


def start(host: str, port: int) -> subprocess.Popen[bytes]:
    program = ending_with_parent(sys.executable, "-m", "tools.framework")
    arguments = ["--target=serve_api", f"--host={host}", f"--port={port}"]
    environment = {"THREADS": THREADS, **os.environ}  # noqa: TID251  # It is the server's.
    # In a session of its own, the server does not get the terminal's Ctrl-C, at which it would drop
    # the requests in flight. It ends by the SIGTERM of stop(), and answers them first.
    return subprocess.Popen(
        [*program, *arguments], cwd=ROOT, env=environment, start_new_session=True
    )


def becomes_healthy(server: subprocess.Popen[bytes], host: str, port: int) -> bool:
    """Wait for the first answer. The request also starts the local queue.

    The queue then resumes what an earlier run left unfinished.
    """
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if status := health(port, HOST if host == EVERYWHERE else host):
            return status == http.client.OK
        time.sleep(0.05)
    return False


def health(port: int, host: str = HOST) -> int | None:
    connection = http.client.HTTPConnection(host, port, timeout=START_SECONDS)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def announce(port: int, place: str) -> None:
    url = f"http://localhost:{port}"
    body = '{"prompts": ["A paper boat crosses a rain puddle at dawn, slow dolly in, soft piano"]}'
    print(f"Showreel is at {url}; Ctrl-C stops it.")
    print(place)
    print(
        f"A first video: curl {url}/v1/campaigns/first/videos"
        f" -H 'Content-Type: application/json' -d '{body}'",
        flush=True,
    )


def ended(code: int) -> int:
    """Say how the server ended by itself. By SIGTERM, it answers its requests and returns 0."""
    if code:
        return fail(f"The server ended unexpectedly, with code {code}.")
    print("The server was stopped.")
    return code


def stop(server: subprocess.Popen[bytes]) -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
