"""The stand-in for Google's provider: what it refuses, what it plans, and what it makes up."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.infra.provider.derive import SCHEMA, types_named
from tests.infra.provider.schema import ProviderSchema
from tests.infra.providers import Providers, stand_in
from tests.infra.terraform import Terraform, prepared

EXAMPLE = Path(__file__).parent / "example"

FAULTS = {
    "a misspelt type": (
        'resource "google_cloud_scheduler_job" ',
        'resource "google_cloud_scheduler_jop" ',
        '"google_cloud_scheduler_jop". Did you mean "google_cloud_scheduler_job"?',
    ),
    "an argument left out": (
        '  location = "us-central1"\n',
        "",
        'The argument "location" is required',
    ),
    "a block too many": (
        "  pubsub_target {",
        '  pubsub_target {\n    topic_name = ""\n  }\n  pubsub_target {',
        'No more than 1 "pubsub_target" blocks are allowed',
    ),
    "a wrong type": (
        '{ app = "showreel" }',
        '["showreel"]',
        'Inappropriate value for attribute "labels": map of string required.',
    ),
    "a wrong reference": (
        "google_service_account.push.email",
        "google_service_account.push.emial",
        'or exported attribute named "emial". Did you mean "email"?',
    ),
    "a value that is not in the list": (
        "RETRY_POLICY_RETRY",
        "RETRY",
        "retry_policy = 'RETRY'; one of RETRY_POLICY_UNSPECIFIED, RETRY_POLICY_DO_NOT_RETRY,",
    ),
    "a value that Google decides": (
        'account_id = "push"',
        'account_id = "push"\n  email = "push@example.com"',
        'Can\'t configure a value for "email"',
    ),
}


@pytest.fixture(scope="module")
def served(installed_terraform: str) -> Iterator[Providers]:
    with stand_in(SCHEMA) as variables:
        yield Providers(checking=variables, planning=variables, schema=SCHEMA)


@pytest.fixture
def example(served: Providers, tmp_path: Path) -> Terraform:
    return prepared(tmp_path / "example", served, module=EXAMPLE)


def rewrite(terraform: Terraform, right: str, wrong: str) -> None:
    file = terraform.folder / "main.tf"
    source = file.read_text("utf-8")
    assert source.count(right) == 1
    file.write_text(source.replace(right, wrong), "utf-8")


def planned(terraform: Terraform) -> dict[str, Any]:
    """Return each change by its address, as `terraform show -json` says it."""
    assert terraform.run("plan", "-out=plan").returncode == 0
    shown = json.loads(terraform.run("show", "-json", "plan").stdout)
    return {change["address"]: change["change"] for change in shown["resource_changes"]}


@pytest.mark.parametrize(("right", "wrong", "message"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_reported(
    example: Terraform, right: str, wrong: str, message: str
) -> None:
    rewrite(example, right, wrong)
    (error,) = example.validate()
    assert message in error.detail


def test_a_plan_knows_what_is_configured_and_not_what_google_decides(example: Terraform) -> None:
    subscription = planned(example)["google_pubsub_subscription.steps"]
    assert subscription["after"]["ack_deadline_seconds"] == 60
    assert "id" not in subscription["after"]
    assert subscription["after_unknown"]["id"]
    assert subscription["after_unknown"]["push_config"][0]["oidc_token"][0]["service_account_email"]


def test_a_data_source_answers_the_same_each_time(example: Terraform) -> None:
    first, second = (
        planned(example)["google_pubsub_topic_iam_member.steps"]["after"]["member"] for _ in "ab"
    )
    assert first == second
    assert first.removeprefix("serviceAccount:service-").split("@")[0].isdigit()


def test_all_that_was_applied_can_be_destroyed(example: Terraform) -> None:
    example.run("apply", "-auto-approve")
    destroyed = example.run("destroy", "-auto-approve", "-no-color")
    assert "Destroy complete! Resources: 6 destroyed." in destroyed.stdout


def test_a_plan_can_foresee_what_an_apply_decides(served: Providers, tmp_path: Path) -> None:
    with stand_in(SCHEMA, "--foresee") as planning:
        example = prepared(tmp_path / "copy", replace(served, planning=planning), module=EXAMPLE)
        foreseen = planned(example)["google_pubsub_topic.steps"]["after"]
        example.run("apply", "-auto-approve")
        assert foreseen == planned(example)["google_pubsub_topic.steps"]["before"]
    assert foreseen["id"].isdigit()


def test_generated_values_differ_between_resources(example: Terraform) -> None:
    example.run("apply", "-auto-approve")
    shown = json.loads(example.run("show", "-json").stdout)
    resources = shown["values"]["root_module"]["resources"]
    assert len(resources) == len({resource["values"]["id"] for resource in resources})


def test_the_schema_describes_every_type_that_is_named() -> None:
    schema = ProviderSchema.parse(SCHEMA.read_text("utf-8"))
    described = {("resource", name) for name in schema.resources}
    described |= {("data", name) for name in schema.data_sources}
    named = {(kind, f"google_{name}") for kind, name in types_named()}
    assert named - described == set(), "python -m tests.infra.provider.derive"
