"""The machine's own Chromium or Chrome, found or installed.

As a program it installs one where it may, and elsewhere says in a sentence what to install.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

FLAGS = (
    # It opens this project's pages only, and the root of a container has no sandbox.
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
)

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_ON_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# With letters for what people write: a bare system draws boxes.
_PACKAGES = ("chromium", "fonts-inter", "fonts-noto-color-emoji")
_DEBIAN = Path("/etc/debian_version")


class MissingBrowserError(Exception):
    """Says what to install."""


def find_chromium() -> Path:
    """Raise MissingBrowserError."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found:
        return Path(found)
    if _ON_A_MAC.exists():
        return _ON_A_MAC
    raise MissingBrowserError(
        "The studio is tested in Chromium or Chrome, and there is none. Install one (Debian: "
        f"apt-get install {' '.join(_PACKAGES)}; macOS: brew install --cask google-chrome)."
    )


def install_chromium() -> None:
    """Do so where the system's packages have it and this user may; what fails, fails loudly."""
    if not _DEBIAN.exists() or os.geteuid() != 0:
        return
    print("Installing Chromium for the tests; this happens once.", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *_PACKAGES]):
        subprocess.run(["apt-get", "-qq", *step], env=environment, check=False)  # noqa: S607


def main() -> None:
    try:
        find_chromium()
    except MissingBrowserError:
        install_chromium()
    try:
        find_chromium()
    except MissingBrowserError as error:
        print(error, file=sys.stderr)


if __name__ == "__main__":
    main()
