"""What an installation is told: bad input is refused with a sentence, before anything is planned."""

import re
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.infra.installation import refusal
from tests.infra.terraform import MODULE, Terraform

# Each wrong value by itself, and words of the sentence that refuses it.
REFUSED: dict[str, tuple[str, list[object]]] = {
    "alert_emails": ("must be an e-mail address", [["ops"], ["a b@example.com"], ["@example.com"]]),
    "attempt_retention_days": ("from 8 to 365", [0, 7, -1, 366, 8.5]),
    "billing_account": ("id of a billing account", ["my-account", "012345-6789ab-CDEF01"]),
    "bucket_name": ("3 to 63 lower-case letters", ["Videos", "gs://videos", "v"]),
    "cors_origins": ("never *", [["*"], ["https://a.example/"], ["http://a.example"]]),
    "default_model": ("the id of a model of Veo", ["sora-2"]),
    "firestore_database": ("firestore_database must be", ["default", "db", "Records"]),
    "firestore_location": ("a location of Firestore", ["us", "US-CENTRAL1"]),
    "github_ref": ("one branch or tag in full", ["main", "refs/heads/*", 'refs/heads/a" || true']),
    "github_repository": ("must be owner/name", ["showreel", "*/showreel", 'o/r" || true || "']),
    "hourly_spend_alert_usd": ("must be more than 0", [0, -1]),
    "invokers": (
        "must be a member of IAM",
        [["ana@example.com"], ["user:ana"], ["serviceAccount:a@b"], ["everybody"], ["user:*@a.com"]],
    ),
    "keep_historical": ("from 0 to 100", [-1, 1.5]),
    "log_level": ("DEBUG, INFO, WARNING or ERROR", ["info", "TRACE"]),
    "max_instances": ("from 1 to 100", [0, -1, 101, 1.5]),
    "max_videos_per_campaign": ("from 1 to 100", [0, 101, 2.5]),
    "monthly_budget": ("at least 1", [0, -100, 10.5]),
    "project_id": ("6 to 30 lower-case letters", ["My Project", "123456789012", "p", "my-project-"]),
    "public_url": ("must begin with https://", ["http://a.example", "https://"]),
    "publishers": ("never allUsers", [["allUsers"], ["ana@example.com"]]),
    "region": ("a region of Google Cloud", ["us-central", "us-central1-a", "moon-east1", "us"]),
    "secrets": (
        "secrets must be named as settings are",
        [{"signing_key": {"secret": "a", "functions": ["serve_api"]}}],
    ),
    "soft_delete_days": ("from 7 to 90", [0, 6, 91]),
    "source_archive": ("`make package` makes it", ["nowhere.zip"]),
    "veo_location": ("a region in which Veo is offered", ["us", "us-central1-a"]),
    "video_generator": ("must be veo or synthetic", ["sora", ""]),
}
OF_ONE_KIND = {"allow_public", "deletion_protection"}

_VARIABLE = re.compile(r'^variable "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
_OUTPUT = re.compile(r'^output "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)


def variables() -> dict[str, str]:
    """Return the text of each variable."""
    return dict(_VARIABLE.findall((MODULE / "variables.tf").read_text("utf-8")))


def rounds() -> list[dict[str, object]]:
    """Every wrong value once, and as many at a time as there are variables: all are told of."""
    by_variable = [[(name, value) for value in values] for name, (_, values) in REFUSED.items()]
    return [dict(filter(None, at_once)) for at_once in zip_longest(*by_variable)]


def test_every_variable_is_given_a_wrong_value_or_knows_only_two() -> None:
    assert variables().keys() == REFUSED.keys() | OF_ONE_KIND


@pytest.mark.parametrize("given", rounds(), ids=range(len(rounds())))
def test_wrong_values_are_refused_with_a_sentence(
    terraform: Terraform, tmp_path: Path, given: dict[str, object]
) -> None:
    said = refusal(terraform, tmp_path, **given)

    assert len(given) == said.count("Error: Invalid value for variable")
    for name in given:
        assert REFUSED[name][0] in said, name


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"secret": "projects/p/secrets/a", "functions": ["serve_api"]}, "its id in this project"),
        ({"secret": "a", "functions": ["serve-api"]}, "must be names of main.py"),
        ({"secret": "a", "functions": []}, "at least one"),
    ],
)
def test_a_secret_that_nobody_could_read_is_refused(
    terraform: Terraform, tmp_path: Path, given: object, sentence: str
) -> None:
    assert sentence in refusal(terraform, tmp_path, secrets={"SIGNING_KEY": given})


@pytest.mark.parametrize(
    "given",
    [
        {"invokers": ["group:film@example.co.uk", "domain:example.com"]},
        {"invokers": ["principalSet://iam.googleapis.com/projects/1/locations/global/a/b"]},
        {"cors_origins": ["http://localhost:8000", "https://a-b.example.com:8443"]},
        {"region": "northamerica-northeast1", "veo_location": "global"},
        {"firestore_location": "nam5", "firestore_database": "showreel-records"},
        {"video_generator": "synthetic", "github_ref": "refs/tags/v1.2.3"},
    ],
)
def test_what_is_right_is_not_refused(
    terraform: Terraform, tmp_path: Path, given: dict[str, object]
) -> None:
    assert "" == refusal(terraform, tmp_path, **given)


def test_the_example_is_right_with_all_that_it_suggests(
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
    assert (0, "") == (planned.returncode, planned.stderr)
    assert set(re.findall(r"^(\w+) +=", taken, re.MULTILINE)) <= variables().keys()


@pytest.mark.parametrize("pattern", [_VARIABLE, _OUTPUT], ids=["variables", "outputs"])
def test_each_is_described_in_sentences(pattern: re.Pattern[str]) -> None:
    files = "\n".join(file.read_text("utf-8") for file in sorted(MODULE.glob("*.tf")))

    for name, body in pattern.findall(files):
        (description,) = re.findall(r'^  description = "(.+)"$', body, re.MULTILINE)
        assert re.fullmatch(r"[A-Z].*[.]", description), name


def test_only_a_project_has_to_be_named() -> None:
    required = [name for name, body in variables().items() if "\n  default " not in f"\n{body}"]

    assert ["project_id"] == required
