"""Clients that cannot share this environment, each installed by its lock, once for each lock."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
NODE = HERE / "node"

_INSTALLED = Path(sys.prefix) / "clients"
# What uv and npm say of a lock that is incomplete, or that what they got does not agree with.
_WRONG_LOCK = ("Hash mismatch for", "In `--require-hashes` mode", "EINTEGRITY", "EUSAGE")


class MissingClientError(Exception):
    """A client that cannot be installed here: no registry answers, or there is no Node."""


def python_client(name: str) -> Path:
    """Return a folder with the packages of `<name>.txt`, for PYTHONPATH."""
    lock = HERE / f"{name}.txt"

    def install(folder: Path) -> None:
        options = ["--no-deps", "--require-hashes", "--quiet", "--target", str(folder)]
        _run([sys.executable, "-m", "uv", "pip", "install", *options, "-r", str(lock)])

    version = ".".join(map(str, sys.version_info[:2]))
    return _installed(f"{name}-{version}", lock, install)


def node_client() -> Path:
    """Return a folder whose `node_modules` are those of `node/package-lock.json`."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise MissingClientError("There is no node or no npm.")

    def install(folder: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(NODE / name, folder)
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        _run(["npm", "ci", "--prefix", str(folder), *options])

    return _installed("node", NODE / "package-lock.json", install)


def _installed(name: str, lock: Path, install: Callable[[Path], None]) -> Path:
    """Install into a folder that is renamed when it is whole."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    folder = _INSTALLED / f"{name}-{digest}"
    if folder.exists():
        return folder
    _INSTALLED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_INSTALLED) as place:
        whole = Path(place) / "whole"
        whole.mkdir()
        install(whole)
        try:
            whole.rename(folder)
        except OSError:
            # Another process was first.
            if not folder.exists():
                raise
    return folder


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode == 0:
        return
    said = " ".join(done.stderr.split())
    if any(each in said for each in _WRONG_LOCK):
        raise AssertionError(done.stderr)
    raise MissingClientError(said or f"{command[0]} ended with {done.returncode} and said nothing.")
