"""What a user of OpenAI's Python SDK does. Prints what it saw, as JSON."""

import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import openai
from openai.types import Video

# The SDK marks its video methods as deprecated since OpenAI closed its own service.
warnings.simplefilter("ignore", DeprecationWarning)


def main(name: str, base_url: str) -> None:
    client = openai.OpenAI(base_url=base_url, api_key="none is needed")
    videos = client.videos

    made = videos.create_and_poll(
        prompt="Two lines\nof one prompt",
        seconds="4",
        size="1280x720",
        extra_body={"campaign_id": "lines"},
    )
    own = videos.create(
        prompt=f"An unhurried kettle of {name}",
        seconds="4",
        extra_body={"metadata": {"client": name}, "tags": [name, "shared"]},
    )
    again = videos.create(prompt=f"An unhurried kettle of {name}", seconds="4")
    takes = videos.create(
        prompt=f"An unhurried kettle of {name}", seconds="4", extra_body={"n": 2, "seed": 1}
    )
    base = videos.create_and_poll(prompt=f"A kettle of {name}", seconds="4")
    remixed = ended(client, videos.remix(base.id, prompt=f"A hopeless cup of {name}"))
    unsent: Any = openai.omit
    added: Any = "7"
    named = {"video": {"id": base.id}}
    extended = videos.extend(
        prompt="An unhurried end", seconds=added, video=unsent, extra_body=named
    )
    clip = videos.download_content(made.id).read()
    thumbnail = videos.download_content(made.id, variant="thumbnail").read()
    sheet = videos.download_content(made.id, variant="spritesheet").read()
    tagged = [video.id for video in videos.list(limit=1, extra_query={"tag": name})]
    full = {"campaign_id": "full"}
    saw = {
        "version": openai.__version__,
        "made": [made.id, made.status, made.progress],
        "retrieved": videos.retrieve(made.id) == made,
        "clip": clip[4:8].decode("latin-1"),
        "thumbnail": thumbnail[:3].hex(),
        "sheet": sheet[:3].hex(),
        "own": [own.id == again.id, extra(own, "metadata"), extra(own, "tags")],
        "takes": [takes.object, len(extra(takes, "data"))],
        "derived": [
            remixed.remixed_from_video_id == extended.remixed_from_video_id == base.id,
            remixed.status,
            extended.seconds,
        ],
        "tagged": tagged == [own.id],
        "refused": [
            refusal(lambda: videos.create(prompt="A kettle", seconds="12")),
            refusal(lambda: videos.create(prompt="5", seconds="4", extra_body=full)),
            refusal(lambda: videos.create(prompt="\u200b", seconds="4")),
        ],
        "deleted": delete_all(client, f"gone-{name}"),
        "unknown": refusal(lambda: videos.retrieve("video_lines.0123456789abcdef")),
    }
    print(json.dumps(saw))


def delete_all(client: openai.OpenAI, campaign_id: str) -> list[int]:
    """Delete each video as it is listed. Return how many were, and how many are left."""
    asked = {"campaign_id": campaign_id}
    for number in range(5):
        prompt = f"Hopeless {number}"
        ended(client, client.videos.create(prompt=prompt, seconds="4", extra_body=asked))
    deleted = [
        client.videos.delete(video.id).deleted
        for video in client.videos.list(limit=2, extra_query=asked)
    ]
    return [len(deleted), len(client.videos.list(extra_query=asked).data)]


def ended(client: openai.OpenAI, video: Video) -> Video:
    while video.status in ("queued", "in_progress"):
        time.sleep(0.2)
        video = client.videos.retrieve(video.id)
    return video


def extra(video: object, field: str) -> Any:  # noqa: ANN401  # JSON.
    return getattr(video, field, None)


def refusal(call: Callable[[], object]) -> list[object]:
    try:
        call()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.code, error.param]
    return []


main(*sys.argv[1:])
