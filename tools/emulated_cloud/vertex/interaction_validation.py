"""The validation of interactions that ask for videos, as Vertex AI does it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.model_registry import MODELS
from tools.emulated_cloud.vertex.answers import Json
from tools.emulated_cloud.vertex.validation import problems_of_bytes, problems_of_labels

_DURATION = re.compile(r"([0-9]+)s")
_PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif")
_LONGEST_WITH_TWO_FRAMES = 10
# The fewest and the most pictures of each task.
_PICTURES: Mapping[str, tuple[int, int]] = {
    "text_to_video": (0, 0),
    "image_to_video": (1, 2),
    "reference_to_video": (1, 10),
}


def first_problem_of_interaction(body: Any) -> str | None:  # noqa: ANN401  # It is JSON.
    return next(_problems(body), None)


def blocks_of(body: Json, kind: str) -> list[Json]:
    """Return the input's content of a kind: of a text, of blocks, or of steps with blocks."""
    given = body.get("input") or []
    if isinstance(given, str):
        given = [{"type": "text", "text": given}]
    steps = [each["content"] for each in given if each.get("type") == "user_input"]
    blocks = [block for step in steps for block in step] if steps else given
    return [each for each in blocks if each.get("type") == kind]


def prompt_of(body: Json) -> str:
    return " ".join(each["text"] for each in blocks_of(body, "text"))


def _problems(body: Any) -> Iterator[str]:  # noqa: ANN401  # It is JSON.
    if not isinstance(body, dict) or not isinstance(body.get("response_format"), dict):
        yield "The body is no interaction that asks for a video."
        return
    wanted = body["response_format"]
    if not prompt_of(body) or not body.get("model"):
        yield "Model and input must be given."
    if wanted.get("type") != "video":
        yield "The response format must be a video."
    if not (body.get("background") and body.get("store")):
        yield "Only a stored background interaction can be fetched."
    yield from _problems_of_task(body)
    yield from _problems_of_response_format(str(body.get("model")), wanted)
    yield from problems_of_labels(body.get("labels", {}))


def _problems_of_task(body: Json) -> Iterator[str]:
    task = body.get("generation_config", {}).get("video_config", {}).get("task")
    pictures = blocks_of(body, "image")
    if task is not None and body.get("previous_interaction_id"):
        yield "previous_interaction_id cannot be combined with a task."
    if task not in _PICTURES:
        yield f"The task {task} is not supported."
        return
    fewest, most = _PICTURES[task]
    if not fewest <= len(pictures) <= most:
        yield f"The task {task} takes {fewest} to {most} images."
    for each in pictures:
        yield from _problems_of_picture(each)
    if task == "image_to_video" and len(pictures) > 1:
        seconds = _seconds(body["response_format"])
        if seconds is not None and seconds > _LONGEST_WITH_TWO_FRAMES:
            yield "The value for `duration` is out of bound for two frames."


def _problems_of_picture(picture: Json) -> Iterator[str]:
    media_type = picture.get("mime_type")
    if media_type not in _PICTURE_TYPES:
        yield f"The mime type {media_type} is not supported."
    elif len(picture.keys() & {"uri", "data"}) != 1:
        yield "Exactly one of uri and data must be given."
    elif "data" in picture:
        yield from problems_of_bytes(str(picture["data"]), media_type)
    elif not str(picture["uri"]).startswith("gs://"):
        yield "Only GCS URIs are supported."


def _problems_of_response_format(model_id: str, wanted: Json) -> Iterator[str]:
    model, seconds = MODELS.get(model_id), _seconds(wanted)
    if seconds is None:
        yield "The duration must be given as 8s."
    elif model is not None and seconds not in model.durations:
        yield "The value for `duration` is out of bound."
    if wanted.get("aspect_ratio", "16:9") not in ("16:9", "9:16"):
        yield "The value for `aspect_ratio` is not supported."
    if wanted.get("resolution", "720p") not in ("360p", "720p", "1080p", "4k"):
        yield "The value for `resolution` is not supported."
    if (wanted.get("delivery") == "uri") != bool(wanted.get("gcs_uri")):
        yield "Delivery by URI needs a gcs_uri, and inline delivery has none."


def _seconds(wanted: Json) -> int | None:
    duration = _DURATION.fullmatch(str(wanted.get("duration", "8s")))
    return None if duration is None else int(duration[1])
