"""OpenAI's SDKs and LiteLLM, unchanged, against the server that `make run` starts.

All of them send the same prompt of two lines, and each in its own spelling: it is paid once.
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

import pytest

from tests.browser.server import Server, serving
from tests.clients.installing import HERE, MissingClientError, node_client, python_client

Json = dict[str, Any]

STORIES = HERE / "stories"
OPENAI_STORY = str(STORIES / "openai_story.py")
SECONDS = 300

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
    Client("litellm", "1.110.2", lambda: alone("litellm", "litellm_story.py")),
]
OF_OPENAI = [client for client in CLIENTS if client.name != "litellm"]


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
def told(server: Server) -> Iterator[dict[str, Future[Json]]]:
    """What each client saw. All of them are at it at once."""
    with ThreadPoolExecutor(len(CLIENTS)) as clients:
        yield {each.name: clients.submit(tell, each, server) for each in CLIENTS}


def tell(client: Client, server: Server) -> Json:
    command, packages = client.command()
    arguments = [client.name, f"{server.origin}/v1"]
    if client.name.startswith("node"):
        arguments.append(str(node_client()))
    environment = {
        **os.environ,
        "PYTHONPATH": packages,
        # LiteLLM would ask GitHub for its price list.
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }
    done = subprocess.run(
        [*command, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def saw(told: dict[str, Future[Json]], client: Client) -> Json:
    try:
        return told[client.name].result()
    except MissingClientError as error:
        pytest.skip(f"{client.name} cannot be installed: {error}")


def by_name(clients: list[Client]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("client", clients, ids=lambda client: client.name)


@by_name(CLIENTS)
def test_a_video_is_made_read_and_downloaded(told: dict[str, Future[Json]], client: Client) -> None:
    story = saw(told, client)

    assert story["version"] == client.version
    assert story["made"][1:] == ["completed", 100]
    assert (story["clip"], story["thumbnail"]) == ("ftyp", "ffd8ff")


def test_one_prompt_of_two_lines_is_one_video_for_all_and_paid_once(
    told: dict[str, Future[Json]], server: Server
) -> None:
    made = {saw(told, client)["made"][0] for client in CLIENTS}

    campaign = server.get("/v1/campaigns/lines")
    assert made == {campaign["slots"][0]["current"]["id"]}
    assert campaign["counts"]["current"] == 1
    assert campaign["money"]["spent"] == 1.6


@by_name(OF_OPENAI)
def test_takes_of_a_prompt_are_a_list(told: dict[str, Future[Json]], client: Client) -> None:
    assert saw(told, client)["takes"] == ["list", 2]


@by_name(OF_OPENAI)
def test_a_sprite_sheet_is_a_jpeg(told: dict[str, Future[Json]], client: Client) -> None:
    assert saw(told, client)["sheet"] == "ffd8ff"


def test_a_picture_is_named_as_openais_types_name_it(told: dict[str, Future[Json]]) -> None:
    """The SDK for Python refuses an object; that for Node sends it as a form."""
    assert saw(told, NODE)["pictured"] == "input_single"


@by_name(OF_OPENAI)
def test_a_video_without_a_campaign_is_found_again_by_its_request_and_its_tags(
    told: dict[str, Future[Json]], client: Client
) -> None:
    story = saw(told, client)

    assert story["own"] == [True, {"client": client.name}, [client.name, "shared"]]
    assert story["tagged"]
    assert story["derived"] == [True, "failed", "11"]
    assert story["retrieved"]


@by_name(OF_OPENAI)
def test_a_refusal_raises_the_sdks_exception_with_code_and_parameter(
    told: dict[str, Future[Json]], client: Client
) -> None:
    story = saw(told, client)

    assert story["refused"] == REFUSED
    assert story["unknown"] == ["NotFoundError", 404, "not_found", None]


@by_name(OF_OPENAI)
def test_every_video_can_be_deleted_as_it_is_listed(
    told: dict[str, Future[Json]], client: Client
) -> None:
    assert saw(told, client)["deleted"] == [5, 0]


def test_litellm_lists_retrieves_and_raises_refusals(told: dict[str, Future[Json]]) -> None:
    story = saw(told, CLIENTS[-1])

    assert (story["own"], story["listed"]) == (True, True)
    limits = [["BadRequestError", 422]] * 2
    assert story["refused"] == [*limits, ["BadRequestError", 400], ["BadRequestError", 422]]


def test_no_client_sends_a_refused_request_again(told: dict[str, Future[Json]], log: Path) -> None:
    refused = sum(answer[1] == 422 for client in CLIENTS for answer in saw(told, client)["refused"])

    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert refused == sum(line.get("status") == 422 for line in lines) > 0
