"""OpenAI's SDKs, LiteLLM and the programs of docs/clients.md, against the server of `make run`.

The clients are unchanged. They send the same prompt of two lines, each in its own spelling: it is
paid once.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.browser.server import Server, serving
from tests.clients.documented import (
    CURL,
    KEY,
    LITELLM,
    PROGRAMS,
    Place,
    create_with_litellm,
    litellm_proxy,
    place,
    run_curl,
    run_program,
)
from tests.clients.installing import HERE, MissingClientError, node_client, python_client

Json = dict[str, Any]
Told = dict[str, Future[Json]]

STORIES = HERE / "stories"
OPENAI_STORY = str(STORIES / "openai_story.py")
SECONDS = 300
# The programs download in parts of so many bytes.
PART = 100_000

REFUSED = [
    ["UnprocessableEntityError", 422, "unsupported_parameter", "seconds"],
    ["UnprocessableEntityError", 422, "campaign_video_limit", None],
    ["BadRequestError", 400, "invalid_request", "prompt"],
]


@dataclass(frozen=True)
class Client:
    """`command` returns what runs its story, and PYTHONPATH, once it is installed."""

    name: str
    version: str
    command: Callable[[], tuple[list[str], str]]


def alone(lock: str, story: str) -> tuple[list[str], str]:
    """Without this environment's packages."""
    return [sys.executable, "-S", str(STORIES / story)], str(python_client(lock))


NODE = Client("node-6", "6.49.0", lambda: (["node", str(STORIES / "openai_story.mjs")], ""))
CLIENTS = [
    Client("python-2", "2.54.0", lambda: alone("openai-2", "openai_story.py")),
    Client("python-3", "3.54.0", lambda: ([sys.executable, OPENAI_STORY], "")),
    NODE,
]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clients") / "stderr.log"


@pytest.fixture(scope="module")
def server(log: Path) -> Iterator[Server]:
    """Unhurried videos take an hour, hopeless ones are refused, and one campaign is full."""
    environment = {
        "STORAGE_URL": (log.parent / "data").as_uri(),
        "SYNTHETIC_SECONDS": "0",
        "SYNTHETIC_FAULTS": "slow=unhurried,refused=hopeless",
    }
    with serving(log, environment) as server:
        server.create("full", *(f"An unhurried {number}" for number in range(4)))
        yield server


@pytest.fixture(scope="module")
def told(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """What each client saw, by its name. All of them are at it at once."""
    folder = tmp_path_factory.mktemp("programs")

    def at(name: str) -> Place:
        return place(folder / name, server)

    with ThreadPoolExecutor(len(CLIENTS) + len(PROGRAMS) + 2) as clients:
        yield {
            # It takes longest to start.
            LITELLM: clients.submit(tell_litellm, at(LITELLM)),
            **{each.name: clients.submit(tell, each, server) for each in CLIENTS},
            **{each: clients.submit(tell_program, each, at(each)) for each in PROGRAMS},
            CURL: clients.submit(tell_curl, at(CURL)),
        }


def tell(client: Client, server: Server) -> Json:
    command, packages = client.command()
    arguments = [client.name, f"{server.origin}/v1"]
    if client.name.startswith("node"):
        arguments.append(str(node_client()))
    return story_of([*command, *arguments], packages)


def tell_litellm(at: Place) -> Json:
    with litellm_proxy(at) as url:
        created = create_with_litellm(at)
        story = [sys.executable, str(STORIES / "litellm_story.py"), url, KEY, created]
        return story_of(story, "")


def tell_program(heading: str, at: Place) -> Json:
    video, end = run_program(heading, at).split()
    return {"video": video, "end": end, "clip": at.clip()}


def tell_curl(at: Place) -> Json:
    return {"video": run_curl(at), "end": "video.completed", "clip": at.clip()}


def story_of(command: list[str], packages: str) -> Json:
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": packages},
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def saw(told: Told, name: str) -> Json:
    try:
        return told[name].result()
    except MissingClientError as error:
        pytest.skip(f"{name} cannot be installed: {error}")


by_name = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)


