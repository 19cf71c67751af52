"""Empty environments, and what is installed in them."""

import os
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

UV = Path(sys.executable).with_name("uv")
# No configuration of this machine: neither its index, nor its constraints.
BARE = {"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": os.devnull}


def make_environment(folder: Path, *, pip: str) -> Path:
    """Make one with nothing but that pip, `version --hash=…`. Skip the test where none is had."""
    venv.create(folder, symlinks=True)
    requirement = folder / "pip.txt"
    requirement.write_text(f"pip=={pip}\n")
    command = (UV, "pip", "install", "--quiet", "--python", folder / "bin" / "python")
    fetched = subprocess.run(
        [*command, "--requirement", requirement], check=False, capture_output=True, text=True
    )
    if fetched.returncode:
        pytest.skip(f"No pip {pip.split(maxsplit=1)[0]}: {fetched.stderr}")
    return folder


def installed(environment: Path) -> dict[str, str]:
    """Return the version of each package but pip itself."""
    [site] = environment.glob("lib/python*/site-packages")
    found = metadata.distributions(path=[str(site)])
    return {canonicalize_name(each.name): each.version for each in found if each.name != "pip"}


def run(*command: str | Path) -> None:
    done = subprocess.run(command, env=BARE, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
