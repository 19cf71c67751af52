"""`make deploy` and `make destroy`, with the real Terraform and a stand-in for the provider."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.eventually import eventually
from tests.infra.terraform import Terraform
from tools.package import ROOT

_DEPLOYED = (".gcloudignore", "Makefile", "functions", "infra", "main.py", "requirements.txt")
_LEFT_BEHIND = shutil.ignore_patterns("__pycache__", ".terraform*", "*.tfstate*", "*.tfvars")
_MAKE = shutil.which("make") or "make"
_NO_CHANGES = "No changes. Your infrastructure matches the configuration."
# What stands in for Terraform where it is about signals: it takes its time to end in good order.
_SLOW_TO_END = """#!/bin/sh
case "$*" in *" apply "*) ;; *) exit 0;; esac
trap 'sleep 1; echo ended in good order; exit 3' INT
echo begun
while :; do sleep 0.05; done
"""


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A copy of the project, and the environment in which somebody works there."""

    folder: Path
    environment: Mapping[str, str]

    def make(
        self, *arguments: str, answer: str = "", **changes: str
    ) -> subprocess.CompletedProcess[str]:
        """Run make with the tests' own environment in the place of a fresh one."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env={**self.environment, **changes},
            input=answer,
            check=False,
            capture_output=True,
            text=True,
        )

    def command(self, *arguments: str) -> list[str]:
        installed = Path(sys.executable).parent
        return [_MAKE, "--old-file=.venv/runtime", f"BIN={installed}", *arguments]


@pytest.fixture
def checkout(terraform: Terraform, tmp_path: Path) -> Checkout:
    return checked_out(terraform, tmp_path / "showreel")


@pytest.fixture(scope="module")
def deployed(terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """One from which an installation was made. Change nothing there."""
    checkout = checked_out(terraform, tmp_path_factory.mktemp("deployed") / "showreel")
    applied = checkout.make("deploy", "PROJECT=my-project", answer="yes\n")
    assert applied.returncode == 0, applied.stderr
    assert "api_url = " in applied.stdout
    return checkout


def checked_out(terraform: Terraform, folder: Path) -> Checkout:
    for name in ("shared", "tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=_LEFT_BEHIND)
    for name in _DEPLOYED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    environment = {
        **terraform.environment("apply"),
        "GOOGLE_OAUTH_ACCESS_TOKEN": "ya29.test",
        "TF_CLI_ARGS": "-no-color",
    }
    return Checkout(folder=folder, environment=environment)


def copied(deployed: Checkout, folder: Path) -> Checkout:
    return replace(deployed, folder=shutil.copytree(deployed.folder, folder / "showreel"))


def test_deploying_shows_the_plan_and_does_nothing_without_a_yes(checkout: Checkout) -> None:
    refused = checkout.make("deploy", "PROJECT=my-project", answer="no\n")

    assert refused.returncode != 0
    assert 'google_cloudfunctions2_function.function["serve_api"] will be created' in refused.stdout
    assert "0 to change, 0 to destroy." in refused.stdout
    assert "Apply cancelled." in refused.stdout


def test_a_second_deployment_of_the_same_code_changes_nothing(deployed: Checkout) -> None:
    again = deployed.make("deploy", "PROJECT=my-project")

    assert again.returncode == 0
    assert _NO_CHANGES in again.stdout


def test_destroying_asks_before_anything_is_lost(deployed: Checkout) -> None:
    refused = deployed.make("destroy", "PROJECT=my-project", answer="no\n")

    assert refused.returncode != 0
    assert "google_firestore_database.records will be destroyed" in refused.stdout
    assert "Destroy cancelled." in refused.stdout


def test_a_state_moves_to_its_configured_backend(deployed: Checkout, tmp_path: Path) -> None:
    checkout = copied(deployed, tmp_path)
    elsewhere = tmp_path / "elsewhere"
    backend = f'terraform {{\n  backend "local" {{\n    workspace_dir = "{elsewhere}"\n  }}\n}}\n'
    (checkout.folder / "infra" / "backend.tf").write_text(backend)

    moved = checkout.make("deploy", "PROJECT=my-project", answer="yes\n")

    assert "Do you want to migrate all workspaces" in moved.stdout
    assert _NO_CHANGES in moved.stdout
    assert [path.name for path in elsewhere.iterdir()] == ["my-project"]


def test_each_project_has_a_state_of_its_own(deployed: Checkout, tmp_path: Path) -> None:
    checkout = copied(deployed, tmp_path)

    checkout.make("deploy", "PROJECT=another-project", answer="no\n")

    states = checkout.folder / "infra" / "terraform.tfstate.d"
    assert {path.name for path in states.iterdir()} == {"my-project", "another-project"}


def test_additional_arguments_reach_terraform(checkout: Checkout) -> None:
    refused = checkout.make("deploy", "PROJECT=my-project", "TERRAFORM_ARGS=-var=region=nowhere")

    assert refused.returncode != 0
    assert "region must be a region of Google Cloud" in refused.stderr


@pytest.mark.parametrize("target", ["deploy", "destroy"])
def test_without_a_project_the_error_asks_for_one(checkout: Checkout, target: str) -> None:
    refused = checkout.make(target)

    assert refused.returncode != 0
    assert f"Which project? make {target} PROJECT=my-project" in refused.stderr


def test_a_wrong_project_is_refused_with_a_sentence(checkout: Checkout) -> None:
    refused = checkout.make("deploy", "PROJECT=my_project")

    assert refused.returncode != 0
    assert "project_id must be the id of a project" in refused.stderr


def test_without_terraform_the_error_says_where_to_get_it(
    checkout: Checkout, tmp_path: Path
) -> None:
    refused = checkout.make("deploy", "PROJECT=my-project", PATH=str(tmp_path))

    assert refused.returncode != 0
    assert "https://developer.hashicorp.com/terraform/install" in refused.stderr


def test_without_credentials_the_error_says_how_to_get_some(checkout: Checkout) -> None:
    refused = checkout.make("deploy", "PROJECT=my-project", GOOGLE_OAUTH_ACCESS_TOKEN="")

    assert refused.returncode != 0
    assert "gcloud auth application-default login" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_interrupt_lets_terraform_end_in_order(checkout: Checkout, tmp_path: Path) -> None:
    """Killed in the middle of an apply, Terraform would forget what it has made."""
    terraform = tmp_path / "terraform"
    terraform.write_text(_SLOW_TO_END)
    terraform.chmod(0o755)
    said = tmp_path / "said"
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.deploy", "apply", "my-project"],
            cwd=checkout.folder,
            env={**checkout.environment, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
            stdout=output,
            start_new_session=True,
        )
    eventually(lambda: "begun" in said.read_text())

    os.killpg(process.pid, signal.SIGINT)

    assert process.wait(30) == 3
    assert "ended in good order" in said.read_text()
