"""What the platform's build makes of the archive: a folder, and an environment with its pins."""

import subprocess
import venv
import zipfile
from importlib import metadata
from importlib.util import cache_from_source
from io import BytesIO
from pathlib import Path

from packaging.requirements import Requirement

from tools.emulated_cloud.function_process import Installation

_FRAMEWORK = "functions-framework"


def install(archive: bytes, folder: Path) -> Installation:
    """Unpack it into an empty folder, and give it what its requirements pin and nothing else.

    As in the platform's build, a file that Python cannot compile fails.
    """
    root, environment = folder / "workspace", folder / "environment"
    with zipfile.ZipFile(BytesIO(archive)) as packaged:
        packaged.extractall(root)
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    [site] = environment.glob("lib/python*/site-packages")
    for name in {pin.name for pin in pins(root / "requirements.txt")}:
        _link(metadata.distribution(name), site)
    subprocess.run([python, "-m", "compileall", "-f", "-q", "."], cwd=root, check=True)
    return Installation(root=root, framework=_console_script(python))


def pins(requirements: Path) -> list[Requirement]:
    """Return what it installs here: `name==version` each, or `name[extras]==version`."""
    lines = requirements.read_text("utf-8").splitlines()
    stated = [Requirement(line.rstrip(" \\")) for line in lines if line[:1].isalnum()]
    return [each for each in stated if each.marker is None or each.marker.evaluate()]


def _link(installed: metadata.Distribution, site: Path) -> None:
    """Link to the files of this environment: to install them again would need a network.

    Without its byte code, each function would compile a second of code for each of Google's SDKs.
    """
    for file in installed.files or ():
        if ".." in file.parts or file.suffix == ".pyc":
            continue
        source, link = Path(str(file.locate())).resolve(), site / file
        _link_to(source, link)
        if file.suffix == ".py":
            code = Path(cache_from_source(str(source)))
            if code.exists():
                _link_to(code, Path(cache_from_source(str(link))))


def _link_to(file: Path, link: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(file)


def _console_script(python: Path) -> Path:
    """Write what an installer writes for it."""
    [entry] = metadata.distribution(_FRAMEWORK).entry_points.select(name=_FRAMEWORK)
    script = python.with_name(_FRAMEWORK)
    script.write_text(f"#!{python}\nfrom {entry.module} import {entry.attr}\n{entry.attr}()\n")
    script.chmod(0o755)
    return script
