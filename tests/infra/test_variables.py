"""What an installation is told: bad input is refused with a sentence before a plan is made."""

import re
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.infra.installation import refusal
from tests.infra.terraform import MODULE, Terraform

A_SECRET = {"secret": "signing-key", "functions": ["serve_api"]}

# Words of the sentence that refuses, and each wrong value by itself.
REFUSED: dict[str, list[tuple[str, list[object]]]] = {
    "alert_emails": [("an e-mail address", [["ops"], ["a b@example.com"], ["@example.com"]])],
    "allowed_hosts": [("never *", [["https://a.example"], ["a.example:8443"], ["*"]])],
    "allowed_origins": [("never *", [["*"], ["https://a.example/"], ["http://a.example"]])],
    "attempt_retention_days": [("from 8 to 365", [0, 7, -1, 366, 8.5])],
    "billing_account": [("id of a billing account", ["my-account", "012345-6789ab-CDEF01"])],
    "bucket_name": [("3 to 63 lower-case letters", ["Videos", "gs://videos", "v"])],
    "campaign_budget_usd": [("must be an amount in dollars", [-0.01, 1e13])],
    "cors_origins": [("never *", [["*"], ["https://a.example/"], ["http://a.example"]])],
    "daily_budget_usd": [("must be an amount in dollars", [-1, 1e13])],
    "default_model": [("the id of a model of Veo", ["sora-2", "gemini-3-pro"])],
    "filtered_retries": [("from 0 to 3", [-1, 4, 0.5])],
    "firestore_database": [("with its parentheses", ["default", "db", "Records"])],
    "firestore_location": [("a location of Firestore", ["us", "US-CENTRAL1"])],
    "github_ref": [("one branch or tag in full", ["main", "refs/heads/*", 'refs/heads/a" || 1'])],
    "github_repository": [("must be owner/name", ["showreel", "*/showreel", 'o/r" || true || "'])],
    "hourly_spend_alert_usd": [("must be more than 0", [0, -1])],
    "invokers": [
        ("must be a member of IAM", [["ana@example.com"], ["user:ana"], ["user:*@example.com"]]),
        ("also set allow_public = true", [["allUsers"], ["allAuthenticatedUsers"]]),
    ],
    "event_days": [("from 1 to 365", [0, 366, 1.5])],
    "keep_failed_days": [("from 8 to 365", [0, 7, 366, 8.5])],
    "keep_historical": [("from 0 to 100", [-1, 1.5])],
    "trash_days": [("from 0 to 30", [-1, 31, 1.5])],
    "model_rates": [
        ("from 0 to 9999", [{"veo-3.1-generate-001": rate} for rate in (-1, 1.5, 10_000)])
    ],
    "queue_limit_hours": [("from 1 to 168", [0, 169, 1.5])],
    "log_level": [("DEBUG, INFO, WARNING or ERROR", ["info", "TRACE"])],
    "max_instances": [("from 1 to 100", [0, -1, 101, 1.5])],
    "max_videos_per_campaign": [("from 1 to 100", [0, 101, 2.5])],
    "monthly_budget": [("at least 1", [0, -100, 10.5])],
    "plays_invokers": [
        ("must be a member of IAM", [["ana@example.com"], ["user:*@example.com"]]),
        ("also set plays_public = true", [["allUsers"], ["allAuthenticatedUsers"]]),
    ],
    "project_id": [("6 to 30 lower-case letters", ["My Project", "123456789012", "p", "my-"])],
    "public_url": [("must begin with https://", ["http://a.example", "https://"])],
    "publishers": [("never allUsers", [["allUsers"], ["ana@example.com"]])],
    "region": [("a region of Google Cloud", ["us-central", "us-central1-a", "moon-east1", "us"])],
    "secrets": [
        ("must be named as settings are", [{"signing_key": A_SECRET}]),
        ("its id in this project", [{"SIGNING_KEY": {**A_SECRET, "secret": "projects/p/a"}}]),
        ("must be names of main.py", [{"SIGNING_KEY": {**A_SECRET, "functions": ["serve-api"]}}]),
        ("at least one", [{"SIGNING_KEY": {**A_SECRET, "functions": []}}]),
    ],
    "soft_delete_days": [("from 7 to 90", [0, 6, 91])],
    "source_archive": [("Run `make package`", ["nowhere.zip"])],
    "veo_location": [("a region in which Veo is offered", ["us", "us-central1-a"])],
    "video_generator": [("must be veo or synthetic", ["sora", ""])],
}
OF_ONE_KIND = {"allow_public", "deletion_protection", "plays_export", "plays_public"}

