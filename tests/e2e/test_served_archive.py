"""The archive, unpacked and served as the platform serves it: a process for each target."""

import base64
import json
import os
import re
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from google.cloud import firestore
from packaging.utils import canonicalize_name

import main
from shared.domain.storage_layout import CURSOR, MIRROR_CURSOR
from tests.e2e.archive import install, pins
from tests.eventually import eventually
from tools.emulated_cloud.emulators import FirestoreEmulator, PubSubEmulator
from tools.emulated_cloud.function_process import FunctionProcess, Installation
from tools.emulated_cloud.project import CloudProject
from tools.emulated_cloud.vertex import clips
from tools.infra_costs import SERVICES, TICKS, Use
from tools.package import ROOT, package
from tools.run_emulated import VEO_SECONDS, set_up_project, start_functions

SECONDS_TO_ANSWER = 60
OPERATIONS = {
    "operation of class A": (
        "objects.insert",
        "objects.list",
        "objects.move",
        "objects.patch",
        "objects.rewrite",
    ),
    "operation of class B": ("buckets", "objects.get", "objects.media", "signed"),
}

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What was deployed of the archive, and the project that it runs in."""

    project: CloudProject
    functions: dict[str, FunctionProcess]

    def call(self, path: str, body: Json | None = None) -> Json:
        return call(self.functions["serve_api"], path, body)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    _, archive = package(ROOT)
    return install(archive, tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def deployment(
    installation: Installation,
    firestore_emulator: FirestoreEmulator,
    pubsub_emulator: PubSubEmulator,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("deployment")
    with ExitStack() as stack:
        # Nobody looks at the others.
        stack.enter_context(patch.object(clips, "_FPS", 6))
        project, environment = set_up_project(
            stack,
            folder,
            firestore_host=firestore_emulator.host,
            pubsub_host=pubsub_emulator.host,
        )
        functions = start_functions(stack, folder, environment, 0, installation)
        assert all(function.wait_until_ready() for function in functions.values())
        project.subscribe({name: function.url for name, function in functions.items()})
        stack.callback(project.unsubscribe)
        yield Deployment(project=project, functions=functions)


@pytest.fixture
def alone(installation: Installation, tmp_path: Path) -> Iterator[FunctionProcess]:
    """The API with a folder: no cloud, and no other function."""
    environment = {"STORAGE_URL": (tmp_path / "data").as_uri(), "SYNTHETIC_SECONDS": "0"}
    with FunctionProcess(
        "serve_api", environment=environment, home=tmp_path, installation=installation
    ) as function:
        assert function.wait_until_ready()
        yield function


def call(function: FunctionProcess, path: str, body: Json | None = None) -> Json:
    answered: Json = json.loads(send(function, path, body))
    return answered


def send(function: FunctionProcess, path: str, body: Json | None = None) -> bytes:
    request = urllib.request.Request(
        function.url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER) as answer:
        return bytes(answer.read())


def create(function: FunctionProcess, campaign_id: str, prompt: str) -> str:
    body = {"prompts": [prompt], "seconds": 4}
    (created,) = call(function, f"v1/campaigns/{campaign_id}/videos", body)["data"]
    return str(created["id"])


def ended(function: FunctionProcess, video_id: str) -> Json:
    def found() -> Json | None:
        video = call(function, f"v1/videos/{video_id}")
        return video if video["status"] in ("completed", "failed") else None

    return eventually(found)


def counted(billed: str) -> Use:
    """Return what the table of costs says of it."""
    (use,) = (use for use in SERVICES["Cloud Storage"] if use.what == billed)
    return use


def sum_of(billed: str, taken: Counter[str]) -> int:
    return sum(taken[operation] for operation in OPERATIONS[billed])


def tick(deployment: Deployment) -> Counter[str]:
    """Push a tick that finds no changes; return its requests to the bucket.

    The function sees no difference to a published tick, but a push says when it has ended.
    """
    project, function = deployment.project, deployment.functions["maintain_campaigns"]
    # Comparing starts with the first campaign, and all JSON is up to date.
    project.bucket.blob(CURSOR).upload_from_string("{}")
    until = {"until": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    project.bucket.blob(MIRROR_CURSOR).upload_from_string(json.dumps(until))
    # The tick writes one of these names, and a refused write is counted.
    time.sleep(1.0)
    before = project.storage.operations()
    send(function, "", {"message": {"messageId": "1"}, "subscription": "maintain-campaigns"})
    return project.storage.operations() - before


def make_due(project: CloudProject, video_id: str) -> None:
    """Let the tick look at it when this Veo has ended, and not when Google's usually has."""
    campaign_id, video_hash = video_id.removeprefix("video_").split(".")
    records = firestore.Client(project=project.name)
    records.document(f"campaigns/{campaign_id}/videos/{video_hash}").update(
        {"due_at": datetime.now(UTC) + timedelta(seconds=VEO_SECONDS)}
    )


