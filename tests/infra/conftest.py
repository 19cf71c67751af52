"""Terraform for every test of infra/: started once, offline."""

import shutil
from collections.abc import Iterator

import pytest

from tests.infra.terraform import Terraform, terraform_in


@pytest.fixture(scope="session")
def installed_terraform() -> str:
    found = shutil.which("terraform")
    return found or pytest.skip(
        "There is no terraform: https://developer.hashicorp.com/terraform/install"
    )


@pytest.fixture(scope="session")
def terraform(
    installed_terraform: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Terraform]:
    """Terraform at work in a copy of infra/. Plan and validate there; change nothing."""
    with terraform_in(tmp_path_factory.mktemp("module") / "infra") as terraform:
        yield terraform
