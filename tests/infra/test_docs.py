"""The documents of infra/ match Terraform: tables, settings, runbook, numbers."""

import re
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

import main
from shared.domain.model_registry import MODELS
from shared.domain.schedule import DEADLINE
from shared.requests.bodies import RequestVideosBody
from shared.requests.parsing import from_json
from shared.settings import DEFAULT_MODEL, read_settings
from tests.infra.installation import CALLER, PROJECT, PUBLISHER, VIEWER, Installation
from tests.infra.providers import ROOT, TERRAFORM
from tests.infra.terraform import Terraform
from tests.infra.test_iam import grants
from tests.infra.test_monitoring import logged_events
from tools.doctor.expected import Grant
from tools.emulated_cloud.bucket.server import StrictBucketServer
from tools.infra_costs import SERVICES, TICKS, VIDEOS_A_MONTH, Use, days_of_round
from tools.infra_reference import DOCUMENTS, INFRA, blocks, inputs, with_tables

README = (INFRA / "README.md").read_text("utf-8")
REFERENCE, COSTS = (document.read_text("utf-8") for document in DOCUMENTS)
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")
ALL = f"{README}\n{REFERENCE}\n{COSTS}\n{RUNBOOK}"
SOURCE = "\n".join(path.read_text("utf-8") for path in sorted(INFRA.glob("*.tf")))

_IN_WORDS = {
    CALLER: "each of the invokers",
    PUBLISHER: "each of the publishers",
    VIEWER: "each of the plays_invokers",
}
_CHOSEN = re.compile(r"^(\w+) +=", re.MULTILINE)
_MAKE = re.compile(r"\bmake ([a-z-]+)")


