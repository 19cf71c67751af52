"""Install a lock into .venv: `python3 tools/set_up.py runtime`, `mcp`, or `dev` for the tests.

The Makefile runs it with the Python that it finds, so it imports the standard library alone. The
lock names every package with its hash, and pip resolves nothing, so that every version of pip
installs the same.
"""

import argparse
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

ROOT = Path(__file__).resolve().parents[1]
# Each lock contains those before it.
LOCKS = {
    "runtime": "requirements.txt",
    "mcp": "requirements-mcp.txt",
    "dev": "requirements-dev.txt",
}
MEGABYTES = {"runtime": 230, "mcp": 240, "dev": 690}
INSTALL = (
    *("install", "--no-deps", "--require-hashes", "--disable-pip-version-check"),
    # Python compiles a module at its first import; most modules are never imported.
    "--no-compile",
)
INTERRUPTED = 130

_PIN = re.compile(r"^([\w.-]+)(?:\[[\w.,-]+\])?==", re.MULTILINE)
_COLLECTING = re.compile(r"^(?:Collecting|Ignoring|Requirement already satisfied:) ([\w.-]+)")
_DOWNLOADING = re.compile(r"^  (?:Downloading|Using cached) \S*?([^\s/]+\.\w+) (\(.*\))$")
_UNANSWERED = re.compile(r"Retrying \(|Failed to establish a new connection|NewConnectionError")
_TRACES_OF_PIP = 12


class SetUpError(Exception):
    """The environment cannot be installed."""


class Progress:
    """Shows one changing line on a terminal, and otherwise a line for each 20 packages."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._seen: set[str] = set()
        self._terminal = sys.stdout.isatty()

    def collect(self, name: str) -> None:
        self._seen.add(name.lower().replace("_", "-"))
        if self._terminal:
            self._show(name)
        elif len(self._seen) % 20 == 0:
            print(f"  {self._count()}", flush=True)

    def download(self, file: str, size: str) -> None:
        if self._terminal:
            self._show(f"{file.split('-', maxsplit=1)[0]} {size}")

    def unpack(self) -> None:
        self.end()
        print("  Unpacking them takes about 10 seconds.", flush=True)

    def end(self) -> None:
        """Clear the line that changes."""
        if self._terminal:
            print("\r\033[K", end="", flush=True)

    def _show(self, what: str) -> None:
        print(f"\r\033[K  {self._count()}: {what}", end="", flush=True)

    def _count(self) -> str:
        return f"{min(len(self._seen), self._total)} of {self._total} packages"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=LOCKS)
    try:
        what = parser.parse_args().what
        with alone():
            set_up(ROOT / ".venv", what)
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nThe set-up was interrupted. The next one starts from scratch.", file=sys.stderr)
        return INTERRUPTED
    return 0


@contextmanager
def alone() -> Iterator[None]:
    """Wait for another set-up of this folder to end. Windows has no such lock."""
    with Path(__file__).open("rb") as file:
        if sys.platform != "win32":
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Another set-up is working in this folder. Waiting for it.", flush=True)
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def set_up(environment: Path, what: str) -> None:
    """Install the lock, and leave a stamp file for make. Raise SetUpError.

    The stamps are removed first: after an interrupted set-up, the next one starts from scratch.
    """
    started = time.monotonic()
    lock = ROOT / LOCKS[what]
    if is_current(environment / what, lock):
        return
    packages = {name.lower() for name in _PIN.findall(lock.read_text("utf-8"))}
    adds = what != "runtime" and is_current(environment / "runtime", ROOT / LOCKS["runtime"])
    for stamp in LOCKS:
        (environment / stamp).unlink(missing_ok=True)
    print(
        f"Setting up .venv with Python {sys.version.split()[0]}: {len(packages)} packages, about"
        f" {MEGABYTES[what]} MB. This happens once.",
        flush=True,
    )
    if not adds:
        create(environment)
    install(environment, lock, len(packages))
    for stamp in LOCKS:
        (environment / stamp).touch()
        if stamp == what:
            break
    print(f"  .venv is ready after {time.monotonic() - started:.0f} s.", flush=True)


def is_current(stamp: Path, lock: Path) -> bool:
    return stamp.exists() and stamp.stat().st_mtime >= lock.stat().st_mtime


def create(environment: Path) -> None:
    shutil.rmtree(environment, ignore_errors=True)
    command: list[str | Path] = [sys.executable, "-m", "venv", environment]
    made = subprocess.run(command, check=False, capture_output=True, text=True)
    if made.returncode:
        # On a Debian without ensurepip, this names the package to install.
        raise SetUpError(f"{made.stdout}{made.stderr}".strip())


def install(environment: Path, lock: Path, total: int) -> None:
    python = environment / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = (python, "-m", "pip")
    said: list[str] = []
    with subprocess.Popen(
        [*pip, *INSTALL, "--progress-bar=off", "--requirement", lock],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as installing:
        assert installing.stdout is not None  # noqa: S101  # It is a pipe.
        said.extend(follow(installing.stdout, Progress(total)))
    if installing.returncode:
        raise SetUpError(why(said))
    check = subprocess.run([*pip, "check"], check=False, capture_output=True, text=True)
    if check.returncode:
        raise SetUpError(f"The packages are incompatible: {check.stdout}{check.stderr}")


def follow(lines: IO[str], progress: Progress) -> Iterator[str]:
    """Show the progress of pip, and yield its output."""
    waits = False
    for line in lines:
        if found := _COLLECTING.match(line):
            progress.collect(found[1])
        elif found := _DOWNLOADING.match(line):
            progress.download(*found.groups())
        elif line.startswith("Installing collected packages"):
            progress.unpack()
        elif _UNANSWERED.search(line) and not waits:
            waits = True
            progress.end()
            print("  The package index does not answer. Retrying.", flush=True)
        yield line
    progress.end()


def why(said: list[str]) -> str:
    if any(_UNANSWERED.search(line) for line in said):
        return (
            "The package index cannot be reached. Set-up asks it once, for the packages of the"
            " lock: connect to a network (or name an index of your own in PIP_INDEX_URL), and run"
            " the same command again."
        )
    last = "".join(line for line in said[-_TRACES_OF_PIP:] if line.strip())
    return f"{last}The packages could not be installed; see the log above."


if __name__ == "__main__":
    sys.exit(main())
