"""Runs the real Terraform on infra/ with no cloud, no account and no network.

    python -m tests.infra.terraform validate
    python -m tests.infra.terraform test
    python -m tests.infra.terraform plan -var project_id=my-project

Terraform works on a copy of the module, whose state is a file there. Instead of Google's provider
it finds the stand-in of tests/infra/provider, with the schema of one version. After the module has
come to name a new type: `python -m tests.infra.provider.derive`.

With GOOGLE_PROVIDER=registry, here and for the tests, Terraform fetches Google's provider, which
checks every configuration by its own schema. Only plans are still made by the stand-in, by that
schema, because Google's provider asks a cloud for what it plans.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.infra.providers import MODULE, ROOT, TERRAFORM, Providers, providers

__all__ = ["MODULE", "ROOT", "Diagnostic", "Terraform", "TerraformError", "prepared"]

_STATE_BESIDE_THE_COPY = 'terraform {\n  backend "local" {}\n}\n'
_LEFT_BEHIND = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfvars")
# A run is over before it needs most of the memory again: to collect it often costs a quarter of
# the time, and never to collect it a tenth, for pages that are new.
_QUIET = {"CHECKPOINT_DISABLE": "1", "GOGC": "800", "TF_IN_AUTOMATION": "1"}
_PLANNING = {"apply", "destroy", "plan", "refresh", "show"}


class TerraformError(Exception):
    """Terraform refused; the text is what it said."""


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """An error or a warning, and where the configuration has it."""

    severity: str
    summary: str
    detail: str
    file: str
    line: int

    @classmethod
    def parse(cls, stated: Mapping[str, Any]) -> Self:
        """Read one of `terraform validate -json`; its detail becomes one line."""
        place = stated.get("range", {"filename": "", "start": {"line": 0}})
        return cls(
            severity=stated["severity"],
            summary=stated["summary"],
            detail=" ".join(stated.get("detail", "").split()),
            file=place["filename"],
            line=place["start"]["line"],
        )


@dataclass(frozen=True, kw_only=True)
class Terraform:
    """Terraform at work in one folder."""

    folder: Path
    providers: Providers

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command and return whatever came of it."""
        return subprocess.run(
            [TERRAFORM, f"-chdir={self.folder}", *arguments],
            env=self.environment(arguments[0]),
            check=False,
            capture_output=True,
            text=True,
        )

    def environment(self, command: str) -> dict[str, str]:
        """Return the variables with which Terraform finds the provider for the command."""
        plans = command in _PLANNING
        provider = self.providers.planning if plans else self.providers.checking
        return {**_ours(), **_QUIET, **provider}

    def validate(self) -> list[Diagnostic]:
        """Return all errors and warnings of the configuration."""
        verdict = json.loads(self.run("validate", "-json").stdout)
        return [Diagnostic.parse(stated) for stated in verdict["diagnostics"]]


def prepared(copy: Path, found: Providers, *, module: Path = MODULE) -> Terraform:
    """Copy the module to `copy`, and give Terraform, ready to work there."""
    shutil.copytree(module, copy, ignore=_LEFT_BEHIND)
    (copy / "backend_override.tf").write_text(_STATE_BESIDE_THE_COPY, "utf-8")
    terraform = Terraform(folder=copy, providers=found)
    done = terraform.run("init", "-input=false", "-no-color")
    if done.returncode:
        raise TerraformError(done.stdout + done.stderr)
    return terraform


def _ours() -> dict[str, str]:
    """Return the environment without the user's Terraform options, except those for downloads."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TF_") or name == "TF_CLI_CONFIG_FILE"
    }


def main(*arguments: str) -> int:
    """Run one command of Terraform as on a terminal; return its exit code."""
    with tempfile.TemporaryDirectory() as folder, providers() as found:
        terraform = prepared(Path(folder, "infra"), found)
        command = [TERRAFORM, f"-chdir={terraform.folder}", *arguments]
        environment = terraform.environment(arguments[0])
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
