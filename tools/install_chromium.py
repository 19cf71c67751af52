"""See to it that tests have a browser: install Chromium where it may, or say what to install."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ON_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# With letters for what people write: a bare system draws boxes.
PACKAGES = ("chromium", "fonts-inter", "fonts-noto-color-emoji")
DEBIAN = Path("/etc/debian_version")


class MissingBrowserError(Exception):
    """Says what to install."""


def main() -> int:
    if not is_there() and DEBIAN.exists() and os.geteuid() == 0:
        print(
            "The tests of the studio need a browser, and root may install one:"
            f" apt-get install {' '.join(PACKAGES)}. This takes a minute or two, once.",
            flush=True,
        )
        install()
    try:
        find_chromium()
    except MissingBrowserError as error:
        # All other tests run without it.
        print(error, file=sys.stderr)
    return 0


def is_there() -> bool:
    try:
        find_chromium()
    except MissingBrowserError:
        return False
    return True


def find_chromium() -> Path:
    """Return the program of the machine's own Chromium or Chrome. Raise MissingBrowserError."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return Path(found)
    if ON_A_MAC.exists():
        return ON_A_MAC
    raise MissingBrowserError(
        "The studio is tested in Chromium or Chrome, and there is none. Install one (Debian: "
        f"apt-get install {' '.join(PACKAGES)}; macOS: brew install --cask google-chrome)."
    )


def install() -> None:
    """What fails here says so itself."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}  # noqa: TID251  # For apt.
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        subprocess.run(["/usr/bin/apt-get", "-qq", *step], env=environment, check=False)


if __name__ == "__main__":
    sys.exit(main())
