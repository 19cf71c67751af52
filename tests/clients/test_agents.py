"""Agents: the tools of `make mcp` with the official MCP client, and the example of Google's ADK.

Their server needs a key, and no request of a few dollars exceeds its budget for a day.
"""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client, StdioServerParameters, types
from mcp.client.streamable_http import streamable_http_client

from tests.browser.server import Server, serving
from tests.clients.installing import MissingClientError, python_client
from tools.emulated_cloud.processes import free_port
from tools.mcp_server import service as to_service
from tools.mcp_server.__main__ import serve
from tools.mcp_server.operations import TOOLS
from tools.mcp_server.service import Service

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
KEY = "0123456789abcdef0123456789abcdef"
BEARER = {"Authorization": f"Bearer {KEY}"}
BLOCK_OF_JSON = re.compile(r"```json\n(.*?)```", re.DOTALL)
PATIENCE_SECONDS = 120
FREE = ("list_", "read_", "estimate_", "promote_", "cancel_", "plan_")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("agents")
    environment = {
        "STORAGE_URL": (folder / "data").as_uri(),
        "SYNTHETIC_SECONDS": "0",
        "API_KEYS": f"agent:{KEY}",
        "DAILY_BUDGET_USD": "40",
    }
    with serving(folder / "stderr.log", environment) as server:
        yield server


def with_tools(server: Server, story: Callable[[Client], Awaitable[None]]) -> None:
    async def told() -> None:
        async with Client(serve(Service(server.origin, BEARER["Authorization"]))) as client:
            await story(client)

    anyio.run(told)


async def answer(client: Client, tool: str, **arguments: object) -> Json:
    """Call it, and return the last text of its answer."""
    said = texts(await client.call_tool(tool, arguments))
    return dict(json.loads(said[-1]))


async def error(client: Client, tool: str, **arguments: object) -> str:
    result = await client.call_tool(tool, arguments)
    assert isinstance(result, types.CallToolResult)
    assert result.is_error
    return "\n".join(texts(result))


def texts(result: types.CallToolResult) -> list[str]:
    return [block.text for block in result.content if isinstance(block, types.TextContent)]


async def ended(client: Client, video_id: str) -> Json:
    with anyio.fail_after(PATIENCE_SECONDS):
        while True:
            video = await answer(client, "read_video", video_id=video_id)
            if video["status"] in ("completed", "failed"):
                return video
            await anyio.sleep(0.2)


def test_an_agent_makes_restores_and_regenerates_a_video_and_pays_each_version_once(
    server: Server,
) -> None:
    """Over stdin and stdout of the command in docs/agents.md, which a host starts."""
    [host, _] = BLOCK_OF_JSON.findall((ROOT / "docs" / "agents.md").read_text("utf-8"))
    configured = json.loads(host)["mcpServers"]["showreel"]
    at = {"/path/to/showreel": str(ROOT)}
    parameters = StdioServerParameters(
        command=configured["command"],
        # Whatever installed this environment, make does not.
        args=["--old-file=.venv/mcp", *(at.get(each, each) for each in configured["args"])],
        env={
            **os.environ,
            **configured["env"],
            "SHOWREEL_URL": server.origin,
            "SHOWREEL_API_KEY": KEY,
        },
    )
    order = {"campaign_id": "host", "prompts": ["A kettle of a host"], "seconds": 4}

    async def story() -> None:
        async with Client(parameters) as client:
            estimate = await answer(client, "estimate_videos", **order)
            assert estimate["cost"]["estimated"] == 1.6
            [created] = (await answer(client, "create_campaign_videos", **order))["data"]
            assert created["cost"]["estimated"] == 1.6
            first = await ended(client, created["id"])
            assert first["status"] == "completed"
            video_id = {"video_id": first["id"]}
            newer = await answer(client, "regenerate_video", **video_id)
            assert (await ended(client, newer["id"]))["version_state"] == "current"

            note, same = texts(await client.call_tool("regenerate_video", video_id))
            assert "Nothing was created or paid" in note
            assert json.loads(same)["id"] == newer["id"]
            await answer(client, "promote_video", video_id=first["id"])
            listed = await answer(client, "list_videos", campaign_id="host")
            states = {each["id"]: each["version_state"] for each in listed["data"]}
            assert states == {first["id"]: "current", newer["id"]: "historical"}
            signed = await answer(client, "read_video", video_id=first["id"], include="signed_url")
            assert signed["signed_url"]["url"].startswith(server.origin)
            third = await answer(client, "regenerate_video", **video_id, idempotency_key="third")
            assert third["id"] not in states
            money = (await answer(client, "read_campaign", campaign_id="host"))["money"]
            assert money["spent"] + money["reserved"] == pytest.approx(4.8)

    anyio.run(story)


def test_every_tool_says_what_it_costs_and_those_that_only_read_are_marked(
    server: Server,
) -> None:
    async def story(client: Client) -> None:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == list(TOOLS)
        for tool in tools:
            assert tool.description is not None
            assert tool.annotations is not None
            spends = not tool.name.startswith(FREE)
            assert ("Costs the price of" in tool.description) is spends
            assert ("Costs nothing." in tool.description) is not spends
            reads = tool.name.startswith(("list_", "read_", "estimate_", "plan_"))
            assert tool.annotations.read_only_hint is reads
        text = json.dumps([tool.model_dump() for tool in tools])
        # A model knows neither paths nor references.
        assert "$ref" not in text
        assert "anyOf" not in text
        assert "/v1/videos/estimate" not in text

    with_tools(server, story)


