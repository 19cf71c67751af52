"""Terraform at work in a copy: as anybody may start it, and apart from anybody's own."""

from pathlib import Path

import pytest

from tests.infra import terraform
from tests.infra.providers import Providers
from tests.infra.terraform import Terraform, TerraformError, prepared


def test_the_command_runs_terraform_and_ends_as_it_does(
    installed_terraform: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert terraform.main("validate", "-no-color") == 0
    assert "The configuration is valid." in capfd.readouterr().out
    assert terraform.main("validate", "-nonsense") == 1


def test_a_users_own_variables_stay_out(
    terraform: Terraform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_VAR_project_id", "somebodys-own")
    monkeypatch.setenv("TF_CLI_ARGS_plan", "-destroy")
    assert {"TF_VAR_project_id", "TF_CLI_ARGS_plan"}.isdisjoint(terraform.environment("plan"))


def test_a_failed_preparation_is_an_error(google_providers: Providers, tmp_path: Path) -> None:
    (tmp_path / "module").mkdir()
    (tmp_path / "module" / "main.tf").write_text("resource {")
    with pytest.raises(TerraformError):
        prepared(tmp_path / "copy", google_providers, module=tmp_path / "module")