def first_bytes(function: FunctionProcess, video_id: str) -> tuple[int, bytes]:
    """Return the status and the content of a request for a range, as a player makes it."""
    url = f"{function.url}v1/videos/{video_id}/content"
    request = urllib.request.Request(url, headers={"Range": "bytes=0-11"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status, answer.read()


def test_the_environment_has_exactly_the_pinned_packages(installation: Installation) -> None:
    pinned = {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins(installation.root / "requirements.txt")
    }

    [site] = installation.framework.parents[1].glob("lib/python*/site-packages")
    found = metadata.distributions(path=[str(site)])
    assert pinned == {canonicalize_name(each.name): each.version for each in found}


def test_each_function_is_served_by_its_own_process(deployment: Deployment) -> None:
    assert sorted(main.__all__) == sorted(deployment.functions)
    assert deployment.call("health")["status"] == "ok"


def test_a_request_becomes_a_video_that_plays(deployment: Deployment) -> None:
    api, storage = deployment.functions["serve_api"], deployment.project.storage
    before = storage.operations()

    video = ended(api, create(api, "spring", "A red kite over dunes"))

    assert (video["status"], video["version_state"]) == ("completed", "current")
    status, content = first_bytes(api, video["id"])
    assert (status, content[4:8]) == (206, b"ftyp")
    said = {billed: int(counted(billed).each_video) for billed in OPERATIONS}

    def took(billed: str) -> int:
        return sum_of(billed, storage.operations() - before)

    # What comes last may be on its way when the video is already completed.
    eventually(lambda: all(said[billed] <= 2 * took(billed) for billed in OPERATIONS))
    assert {billed: took(billed) for billed in OPERATIONS if took(billed) > said[billed]} == {}


def test_a_message_becomes_a_video(deployment: Deployment) -> None:
    body = {"campaign_id": "autumn", "prompts": ["A paper boat in rain"], "seconds": 4}
    data = base64.b64encode(json.dumps(body).encode()).decode()

    message_id = deployment.project.topics.publish("request-videos", {"data": data})

    receipt = deployment.project.bucket.blob(f"videos/requests/{message_id}.json")
    eventually(receipt.exists)
    (video_id,) = json.loads(receipt.download_as_bytes())["video_ids"]
    assert ended(deployment.functions["serve_api"], video_id)["status"] == "completed"


@pytest.mark.usefixtures("firestore_host")
def test_the_tick_completes_a_video_without_any_other_message(deployment: Deployment) -> None:
    """What Veo filters leaves no object, so the bucket announces none."""
    api = deployment.functions["serve_api"]
    video_id = create(api, "winter", "Snow falls [filtered]")
    eventually(lambda: call(api, f"v1/videos/{video_id}")["phase"] == "generating")
    make_due(deployment.project, video_id)

    with deployment.project.ticking(seconds=1):
        video = ended(api, video_id)

    assert (video["status"], video["error"]["code"]) == ("failed", "content_filtered")


def test_a_tick_makes_the_bucket_operations_that_the_costs_state(deployment: Deployment) -> None:
    """Once all is at rest, and of a campaign whose slots are full."""
    api = deployment.functions["serve_api"]
    prompts = [f"A lighthouse, view {number}" for number in range(4)]
    created = deployment.call("v1/campaigns/a-first/videos", {"prompts": prompts, "seconds": 4})
    for video in created["data"]:
        assert ended(api, video["id"])["status"] == "completed"

    def taken_at_rest() -> Counter[str] | None:
        """Nothing else is at work when two ticks take the same."""
        first, second = tick(deployment), tick(deployment)
        return first if first == second else None

    done = eventually(taken_at_rest)

    for billed in OPERATIONS:
        taken = sum_of(billed, done)
        assert taken <= int(counted(billed).each_month) // TICKS <= 2 * taken


def test_the_api_function_with_a_folder_is_a_complete_system(alone: FunctionProcess) -> None:
    video = ended(alone, create(alone, "spring", "A red kite over dunes"))

    assert video["status"] == "completed"
    assert first_bytes(alone, video["id"])[1][4:8] == b"ftyp"


def test_the_calls_that_the_readme_shows_are_answered(alone: FunctionProcess) -> None:
    """Send a token, which only the platform checks."""
    video = ended(alone, create(alone, "spring", "A red kite over dunes"))
    readme = (ROOT / "infra" / "README.md").read_text("utf-8")
    calls = re.findall(r"^curl .* \$URL/.*$", readme, re.MULTILINE)

    for line in calls:
        subprocess.run(
            ["/bin/bash", "-c", f"gcloud() {{ echo token; }}; {line} --fail --silent --show-error"],
            env={**os.environ, "URL": alone.url[:-1], "TOKEN": "token", "VIDEO": video["id"]},
            check=True,
            capture_output=True,
        )

    assert len(calls) == 3
    assert len(call(alone, "v1/campaigns/first")["slots"]) >= 1
