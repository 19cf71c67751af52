"""A package index that holds each pin of a lock, and of each a release that is newer.

Its wheels have the real metadata of the packages and none of their code, so that an installer
resolves them as it resolves the real ones, within seconds.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_string
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

_WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@dataclass(frozen=True, kw_only=True)
class NewerIndex:
    """A simple index in a folder, and the lock with the hashes of its wheels."""

    url: str
    lock: Path


def make_newer_index(pins: Iterable[Requirement], folder: Path) -> NewerIndex:
    """Write the index below `folder`. The packages must be installed in this environment."""
    index, lines = folder / "simple", []
    for pin in pins:
        project = index / canonicalize_name(pin.name)
        project.mkdir(parents=True, exist_ok=True)
        pinned = _write_wheel(project, pin.name, _pinned(pin))
        _write_wheel(project, pin.name, _newer(_pinned(pin)))
        links = [f'<a href="{wheel.name}">{wheel.name}</a>' for wheel in project.glob("*.whl")]
        (project / "index.html").write_text("<!DOCTYPE html>\n" + "\n".join(links))
        digest = hashlib.sha256(pinned.read_bytes()).hexdigest()
        lines.append(f"{pin} --hash=sha256:{digest}\n")
    lock = folder / "requirements.txt"
    lock.write_text("".join(lines))
    return NewerIndex(url=index.as_uri(), lock=lock)


def _pinned(pin: Requirement) -> Version:
    [specifier] = pin.specifier
    return Version(specifier.version)


def _newer(version: Version) -> Version:
    """Return a release that satisfies whatever range the other one satisfies, but for its end."""
    *first, last = version.release
    return Version(".".join(map(str, [*first, last + 1])))


def _write_wheel(folder: Path, name: str, version: Version) -> Path:
    stem = f"{canonicalize_name(name).replace('-', '_')}-{version}"
    wheel = folder / f"{stem}-py3-none-any.whl"
    if wheel.exists():
        return wheel
    files = {
        f"{stem}.dist-info/METADATA": _metadata(name, version),
        f"{stem}.dist-info/WHEEL": _WHEEL,
    }
    record = "".join(f"{file},,\n" for file in (*files, f"{stem}.dist-info/RECORD"))
    with ZipFile(wheel, "w") as archive:
        for file, text in {**files, f"{stem}.dist-info/RECORD": record}.items():
            archive.writestr(file, text)
    return wheel


def _metadata(name: str, version: Version) -> str:
    """Return what the package states of itself, without its description."""
    stated = message_from_string(metadata.distribution(name).read_text("METADATA") or "")
    stated.replace_header("Version", str(version))
    stated.set_payload("")
    return stated.as_string()
