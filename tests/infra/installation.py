"""What an apply leaves behind, to hold rules against."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.infra.terraform import Terraform, TerraformError

Json = dict[str, Any]

PROJECT = "my-project"
REPOSITORY = "octo-org/showreel"
CALLER = "user:ana@example.com"
VIEWER = "group:panel@example.com"
PUBLISHER = "serviceAccount:shop@my-project.iam.gserviceaccount.com"
ORIGIN = "https://www.example.com"

# Every choice that an installation has, taken.
EVERYTHING: Json = {
    "alert_emails": ["ops@example.com"],
    "allowed_hosts": ["videos.example.org"],
    "allowed_origins": [ORIGIN],
    "billing_account": "012345-6789AB-CDEF01",
    "campaign_budget_usd": 12.5,
    "cors_origins": [ORIGIN],
    "daily_budget_usd": 0,
    "default_model": "gemini-omni-1.2-flash",
    "filtered_retries": 2,
    "github_repository": REPOSITORY,
    "invokers": [CALLER],
    "event_days": 90,
    "keep_failed_days": 60,
    "keep_historical": 2,
    "trash_days": 14,
    "max_videos_per_campaign": 8,
    "plays_export": True,
    "plays_invokers": [VIEWER],
    "model_rates": {"veo-3.1-fast-generate-001": 9999, "veo-3.1-generate-001": 0},
    "public_url": "https://videos.example.com",
    "publishers": [PUBLISHER],
    "queue_limit_hours": 48,
    "secrets": {
        "SIGNING_KEY": {"secret": "signing-key", "functions": ["serve_api"]},
        "PLAY_KEY": {"secret": "play-key", "functions": ["record_plays", "serve_api"]},
    },
}


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Every resource with its values. What a cloud would decide is made up, and unique."""

    resources: tuple[Json, ...]

    def all(self, address: str) -> dict[Any, Json]:
        """Return the values of a resource by their keys of for_each or count; None without."""
        type_name, _, name = address.partition(".")
        return {
            resource.get("index"): resource["values"]
            for resource in self.resources
            if (resource["mode"], resource["type"], resource["name"])
            == ("managed", type_name, name)
        }

    def one(self, address: str) -> Json:
        """Return the values of a resource that there is once."""
        (values,) = self.all(address).values()
        return values

    def of_types(self, types: Iterable[str]) -> list[Json]:
        """Return the values of every resource of these types."""
        wanted = set(types)
        return [each["values"] for each in self.resources if each["type"] in wanted]

    def without(self, addresses: Collection[str]) -> Self:
        """Return all resources but these."""
        kept = (each for each in self.resources if _address(each) not in addresses)
        return type(self)(resources=tuple(kept))

    def only(self, address: str) -> tuple[Json, ...]:
        """Return a resource, with each of its keys."""
        return tuple(each for each in self.resources if _address(each) == address)

    @property
    def types(self) -> set[str]:
        return {each["type"] for each in self.resources if each["mode"] == "managed"}

    @property
    def project_number(self) -> str:
        (project,) = self.of_types({"google_project"})
        return str(project["number"])

    @property
    def functions(self) -> dict[str, Json]:
        return self.all("google_cloudfunctions2_function.function")

    def service(self, target: str) -> Json:
        """Return how the function runs."""
        (service,) = self.functions[target]["service_config"]
        return dict(service)

    def account(self, target: str) -> str:
        """Return the function's own account as a member of IAM."""
        return str(self.all("google_service_account.function")[target]["member"])


def _address(resource: Json) -> str:
    return f"{resource['type']}.{resource['name']}"


def install(terraform: Terraform, folder: Path, **variables: object) -> Installation:
    """Apply to nothing, and keep the state in `folder`. Raise TerraformError."""
    _run(terraform, "apply", "-auto-approve", *_arguments(folder, variables))
    shown = json.loads(_run(terraform, "show", "-json", str(folder / "state")))
    return Installation(resources=tuple(shown["values"]["root_module"]["resources"]))


def foresee(terraform: Terraform, folder: Path, **variables: object) -> Installation:
    """Plan from nothing. What only an apply will tell is left out, unless the provider foresees."""
    out = folder / "plan"
    _run(terraform, "plan", f"-out={out}", *_arguments(folder, variables))
    shown = json.loads(_run(terraform, "show", "-json", str(out)))
    planned = shown["planned_values"]["root_module"]["resources"]
    known = shown["prior_state"]["values"]["root_module"]["resources"]
    return Installation(resources=(*planned, *known))


def changes(terraform: Terraform, folder: Path, **variables: object) -> dict[str, list[str]]:
    """Plan from the state in `folder`; return what would be done to which address."""
    out = folder / "plan"
    _run(terraform, "plan", f"-out={out}", *_arguments(folder, variables))
    planned = json.loads(_run(terraform, "show", "-json", str(out)))["resource_changes"]
    done = {each["address"]: each["change"]["actions"] for each in planned}
    return {address: actions for address, actions in done.items() if actions != ["no-op"]}


def refusal(terraform: Terraform, folder: Path, **variables: object) -> str:
    """Return what Terraform says to these variables, on one line; empty if it plans."""
    try:
        _run(terraform, "plan", *_arguments(folder, variables))
    except TerraformError as error:
        return " ".join(str(error).replace("│", " ").split())
    return ""


def _arguments(folder: Path, variables: Json) -> list[str]:
    archive, given = folder / "showreel.zip", folder / "given.tfvars.json"
    archive.write_bytes(b"An archive.")
    given.write_text(
        json.dumps({"project_id": PROJECT, "source_archive": str(archive), **variables}), "utf-8"
    )
    state = f"-state={folder / 'state'}"
    return ["-input=false", "-lock=false", "-no-color", state, f"-var-file={given}"]


def _run(terraform: Terraform, *arguments: str) -> str:
    done = terraform.run(*arguments)
    if done.returncode:
        raise TerraformError(done.stdout + done.stderr)
    return done.stdout
