"""What a user of LiteLLM's proxy does with OpenAI's SDK. Prints what it saw, as JSON."""

import base64
import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import openai

warnings.simplefilter("ignore", DeprecationWarning)


def main(base_url: str, api_key: str, documented: str) -> None:
    videos = openai.OpenAI(base_url=base_url, api_key=api_key).videos

    def create(prompt: str, seconds: Any = "4", **fields: str) -> Any:  # noqa: ANN401  # Also wrong ones.
        return videos.create(model="veo", prompt=prompt, seconds=seconds, extra_body=fields)

    made = create("Two lines\nof one prompt", campaign_id="lines")
    while made.status in ("queued", "in_progress"):
        time.sleep(0.2)
        made = videos.retrieve(made.id)
    own, again = (create("An unhurried kettle of litellm") for _ in range(2))
    saw = {
        "video": server_id(documented),
        "made": [server_id(made.id), made.status, made.progress],
        "clip": videos.download_content(made.id).read()[4:8].decode("latin-1"),
        "own": server_id(own.id) == server_id(again.id),
        "refused": [
            refusal(lambda: create("A kettle", seconds="12")),
            refusal(lambda: create("5", campaign_id="full")),
            refusal(lambda: create("\u200b")),
        ],
    }
    print(json.dumps(saw))


def server_id(wrapped: str) -> str:
    """Return Showreel's id, which the proxy wraps."""
    content = wrapped.removeprefix("video_")
    try:
        named = base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)).decode()
    except ValueError:
        return wrapped
    fields = dict(field.partition(":")[::2] for field in named.split(";"))
    return fields["video_id"]


def refusal(call: Callable[[], object]) -> list[object]:
    try:
        call()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code]
    return []


main(*sys.argv[1:])
