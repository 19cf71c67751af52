"""The lock installs as it is pinned, whatever the index holds meanwhile, by old pips too."""

import subprocess
import sys
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.e2e.archive import pins
from tests.setup.environments import UV, installed, make_environment, run
from tests.setup.newer_index import NewerIndex
from tools.lock import with_every_extra
from tools.package import ROOT

# The pip of Python 3.11.0, and that of 3.11.7 and 3.12.1. Since 23.3, pip sees the pin of a package
# in a requirement that names its extras.
PIP_22_3 = "22.3 --hash=sha256:1daab4b8d3b97d1d763caeb01a4640a2250a0ea899e257b1e44b9eded91e15ab"
PIP_23_2 = "23.2.1 --hash=sha256:7ccf472345f20d35bdc9d1841ff5f313260c2c33fe417f48c30ac46cccabf5be"
# The first does not start on Python 3.12 and newer.
OLD_PIPS = [PIP_22_3, PIP_23_2] if sys.version_info < (3, 12) else [PIP_23_2]
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


def pinned() -> dict[str, str]:
    return {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins(ROOT / "requirements.txt")
    }


@pytest.mark.parametrize("pip", OLD_PIPS, ids=lambda pip: pip.split()[0])
def test_an_old_pip_installs_the_pins_from_an_index_with_newer_releases(
    pip: str, newer_index: NewerIndex, tmp_path: Path
) -> None:
    environment = make_environment(tmp_path / "environment", pip=pip)
    run_pip = (environment / "bin" / "python", "-m", "pip")

    run(*run_pip, "install", "--requirement", newer_index.lock, *BUILDPACK, "-i", newer_index.url)

    assert pinned() == installed(environment)
    run(*run_pip, "check")


def test_uv_installs_the_pins_too(newer_index: NewerIndex, tmp_path: Path) -> None:
    environment = make_environment(tmp_path / "environment", pip=PIP_23_2)
    python = ("--python", environment / "bin" / "python")

    run(UV, "pip", "install", *python, "-r", newer_index.lock, "--default-index", newer_index.url)

    assert pinned() == installed(environment)
    run(UV, "pip", "check", *python)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_each_supported_python_finds_a_wheel_of_each_pin(version: str, tmp_path: Path) -> None:
    """Of the tests' packages too. Nothing is compiled, and nothing is downloaded here."""
    lock = ("--no-deps", "--require-hashes", "--requirement", ROOT / "requirements-dev.txt")
    platform = ("--python-version", version, "--python-platform", "x86_64-manylinux_2_28")

    found = subprocess.run(
        [
            UV,
            "pip",
            "install",
            "--dry-run",
            "--only-binary=:all:",
            "--target",
            tmp_path,
            *lock,
            *platform,
        ],
        check=False,
        capture_output=True,
        text=True,
    )

    if found.returncode and "No solution found" not in found.stderr:
        pytest.skip(f"No index to ask: {found.stderr}")
    assert found.returncode == 0, found.stderr


def test_a_pin_with_extras_is_pinned_for_each_choice_of_them() -> None:
    choices = ("", "[brotli]", "[http2]", "[brotli,http2]")
    hashes = " \\\n    --hash=sha256:01\n"

    written = with_every_extra(f"av==18.1.0{hashes}httpx[brotli,http2]==1.0{hashes}    # via x\n")

    names = ("av==18.1.0", *(f"httpx{extras}==1.0" for extras in choices))
    assert written == "".join(f"{name}{hashes}" for name in names) + "    # via x\n"
