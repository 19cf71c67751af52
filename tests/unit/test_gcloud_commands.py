"""The commands of docs/google-cloud.md, as gcloud itself understands them; none of them is run."""

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "google-cloud.md"

_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
_INNER = re.compile(r"\$\((gcloud (?:[^()]|\([^()]*\))*)\)")
_VARIABLE = re.compile(r"\$\{?([A-Z]+)(?://[^}]*)?\}?")
_SAMPLES = {
    "PROJECT": "my-project",
    "REGION": "us-central1",
    "BUCKET": "my-project-videos",
    "ACCOUNT": "showreel@my-project.iam.gserviceaccount.com",
    "ROLE": "storage.objectUser",
    "NAME": "generate-video",
    "TOPIC": "generate-video",
}


def commands() -> list[str]:
    """Return each gcloud command with something in the place of every variable."""
    lines = "\n".join(_BLOCK.findall(DOCUMENT.read_text("utf-8"))).splitlines()
    outer = [line.strip() for line in lines if line.strip().startswith("gcloud ")]
    inner = [match[1] for line in outer for match in _INNER.finditer(line)]
    plain = [_INNER.sub("https://example.run.app", line) for line in outer]
    return [_VARIABLE.sub(lambda match: _SAMPLES[match[1]], line) for line in plain + inner]


def qualified(command: str) -> str:
    """The linter knows no default project, with which gcloud completes a topic's name."""
    words = shlex.split(command)
    if words[1] == "scheduler":
        words = [word.replace("--topic=", "--topic=projects/p/topics/") for word in words]
    return shlex.join(words)


@pytest.fixture(scope="session")
def gcloud() -> str:
    found = shutil.which("gcloud")
    return found or pytest.skip("There is no gcloud: https://cloud.google.com/sdk/docs/install")


@pytest.mark.parametrize("command", commands())
def test_gcloud_understands_the_command(gcloud: str, command: str, tmp_path: Path) -> None:
    linted = subprocess.run(
        [gcloud, "meta", "lint-gcloud-commands", "--command-string", qualified(command)],
        env={**os.environ, "CLOUDSDK_CONFIG": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )

    (answer,) = json.loads(linted.stdout)
    assert answer["success"], answer["error_message"]