_VARIABLE = re.compile(r'^variable "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
_OUTPUT = re.compile(r'^output "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)


def variables() -> dict[str, str]:
    """Return the text of each variable."""
    files = "".join(file.read_text("utf-8") for file in MODULE.glob("variables*.tf"))
    return dict(_VARIABLE.findall(files))


def rounds() -> list[list[tuple[str, str, object]]]:
    """Each wrong value once; Terraform reports those of several variables in one run."""
    by_variable = [
        [(name, sentence, value) for sentence, values in refused for value in values]
        for name, refused in REFUSED.items()
    ]
    return [[wrong for wrong in at_once if wrong] for at_once in zip_longest(*by_variable)]


def test_every_variable_is_given_a_wrong_value_or_knows_only_two() -> None:
    assert variables().keys() == REFUSED.keys() | OF_ONE_KIND


@pytest.mark.parametrize("wrong", rounds(), ids=range(len(rounds())))
def test_wrong_values_are_refused_with_a_sentence(
    terraform: Terraform, tmp_path: Path, wrong: list[tuple[str, str, object]]
) -> None:
    said = refusal(terraform, tmp_path, **{name: value for name, _, value in wrong})

    assert len(wrong) == said.count("Error: Invalid value for variable")
    for _, sentence, _ in wrong:
        assert sentence in said


def test_slots_and_history_together_are_bounded(terraform: Terraform, tmp_path: Path) -> None:
    said = refusal(terraform, tmp_path, max_videos_per_campaign=100, keep_historical=39)

    assert "no more than 4000, which one record can hold" in said


def test_a_failed_record_outlives_the_keys_of_its_requests(
    terraform: Terraform, tmp_path: Path
) -> None:
    said = refusal(terraform, tmp_path, attempt_retention_days=31)

    assert "keep_failed_days (default 30) must be no less than attempt_retention_days" in said


def test_valid_values_are_accepted(terraform: Terraform, tmp_path: Path) -> None:
    said = refusal(
        terraform,
        tmp_path,
        cors_origins=["http://localhost:8000", "https://a-b.example.com:8443"],
        firestore_database="showreel-records",
        firestore_location="nam5",
        github_ref="refs/tags/v1.2.3",
        invokers=[
            "domain:example.com",
            "group:film@example.co.uk",
            "principalSet://iam.googleapis.com/projects/1/locations/global/a/b",
        ],
        region="northamerica-northeast1",
        veo_location="global",
        video_generator="synthetic",
    )

    assert said == ""


def test_the_example_is_valid_with_every_commented_line(
    terraform: Terraform, tmp_path: Path
) -> None:
    example = (MODULE / "terraform.tfvars.example").read_text("utf-8")
    taken = re.sub(r"^# (?=\w+ +=)", "", example, flags=re.MULTILINE)
    stated = tmp_path / "example.tfvars"
    stated.write_text(taken, "utf-8")
    archive = tmp_path / "showreel.zip"
    archive.write_bytes(b"An archive.")

    planned = terraform.run(
        "plan", "-no-color", f"-var-file={stated}", f"-var=source_archive={archive}"
    )

    assert "Value for undeclared variable" not in planned.stdout
    assert (planned.returncode, planned.stderr) == (0, "")
    assert set(re.findall(r"^(\w+) +=", taken, re.MULTILINE)) <= variables().keys()


@pytest.mark.parametrize("pattern", [_VARIABLE, _OUTPUT], ids=["variables", "outputs"])
def test_each_variable_is_described_in_sentences(pattern: re.Pattern[str]) -> None:
    files = "\n".join(file.read_text("utf-8") for file in sorted(MODULE.glob("*.tf")))

    for name, body in pattern.findall(files):
        (description,) = re.findall(r'^  description = "(.+)"$', body, re.MULTILINE)
        assert re.fullmatch(r"[A-Z].*[.]", description), name


def test_only_a_project_has_to_be_named() -> None:
    required = [name for name, body in variables().items() if "\n  default " not in f"\n{body}"]

    assert required == ["project_id"]
