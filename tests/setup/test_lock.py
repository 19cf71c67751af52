"""The lock installs as it is pinned, whatever the index holds meanwhile, by old pips too."""

import os
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.e2e.archive import pins
from tests.setup.newer_index import NewerIndex, make_newer_index
from tools.package import ROOT

# The pip of Python 3.11.0, and that of 3.11.7 and 3.12.1. Since 23.3, pip sees the pin of a package
# in a requirement that names its extras.
OLD_PIPS = {
    "22.3": "1daab4b8d3b97d1d763caeb01a4640a2250a0ea899e257b1e44b9eded91e15ab",
    "23.2.1": "7ccf472345f20d35bdc9d1841ff5f313260c2c33fe417f48c30ac46cccabf5be",
}
# As Google's buildpack for Python installs a function (pkg/python/python.go), before it runs
# `pip check`. Only --user is missing, which an environment of its own refuses.
BUILDPACK = (
    "--upgrade",
    "--upgrade-strategy=only-if-needed",
    "--no-warn-script-location",
    "--no-warn-conflicts",
    "--force-reinstall",
    "--no-compile",
    "--disable-pip-version-check",
    "--no-cache-dir",
)
# No configuration of this machine: neither its index, nor its constraints.
BARE = {"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1"}
UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="module")
def newer_index(tmp_path_factory: pytest.TempPathFactory) -> NewerIndex:
    folder = tmp_path_factory.mktemp("newer-index")
    return make_newer_index(pins(ROOT / "requirements.txt"), folder)


@pytest.fixture(scope="module", params=OLD_PIPS)
def old_pip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    version: str = request.param
    if version == "22.3" and sys.version_info >= (3, 12):
        pytest.skip("pip 22.3 does not start on Python 3.12 and newer.")
    folder = tmp_path_factory.mktemp(f"pip-{version}")
    requirement = folder / "pip.txt"
    requirement.write_text(f"pip=={version} --hash=sha256:{OLD_PIPS[version]}\n")
    command = [UV, "pip", "install", "--quiet", "--target", folder, "--requirement", requirement]
    fetched = subprocess.run(command, check=False, capture_output=True, text=True)
    if fetched.returncode:
        pytest.skip(f"pip {version} cannot be had: {fetched.stderr}")
    return folder / "pip"


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An empty one: no package, and no pip."""
    folder = tmp_path / "environment"
    venv.create(folder, symlinks=True)
    return folder


def pinned() -> dict[str, str]:
    return {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins(ROOT / "requirements.txt")
    }


def installed(environment: Path) -> dict[str, str]:
    [site] = environment.glob("lib/python*/site-packages")
    found = metadata.distributions(path=[str(site)])
    return {canonicalize_name(each.name): each.version for each in found}


def run(*command: str | Path) -> None:
    done = subprocess.run(command, env=BARE, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_old_pip_installs_the_pins_where_newer_releases_are(
    old_pip: Path, newer_index: NewerIndex, environment: Path
) -> None:
    pip = (environment / "bin" / "python", old_pip)

    run(*pip, "install", "--requirement", newer_index.lock, *BUILDPACK, "-i", newer_index.url)

    assert pinned() == installed(environment)
    run(*pip, "check")


def test_so_does_uv_which_the_buildpack_runs_from_python_3_14_on(
    newer_index: NewerIndex, environment: Path
) -> None:
    python = ("--python", environment / "bin" / "python")

    run(UV, "pip", "install", *python, "-r", newer_index.lock, "--default-index", newer_index.url)

    assert pinned() == installed(environment)
    run(UV, "pip", "check", *python)
