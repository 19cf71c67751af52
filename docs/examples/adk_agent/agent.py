"""An agent of Google's ADK. Its tools are operations of Showreel's OpenAPI description.

pip install google-adk
SHOWREEL_URL=http://localhost:8000 adk run docs/examples/adk_agent
"""

import hashlib
import json
import os
from typing import Any
from urllib.request import Request, urlopen

import httpx
from google.adk.agents import Agent
from google.adk.tools.openapi_tool import OpenAPIToolset

URL = os.environ.get("SHOWREEL_URL", "http://localhost:8000")
API_KEY = os.environ.get("SHOWREEL_API_KEY", "")
HEADERS = {"Authorization": f"Bearer {API_KEY}"} if API_KEY else {}
TOOLS = [
    "models_all_models",
    "creations_estimate",
    "creations_create_all",
    "campaigns_read",
    "videos_read",
    "videos_list_all",
    "versions_regenerate",
    "versions_promote",
    "versions_cancel",
]


def description() -> dict[str, Any]:
    with urlopen(Request(f"{URL}/v1/openapi.json", headers=HEADERS), timeout=30) as answer:
        described = dict(json.load(answer))
    # `client` sends the key: ADK would ask the user for one.
    described.pop("security")
    return described


async def add_key(request: httpx.Request) -> None:
    """Give equal requests one Idempotency-Key: models repeat calls, and a repeat is not paid."""
    if request.method == "POST":
        sent = f"{request.url}\n".encode() + request.content
        request.headers.setdefault("Idempotency-Key", hashlib.sha256(sent).hexdigest())


def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(headers=HEADERS, timeout=30, event_hooks={"request": [add_key]})


root_agent = Agent(
    name="showreel",
    model="gemini-3.5-flash",
    instruction="You make marketing videos. They cost money: estimate first, and ask the user "
    "before you create any. A video takes minutes: creating it answers at once, so say so, and "
    "read the campaign when the user asks. To pay for one more version of a video, send an "
    "idempotency_key that no earlier call had.",
    tools=[
        OpenAPIToolset(
            spec_dict=description(),
            tool_filter=TOOLS,
            httpx_client_factory=client,
            # Showreel may be on this machine.
            allow_private_network_access=True,
        )
    ],
)
