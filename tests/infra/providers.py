"""By which provider Terraform checks and plans: a stand-in, or Google's own, from the registry."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.infra.provider.derive import SCHEMA

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "infra"
TERRAFORM = shutil.which("terraform") or "terraform"


@dataclass(frozen=True, kw_only=True)
class Providers:
    """The variables with which Terraform finds what checks a configuration, and what plans."""

    checking: Mapping[str, str]
    planning: Mapping[str, str]
    schema: Path
    """The one that both go by."""


@contextlib.contextmanager
def providers() -> Iterator[Providers]:
    """Start what GOOGLE_PROVIDER names: `registry`, or by default the stand-in for both."""
    if os.environ.get("GOOGLE_PROVIDER") == "registry":
        with tempfile.TemporaryDirectory() as folder, _from_registry(Path(folder)) as found:
            yield found
    else:
        with stand_in(SCHEMA) as variables:
            yield Providers(checking=variables, planning=variables, schema=SCHEMA)


@contextlib.contextmanager
def stand_in(schema: Path, *options: str) -> Iterator[dict[str, str]]:
    """Serve the stand-in; give the variables with which Terraform finds it."""
    command = [sys.executable, "-m", "tests.infra.provider", str(schema), *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        address = process.stdout.readline() if process.stdout else ""
        if not address:
            raise RuntimeError(f"The stand-in for Google's provider did not start from {schema}.")
        yield {"TF_REATTACH_PROVIDERS": address, "TF_CLI_CONFIG_FILE": os.devnull}


@contextlib.contextmanager
def _from_registry(folder: Path) -> Iterator[Providers]:
    """Fetch Google's provider once, and let the stand-in plan by its schema."""
    module = shutil.copytree(MODULE, folder / "module")
    checking = {"TF_PLUGIN_CACHE_DIR": str(folder)}
    _run(module, checking, "init", "-backend=false", "-input=false")
    schema = folder / "schema.json"
    schema.write_text(_run(module, checking, "providers", "schema", "-json"), "utf-8")
    with stand_in(schema) as planning:
        yield Providers(checking=checking, planning=planning, schema=schema)


def _run(module: Path, variables: Mapping[str, str], *arguments: str) -> str:
    return subprocess.run(
        [TERRAFORM, f"-chdir={module}", *arguments],
        env={**os.environ, **variables},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