@pytest.mark.parametrize("name", [LITELLM, *(client.name for client in CLIENTS)])
def test_a_video_is_made_read_and_downloaded(told: Told, name: str) -> None:
    story = saw(told, name)

    assert story["made"][1:] == ["completed", 100]
    assert story["clip"] == "ftyp"


@by_name
def test_the_sdk_has_the_version_that_the_page_names(told: Told, client: Client) -> None:
    assert saw(told, client.name)["version"] == client.version


def test_one_prompt_of_two_lines_is_one_video_for_all_and_paid_once(
    told: Told, server: Server
) -> None:
    names = [LITELLM, *(client.name for client in CLIENTS)]
    made = {saw(told, name)["made"][0] for name in names}

    campaign = server.get("/v1/campaigns/lines")
    assert made == {campaign["slots"][0]["current"]["id"]}
    assert campaign["counts"]["current"] == 1
    assert campaign["money"]["spent"] == 1.6


@pytest.mark.parametrize("name", [*PROGRAMS, CURL])
def test_a_documented_program_waits_for_its_webhook_and_downloads_the_clip_in_parts(
    told: Told, server: Server, name: str
) -> None:
    story = saw(told, name)

    video = server.get(f"/v1/videos/{story['video']}")
    assert (story["end"], video["task"]) == ("video.completed", "image_to_video")
    with urlopen(video["content_url"], timeout=30) as content:
        assert story["clip"] == content.read()
    assert len(story["clip"]) > PART


def test_the_documented_request_to_litellm_is_that_of_curl(told: Told) -> None:
    assert saw(told, LITELLM)["video"] == saw(told, CURL)["video"]


def test_each_program_and_make_listen_have_deleted_their_webhooks(
    told: Told, server: Server
) -> None:
    for name in (*PROGRAMS, CURL):
        saw(told, name)

    assert server.get("/v1/webhooks")["data"] == []


@by_name
def test_takes_of_a_prompt_are_a_list(told: Told, client: Client) -> None:
    assert saw(told, client.name)["takes"] == ["list", 2]


@by_name
def test_a_thumbnail_and_a_sprite_sheet_are_jpegs(told: Told, client: Client) -> None:
    story = saw(told, client.name)

    assert (story["thumbnail"], story["sheet"]) == ("ffd8ff", "ffd8ff")


def test_a_picture_is_named_as_openais_types_name_it(told: Told) -> None:
    """The SDK for Python refuses an object; that for Node sends it as a form."""
    assert saw(told, NODE.name)["pictured"] == "input_single"


@by_name
def test_a_video_without_a_campaign_is_found_again_by_its_request_and_its_tags(
    told: Told, client: Client
) -> None:
    story = saw(told, client.name)

    assert story["own"] == [True, {"client": client.name}, [client.name, "shared"]]
    assert story["tagged"]
    assert story["derived"] == [True, "failed", "11"]
    assert story["retrieved"]


@by_name
def test_a_refusal_raises_the_sdks_exception_with_code_and_parameter(
    told: Told, client: Client
) -> None:
    story = saw(told, client.name)

    assert story["refused"] == REFUSED
    assert story["unknown"] == ["NotFoundError", 404, "not_found", None]


@by_name
def test_every_video_can_be_deleted_as_it_is_listed(told: Told, client: Client) -> None:
    assert saw(told, client.name)["deleted"] == [5, 0]


def test_litellms_proxy_repeats_a_request_and_raises_refusals(told: Told) -> None:
    story = saw(told, LITELLM)

    assert story["own"]
    assert [status for _, status in story["refused"]] == [422, 422, 400]


def test_no_client_sends_a_refused_request_again(told: Told, log: Path) -> None:
    names = [LITELLM, *(client.name for client in CLIENTS)]
    refused = sum(answer[1] == 422 for name in names for answer in saw(told, name)["refused"])

    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert refused == sum(line.get("status") == 422 for line in lines) > 0