def fenced(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", ALL, re.DOTALL)


def rows(table: str) -> list[list[str]]:
    """Return the cells of what stands between two marks, without its heading."""
    _, _, rest = ALL.partition(f"<!-- {table} -->\n")
    lines = rest.partition(f"<!-- /{table} -->")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def stated_grants() -> Iterator[Grant]:
    for who, role, place, _ in rows("grants"):
        columns = (cell.replace("`", "").split("; ") for cell in (who, role, place))
        yield from product(*columns)


def test_the_tables_of_inputs_outputs_and_costs_match_the_files() -> None:
    """`make settings` updates them."""
    assert with_tables(REFERENCE) == REFERENCE
    assert with_tables(COSTS) == COSTS


def test_every_variable_and_output_is_in_its_table() -> None:
    for kind, table in (("variable", "inputs"), ("output", "outputs")):
        stated = re.findall(rf'^{kind} "(\w+)"', SOURCE, re.MULTILINE)

        assert len(stated) >= 9
        assert sorted(stated) == sorted(cells[0].strip("`") for cells in rows(table))


def test_a_table_states_what_a_block_states() -> None:
    source = """variable "secrets" {
  description = "Whose \\"values\\" are elsewhere."
  type = map(object({
    secret  = string
    version = optional(string, "latest")
  }))
  default = {}

  validation {
    condition     = true
    error_message = "No."
  }
}

variable "project_id" {
  description = "A project."
  type        = string
}
"""

    assert inputs(source)[2:] == [
        "| `project_id` | `string` | **required** | A project. |",
        (
            '| `secrets` | `map(object({ secret = string, version = optional(string, "latest") }))`'
            ' | `{}` | Whose "values" are elsewhere. |'
        ),
    ]


def test_the_table_of_grants_matches_the_plan(installation: Installation) -> None:
    made = {
        tuple(_IN_WORDS.get(word, word) for word in grant)
        if grant[1] != "secretmanager.secretAccessor"
        else ("the functions that are named", grant[1], "each of the secrets")
        for grant in grants(installation)
    }

    assert made == set(stated_grants())


def test_every_alert_has_an_entry_in_the_runbook(installation: Installation) -> None:
    entries = [
        line.removeprefix("### ") for line in RUNBOOK.splitlines() if line.startswith("### ")
    ]

    alerts = installation.all("google_monitoring_alert_policy.alert").values()
    assert len(alerts) >= 6
    for alert in alerts:
        assert entries.count(alert["display_name"].removeprefix("Showreel: ")) == 1


def test_every_error_that_is_logged_is_in_the_runbook() -> None:
    errors = logged_events(r"logger[.](error|exception)")

    assert "clip.missing" in errors
    assert [event for event in sorted(errors) if f"`{event}`" not in RUNBOOK] == []


def test_the_numbers_in_the_text_match_the_plan(installation: Installation) -> None:
    subscription = installation.all("google_pubsub_subscription.function")["generate_video"]
    (dead_letters,) = subscription["dead_letter_policy"]
    (tick,) = (
        each["message_retention_duration"]
        for target, each in installation.all("google_pubsub_subscription.function").items()
        if target == "maintain_campaigns"
    )

    assert f"after {DEADLINE.seconds // 60} minutes" in RUNBOOK
    assert f"refused {dead_letters['max_delivery_attempts']} times" in RUNBOOK
    assert f"A function: {subscription['ack_deadline_seconds']} seconds" in COSTS
    days = int(subscription["message_retention_duration"].removesuffix("s")) // 86400
    minutes = int(tick.removesuffix("s")) // 60
    assert f"A message waits for {days} days, a tick for {minutes} minutes" in COSTS


def test_every_file_is_introduced() -> None:
    assert [path.name for path in INFRA.glob("*.tf") if f"`{path.name}`" not in README] == []


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

    code = " ".join([*fenced("sh"), *fenced("yaml"), *re.findall(r"`([^`\n]+)`", ALL)])
    assert set(_MAKE.findall(code)) - targets == set()


def test_every_output_that_a_command_reads_exists() -> None:
    asked_for = set(re.findall(r"infra output (?:-raw )?(\w+)", ALL))

    assert {"api_url", "ci_member", "ci_provider"} <= asked_for
    assert asked_for <= blocks(SOURCE, "output").keys()


def choices() -> list[list[str]]:
    """What is shown as values of variables, as few files as possible that choose each once."""
    files: list[list[str]] = []
    for chosen in fenced("hcl"):
        if "terraform {" in chosen:
            continue
        named = set(_CHOSEN.findall(chosen))
        for file in files:
            if named.isdisjoint(_CHOSEN.findall("".join(file))):
                file.append(chosen)
                break
        else:
            files.append([chosen])
    return files


@pytest.mark.parametrize("chosen", choices())
def test_documented_values_are_accepted(
    terraform: Terraform, tmp_path: Path, chosen: list[str]
) -> None:
    given, archive = tmp_path / "given.tfvars", tmp_path / "showreel.zip"
    given.write_text("".join(chosen), "utf-8")
    archive.touch()

    planned = terraform.run(
        "plan",
        "-lock=false",
        f"-state={tmp_path / 'state'}",
        f"-var-file={given}",
        f"-var=project_id={PROJECT}",
        f"-var=source_archive={archive}",
    )

    assert planned.returncode == 0, planned.stderr


def test_a_state_is_kept_in_the_bucket_that_is_named(
    terraform: Terraform, bucket_server: StrictBucketServer, tmp_path: Path
) -> None:
    """The state itself comes by another way, which no emulator has."""
    (backend,) = (each for each in fenced("hcl") if "terraform {" in each)
    (tmp_path / "backend.tf").write_text(backend, "utf-8")
    bucket_server.create_bucket("my-project-terraform")
    bucket_server.forget()
    endpoint = f"{bucket_server.url}/storage/v1/"

    done = subprocess.run(
        [TERRAFORM, f"-chdir={tmp_path}", "init", "-input=false", "-no-color"],
        env={
            **terraform.environment("init"),
            "GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT": endpoint,
            "GOOGLE_OAUTH_ACCESS_TOKEN": "ya29.test",
        },
        check=False,
        capture_output=True,
        text=True,
    )

    assert 'Successfully configured the backend "gcs"!' in done.stdout
    (listed, *_) = bucket_server.requests
    assert "/b/my-project-terraform/o?" in listed.line
    assert "prefix=showreel/" in listed.line
    assert "gcloud storage buckets create gs://my-project-terraform " in README


def test_the_workflow_proves_who_it_is_and_deploys(installation: Installation) -> None:
    (workflow,) = fenced("yaml")
    (named,) = re.findall(r"workload_identity_provider: (\S+)", workflow)
    (provider,) = installation.all("google_iam_workload_identity_pool_provider.github").values()

    made = (provider["workload_identity_pool_id"], provider["workload_identity_pool_provider_id"])
    assert made == tuple(named.split("/")[-3::2])
    assert "  id-token: write\n" in workflow
    assert f"  - run: make deploy PROJECT={PROJECT} TERRAFORM_ARGS=-auto-approve\n" in workflow


def test_a_message_that_is_shown_asks_for_videos() -> None:
    (message,) = re.findall(r"--message='([^']+)'", README)

    assert from_json(message.encode(), RequestVideosBody).campaign_id == "spring"


def test_the_function_to_try_is_a_whole_system_for_nothing(installation: Installation) -> None:
    (line,) = re.findall(r"gcloud functions deploy .*", README)
    flags = dict(re.findall(r"--([a-z-]+)=(\S+)", line))
    environment = dict(each.split("=", 1) for each in flags["set-env-vars"].split(","))
    (build,) = installation.functions["serve_api"]["build_config"]

    assert flags["entry-point"] in main.__all__
    assert flags["runtime"] == build["runtime"]
    assert read_settings(environment).simulated
    assert "--no-allow-unauthenticated" in line


def test_a_cost_is_its_price_times_its_quantity() -> None:
    use = Use(what="request", usd="0.5", each_video="3", each_month="10")

    assert use.cost(100) == Decimal("155.0")


def test_the_costs_add_up() -> None:
    costs = {what: [Decimal(each.replace(",", "")) for each in cells] for what, *cells in money()}

    for column, videos in enumerate(VIDEOS_A_MONTH):
        services = sum((costs[service][column] for service in SERVICES), Decimal())
        assert services == pytest.approx(costs["**all but Veo**"][column], abs=Decimal("0.03"))
        per_second, _ = MODELS[DEFAULT_MODEL].prices["720p"]
        assert per_second * 8 * videos == costs[f"Model: `{DEFAULT_MODEL}`"][column]


def money() -> list[list[str]]:
    return [cells for cells in rows("costs") if "%" not in cells[-1]]


def test_the_costs_count_every_alert(installation: Installation) -> None:
    (conditions,) = (
        use.each_month
        for uses in SERVICES.values()
        for use in uses
        if use.what == "condition of an alert"
    )

    assert len(installation.all("google_monitoring_alert_policy.alert")) == int(conditions)


def test_a_round_takes_a_day_at_least_and_days_for_many_campaigns() -> None:
    assert [days_of_round(campaigns) for campaigns in (1_440, 1_440 + 20 * 1_440)] == [1, 2]
    assert days_of_round(25_000) < 2


def test_a_campaign_in_each_tick_costs_what_the_prices_say() -> None:
    """At 1,440 campaigns, all that a month of ticks takes, requests and cursor included."""
    (cost,) = (Decimal(cells[2]) for cells in rows("rounds") if cells[0] == "1,440")
    taken = {"vCPU second", "GiB second", "document read"}
    uses = (use for uses in SERVICES.values() for use in uses)
    month = sum(
        Decimal(use.usd) * Decimal(use.each_month)
        for use in uses
        if use.what in taken or use.what.startswith("operation")
    )

    assert cost == round(month, 2)
    assert TICKS == 31 * 1_440
