"""Terraform has nothing to object to, neither in infra/ nor in what its README suggests."""

import subprocess

import pytest

from tests.infra.providers import MODULE
from tests.infra.terraform import Terraform
from tests.infra.test_docs import fenced


def formatted(installed_terraform: str, source: str) -> str:
    return subprocess.run(
        [installed_terraform, "fmt", "-"], input=source, check=True, capture_output=True, text=True
    ).stdout


def test_the_files_are_as_terraform_formats_them(installed_terraform: str) -> None:
    """`terraform fmt -recursive infra` writes them so."""
    checked = subprocess.run(
        [installed_terraform, "fmt", "-check", "-diff", "-recursive", MODULE],
        check=False,
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("block", fenced("hcl"))
def test_the_readme_s_blocks_are_as_terraform_formats_them(
    installed_terraform: str, block: str
) -> None:
    assert block == formatted(installed_terraform, block)


def test_the_module_is_valid(terraform: Terraform) -> None:
    assert terraform.validate() == []


def test_terraform_s_own_tests_pass(terraform: Terraform) -> None:
    done = terraform.run("test", "-no-color")

    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failed" in done.stdout
