"""Terraform for every test of infra/: started once, offline."""

import shutil
from collections.abc import Iterator

import pytest

from tests.infra.installation import EVERYTHING, Installation, install
from tests.infra.providers import Providers, providers
from tests.infra.terraform import Terraform, prepared


@pytest.fixture(scope="session")
def installed_terraform() -> str:
    found = shutil.which("terraform")
    return found or pytest.skip(
        "There is no terraform: https://developer.hashicorp.com/terraform/install"
    )


@pytest.fixture(scope="session")
def google_providers(installed_terraform: str) -> Iterator[Providers]:
    with providers() as found:
        yield found


@pytest.fixture(scope="session")
def terraform(google_providers: Providers, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Terraform at work in a copy of infra/. Plan and validate there; change nothing."""
    return prepared(tmp_path_factory.mktemp("module") / "infra", google_providers)


@pytest.fixture(scope="session")
def installation(terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """One in which every choice is taken."""
    return install(terraform, tmp_path_factory.mktemp("everything"), **EVERYTHING)


@pytest.fixture(scope="session")
def plain_installation(
    terraform: Terraform, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """One of which nothing is known but its project."""
    return install(terraform, tmp_path_factory.mktemp("plain"))
