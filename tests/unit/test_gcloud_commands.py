"""The commands of the documents, as gcloud itself understands them; none of them is run."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("docs/google-cloud.md", "docs/runbook.md", "infra/README.md")
MISSPELT = "gcloud pubsub topics list --limitt=3"

_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
_INNER = re.compile(r"\$\((gcloud (?:[^()]|\([^()]*\))*)\)")
_OUTPUT = re.compile(r"\$\(terraform -chdir=infra output -raw ([a-z_]+)\)")
_VARIABLE = re.compile(r"\$\{?([A-Z]+)\}?")
_SAMPLES = {
    "PROJECT": "my-project",
    "REGION": "us-central1",
    "URL": "https://example.run.app",
    "ci_member": "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*",
}


def commands() -> list[str]:
    """Return each gcloud command with something in the place of every variable."""
    blocks = [
        block
        for document in DOCUMENTS
        for block in _BLOCK.findall((ROOT / document).read_text("utf-8"))
    ]
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    outer = [_INNER.sub(_SAMPLES["URL"], line) for line in lines if line.startswith("gcloud ")]
    inner = [match[1] for line in lines for match in _INNER.finditer(line)]
    return list(dict.fromkeys(map(with_samples, outer + inner)))


def with_samples(command: str) -> str:
    for variable in (_OUTPUT, _VARIABLE):
        command = variable.sub(lambda match: _SAMPLES[match[1]], command)
    return command


@pytest.fixture(scope="session")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """What is wrong with each command."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        pytest.skip("There is no gcloud: https://cloud.google.com/sdk/docs/install")
    folder = tmp_path_factory.mktemp("gcloud")
    stated = [{"command_string": command} for command in (*commands(), MISSPELT)]
    (folder / "commands.json").write_text(json.dumps(stated), "utf-8")
    linted = subprocess.run(
        [gcloud, "meta", "lint-gcloud-commands", f"--commands-file={folder / 'commands.json'}"],
        env={**os.environ, "CLOUDSDK_CONFIG": str(folder)},
        check=True,
        capture_output=True,
        text=True,
    )
    answers = json.loads(linted.stdout)
    return {each["command_string"]: each["error_message"] for each in answers}


def test_the_documents_have_commands() -> None:
    assert len(commands()) >= 25


def test_gcloud_objects_to_a_misspelt_command(verdicts: dict[str, str | None]) -> None:
    assert verdicts[MISSPELT] is not None


@pytest.mark.parametrize("command", commands())
def test_gcloud_understands_the_command(verdicts: dict[str, str | None], command: str) -> None:
    assert verdicts[command] is None
