"""The rules that Terraform holds by itself, also where there is nothing of this but infra/."""

from tests.infra.terraform import Terraform


def test_terraform_s_own_tests_pass(terraform: Terraform) -> None:
    done = terraform.run("test", "-no-color")

    assert 0 == done.returncode, done.stdout + done.stderr
    assert " 0 failed" in done.stdout
