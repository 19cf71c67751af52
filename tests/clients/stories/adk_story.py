"""The example agent with a scripted model. Prints the tools and what they answered, as JSON."""

import asyncio
import importlib
import json
import sys
from collections.abc import AsyncIterator, Generator
from pathlib import Path
from typing import Any

from google.adk.models import BaseLlm, LlmResponse
from google.adk.runners import InMemoryRunner
from google.genai import types  # Of ADK's environment.

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
PATIENCE_SECONDS = 120

Json = dict[str, Any]


class Script(BaseLlm):  # type: ignore[misc]  # ADK has no types.
    """A model that calls tools by a script, which is resumed with each answer."""

    script: Any
    tools: Any = None

    async def generate_content_async(self, request: Any, stream: bool) -> AsyncIterator[Any]:  # noqa: ANN401, FBT001  # ADK's own signature.
        declared = request.config.tools[0].function_declarations
        self.tools = {each.name: each.description for each in declared}
        last = request.contents[-1].parts[-1].function_response
        try:
            name, arguments = self.script.send(last and last.response)
            part = types.Part.from_function_call(name=name, args=arguments)
            await asyncio.sleep(0.2)
        except StopIteration as end:
            part = types.Part.from_text(text=json.dumps(end.value))
        yield LlmResponse(content=types.Content(role="model", parts=[part]))


def script() -> Generator[Any, Any, Json]:
    order = {"prompts": ["A kettle of an agent"], "seconds": 4}
    campaign = {"campaign_id": "adk"}
    estimate = yield "creations_estimate", order | campaign
    created = yield "creations_create_all", order | campaign
    again = yield "creations_create_all", order | campaign
    video_id = {"video_id": created["data"][0]["id"]}
    for _ in range(PATIENCE_SECONDS * 5):
        video = yield "videos_read", video_id
        if video["status"] != "in_progress" and video["status"] != "queued":
            break
    newer = yield "versions_regenerate", video_id
    same = yield "versions_regenerate", video_id
    refused = yield "creations_create_all", order | {"campaign_id": "adk-2", "max_cost_usd": 0.01}
    return {
        "estimated": estimate["cost"]["estimated"],
        "ids": [each["data"][0]["id"] for each in (created, again)],
        "status": video["status"],
        "regenerated": [newer["id"], same["id"]],
        "refused": refused["error"],
    }


async def main(example: str) -> None:
    sys.path.insert(0, str(EXAMPLES))
    agent = importlib.import_module(f"{example}.agent").root_agent
    steps = script()
    agent.model = Script(model="scripted", script=steps)
    said = ""
    async with InMemoryRunner(agent=agent) as runner:
        for event in await runner.run_debug("Make a video of a kettle.", quiet=True):
            said = event.content.parts[0].text or said
    print(json.dumps({"tools": agent.model.tools, **json.loads(said)}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