def test_a_batch_is_estimated_created_once_followed_and_read(server: Server) -> None:
    async def story(client: Client) -> None:
        lines = [
            {"campaign_id": f"batch-{each}", "prompt": "A café at dawn", "seconds": 4}
            for each in range(2)
        ]
        estimate = await answer(client, "estimate_batch", lines=lines)
        assert estimate["cost_usd"] == 3.2
        batch = await answer(client, "create_batch", lines=lines, max_cost_usd=3.2)
        assert (await answer(client, "create_batch", lines=lines))["id"] == batch["id"]
        with anyio.fail_after(PATIENCE_SECONDS):
            while batch["status"] != "completed":
                batch = await answer(client, "read_batch", batch_id=batch["id"])
                await anyio.sleep(0.2)
        [results] = texts(await client.call_tool("read_batch_results", {"batch_id": batch["id"]}))
        assert len(results.splitlines()) == 2
        bad = [*lines, {"campaign_id": "batch-2", "prompt": "A kettle", "seconds": 99}]
        assert "line 3: " in await error(client, "create_batch", lines=bad)

    with_tools(server, story)


def test_a_refusal_says_why_and_whether_it_passes(server: Server) -> None:
    async def story(client: Client) -> None:
        order = {"campaign_id": "refused", "prompts": ["One", "Two", "Three", "Four"]}
        dear = {**order, "model": "veo-3.1-generate-001", "resolution": "4k", "seconds": 8}
        said = await error(client, "create_campaign_videos", **dear, max_cost_usd=1)
        assert "(422 max_cost_exceeded)" in said
        assert "The same call will be refused again." in said
        dearest = [{**dear, "campaign_id": f"refused-{each}"} for each in range(3)]
        assert "budget_exceeded" in await error(client, "create_batch", lines=dearest)
        assert "prompt" in await error(client, "create_video", campaign_id="refused")
        assert "no argument 'unknown'" in await error(
            client, "read_video", video_id="video_a.b", unknown=1
        )
        for strange in ("", "..", "../campaigns/again"):
            await error(client, "read_video", video_id=strange)
        assert "create_video" in await error(client, "make_video", prompt="A kettle")

    with_tools(server, story)


def test_over_http_each_caller_sends_a_key_of_its_own_and_no_web_page_may_call(
    server: Server,
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/mcp"
    environment = {**os.environ, "SHOWREEL_URL": server.origin, "SHOWREEL_API_KEY": KEY}
    command = [sys.executable, "-m", "tools.mcp_server", "--http", str(port)]

    async def story() -> None:
        await listening(port)
        async with (
            httpx2.AsyncClient(headers=BEARER) as http,
            Client(streamable_http_client(url, http_client=http)) as client,
        ):
            assert (await answer(client, "list_models"))["object"] == "list"
        async with Client(url) as client:
            assert "Authorization header" in await error(client, "list_models")
        async with httpx2.AsyncClient() as http:
            page = await http.post(url, json={}, headers={"Origin": "https://example.com"})
            assert page.status_code == 403

    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            anyio.run(story)
        finally:
            process.terminate()


async def listening(port: int) -> None:
    with anyio.fail_after(PATIENCE_SECONDS):
        while True:
            try:
                async with await anyio.connect_tcp("127.0.0.1", port):
                    return
            except OSError:
                await anyio.sleep(0.1)


def test_a_service_that_is_not_there_or_does_not_answer_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        absent = f"http://127.0.0.1:{free_port()}"
        async with Client(serve(Service(absent))) as client:
            said = await error(client, "list_videos")
            assert f"Nothing answers at {absent}." in said
        monkeypatch.setattr(to_service, "ANSWER_SECONDS", 0.2)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            async with Client(serve(Service(url))) as client:
                said = await error(client, "regenerate_video", video_id="video_a.b")
                assert f"{url} has not answered" in said
                assert "nothing is paid twice" in said

    anyio.run(story)


def test_the_example_of_adk_estimates_creates_and_regenerates_once(server: Server) -> None:
    try:
        packages = python_client("adk")
    except MissingClientError as reason:
        pytest.skip(f"google-adk cannot be installed: {reason}")
    story = Path(__file__).parent / "stories" / "adk_story.py"

    done = subprocess.run(
        [sys.executable, "-S", str(story), "adk_agent"],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        env={
            **os.environ,
            "PYTHONPATH": str(packages),
            "SHOWREEL_URL": server.origin,
            "SHOWREEL_API_KEY": KEY,
        },
    )

    assert done.returncode == 0, done.stderr[-3000:]
    saw = json.loads(done.stdout.splitlines()[-1])
    assert "Costs the price of" in saw["tools"]["versions_regenerate"]
    assert (saw["estimated"], saw["status"]) == (1.6, "completed")
    assert saw["ids"][0] == saw["ids"][1]
    assert saw["regenerated"][0] == saw["regenerated"][1] != saw["ids"][0]
    assert "max_cost_exceeded" in saw["refused"]
