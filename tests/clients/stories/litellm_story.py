"""What a user of LiteLLM does. Prints what it saw, as JSON."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import litellm  # type: ignore[import-not-found]  # It has an environment of its own.

MODEL = "openai/veo-3.1-generate-001"

litellm.suppress_debug_info = True


def main(name: str, base_url: str) -> None:
    at = {"api_base": base_url, "api_key": "none is needed"}

    def create(prompt: str, **more: Any) -> Any:  # noqa: ANN401  # It is untyped.
        return litellm.video_generation(prompt=prompt, model=MODEL, **{"seconds": "4"} | more | at)

    made = create("Two lines\nof one prompt", extra_body={"campaign_id": "lines"})
    while made.status in ("queued", "in_progress"):
        time.sleep(0.2)
        made = litellm.video_status(video_id=made.id, **at)
    own, again = (create(f"An unhurried kettle of {name}") for _ in range(2))
    full = {"campaign_id": "full"}
    listed = litellm.video_list(limit=100, custom_llm_provider="openai", **at)["data"]
    saw = {
        "version": version("litellm"),
        "made": [server_id(made.id), made.status, made.progress],
        "clip": litellm.video_content(video_id=made.id, **at)[4:8].decode("latin-1"),
        "thumbnail": litellm.video_content(video_id=made.id, variant="thumbnail", **at)[:3].hex(),
        "own": own.id == again.id,
        "listed": server_id(own.id) in {server_id(each["id"]) for each in listed},
        "refused": [
            refusal(lambda: create("A kettle", seconds="12")),
            refusal(lambda: create("5", extra_body=full)),
            refusal(lambda: create("\u200b")),
            refusal(lambda: asyncio.run(routed(at, full))),
        ],
    }
    print(json.dumps(saw))


async def routed(at: dict[str, str], full: dict[str, str]) -> object:
    """Its router sends again what it takes for passing."""
    models = [{"model_name": "veo", "litellm_params": {"model": MODEL, **at}}]
    router = litellm.Router(model_list=models, num_retries=2)
    return await router.avideo_generation(model="veo", prompt="6", seconds="4", extra_body=full)


def server_id(wrapped: str) -> str:
    decoded = litellm.decode_video_id_with_provider(wrapped)
    return str(decoded["video_id"])


def refusal(call: Callable[[], object]) -> list[object]:
    try:
        call()
    except litellm.exceptions.APIError as error:
        return [type(error).__name__, error.status_code]
    except litellm.exceptions.BadRequestError as error:
        return [type(error).__name__, error.status_code]
    return []


main(*sys.argv[1:])
