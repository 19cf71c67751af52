"""Runs the real Terraform on infra/ with no cloud, no account and no network.

    python -m tests.infra.terraform validate
    python -m tests.infra.terraform test
    python -m tests.infra.terraform plan -var project_id=my-project

Terraform works on a copy of the module, whose state is a file there. Instead of Google's provider
it finds the stand-in of tests/infra/provider, with the schema of the newest tested version. After
the module has come to name a new type: `python -m tests.infra.provider.derive`.

With GOOGLE_PROVIDER=registry, Terraform fetches Google's provider, which then gives its own schema
and checks every configuration. Only plans are still made by the stand-in, out of that schema,
because Google's provider asks a cloud for what it plans.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "infra"
SCHEMAS = ROOT / "tests" / "infra" / "provider" / "schemas"
NEWEST = SCHEMAS / "google-8.7.0.json"

_TERRAFORM = shutil.which("terraform") or "terraform"
_STATE_BESIDE_THE_COPY = 'terraform {\n  backend "local" {}\n}\n'
_LEFT_BEHIND = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfvars")
_PLANNING = {"apply", "destroy", "plan", "refresh", "show"}


class TerraformError(Exception):
    """Terraform refused. Its text is each error's summary and detail, without line breaks."""


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
        place = stated.get("range", {"filename": "", "start": {"line": 0}})
        return cls(
            severity=stated["severity"],
            summary=stated["summary"],
            detail=" ".join(stated.get("detail", "").split()),
            file=place["filename"],
            line=place["start"]["line"],
        )


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an apply would do, as `terraform show -json` says it."""

    shown: Json

    def resources(self, type_name: str) -> dict[str, Json]:
        """Return the planned values of each resource of the type, by its address."""
        return {
            change["address"]: change["change"]["after"]
            for change in self.shown["resource_changes"]
            if change["type"] == type_name and change["change"]["after"] is not None
        }


@dataclass(frozen=True, kw_only=True)
class Terraform:
    """Terraform at work in one folder."""

    folder: Path
    checking: Mapping[str, str]
    planning: Mapping[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command and return whatever came of it."""
        return subprocess.run(
            [_TERRAFORM, f"-chdir={self.folder}", *arguments],
            env=self.environment(arguments[0]),
            check=False,
            capture_output=True,
            text=True,
        )

    def environment(self, command: str) -> dict[str, str]:
        """Return the variables with which Terraform finds the provider for the command."""
        provider = self.planning if command in _PLANNING else self.checking
        return {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", **provider}

    def init(self) -> None:
        """Prepare the folder."""
        self._succeed("init", "-input=false", "-no-color")

    def validate(self) -> list[Diagnostic]:
        """Return all errors and warnings of the configuration."""
        verdict = json.loads(self.run("validate", "-json").stdout)
        return [Diagnostic.parse(stated) for stated in verdict["diagnostics"]]

    def plan(self, **variables: object) -> Plan:
        """Plan from the folder's state. Raise TerraformError where Terraform refuses."""
        with tempfile.TemporaryDirectory() as folder:
            given = Path(folder, "given.tfvars.json")
            given.write_text(json.dumps(variables), "utf-8")
            out = Path(folder, "plan")
            planned = self.run("plan", "-json", "-lock=false", f"-var-file={given}", f"-out={out}")
            if planned.returncode:
                raise TerraformError(_errors(planned.stdout) or planned.stderr)
            return Plan(shown=json.loads(self._succeed("show", "-json", str(out))))

    def _succeed(self, *arguments: str) -> str:
        done = self.run(*arguments)
        if done.returncode:
            raise TerraformError(done.stdout + done.stderr)
        return done.stdout


def _errors(lines: str) -> str:
    """Read what went wrong out of the lines of JSON that a command says of its work."""
    said = [json.loads(line) for line in lines.splitlines()]
    found = [Diagnostic.parse(line["diagnostic"]) for line in said if "diagnostic" in line]
    return "\n".join(f"{one.summary}: {one.detail}" for one in found if one.severity == "error")


@contextlib.contextmanager
def stand_in(schema: Path) -> Iterator[dict[str, str]]:
    """Serve the stand-in provider; give the variables with which Terraform finds it."""
    command = [sys.executable, "-m", "tests.infra.provider", str(schema)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield {"TF_REATTACH_PROVIDERS": process.stdout.readline(), "TF_CLI_CONFIG_FILE": os.devnull}
        process.stdin.close()


@contextlib.contextmanager
def terraform_in(copy: Path, *, module: Path = MODULE) -> Iterator[Terraform]:
    """Copy the module to `copy` and give Terraform, ready to work there."""
    shutil.copytree(module, copy, ignore=_LEFT_BEHIND)
    (copy / "backend_override.tf").write_text(_STATE_BESIDE_THE_COPY, "utf-8")
    schema, checking = _registry(copy) if _asks_registry() else (NEWEST, None)
    with stand_in(schema) as planning:
        terraform = Terraform(folder=copy, checking=checking or planning, planning=planning)
        terraform.init()
        yield terraform


def _asks_registry() -> bool:
    return os.environ.get("GOOGLE_PROVIDER") == "registry"


def _registry(copy: Path) -> tuple[Path, dict[str, str]]:
    """Fetch Google's provider, and return its schema."""
    cache = copy.with_name("plugins")
    cache.mkdir(exist_ok=True)
    environment = {"TF_PLUGIN_CACHE_DIR": str(cache)}
    terraform = Terraform(folder=copy, checking=environment, planning=environment)
    terraform.init()
    schema = copy.with_name("schema.json")
    schema.write_text(terraform.run("providers", "schema", "-json").stdout, "utf-8")
    return schema, environment


def main(*arguments: str) -> int:
    """Run one command of Terraform as on a terminal; return its exit code."""
    with (
        tempfile.TemporaryDirectory() as folder,
        terraform_in(Path(folder, "infra")) as terraform,
    ):
        command = [_TERRAFORM, f"-chdir={terraform.folder}", *arguments]
        environment = terraform.environment(arguments[0])
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
