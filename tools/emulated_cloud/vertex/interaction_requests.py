"""Interactions that ask for videos: what Vertex AI refuses, and the clip that they ask for."""

import base64
import re
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from typing import Any

from shared.adapters.media.clip_inspector import PyAVClipInspector
from shared.domain.clip import ClipFacts
from shared.domain.errors import InvalidClipError
from shared.domain.model_registry import MODELS
from tools.emulated_cloud.http_front import Answer
from tools.emulated_cloud.vertex.answers import Json, invalid_argument, object_not_found
from tools.emulated_cloud.vertex.operations import ReadObject
from tools.emulated_cloud.vertex.veo_requests import problems_of_bytes, problems_of_labels

_DURATION = re.compile(r"([0-9]+)s")
_PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif")

_CLIP_TYPES = ("video/mp4", "video/mov", "video/mpeg", "video/webm", "video/wmv", "video/3gpp")

# The fewest and the most pictures of each task.
_PICTURES: Mapping[str, tuple[int, int]] = {
    "text_to_video": (0, 0),
    "image_to_video": (1, 2),
    "reference_to_video": (1, 10),
    "extend": (0, 0),
    "edit": (0, 10),
}
# What the clip in the input determines.
_DETERMINED = {"extend": ("aspect_ratio",), "edit": ("aspect_ratio", "duration")}

_LONGEST_WITH_TWO_FRAMES = 10

_SHORTEST_EDITED = 3
_MOST_KEPT = 30


def first_problem_of_interaction(body: Any) -> str | None:  # noqa: ANN401  # It is JSON.
    return next(_problems(body), None)


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
    task, pictures, clips = task_of(body), blocks_of(body, "image"), blocks_of(body, "video")
    if task is not None and body.get("previous_interaction_id"):
        yield "previous_interaction_id cannot be combined with a task."
    if task not in _PICTURES:
        yield f"The task {task} is not supported."
        return
    fewest, most = _PICTURES[task]
    if not fewest <= len(pictures) <= most:
        yield f"The task {task} takes {fewest} to {most} images."
    if len(clips) != (task in _DETERMINED):
        yield f"The task {task} takes {int(task in _DETERMINED)} videos."
    for name in _DETERMINED.get(task, ()):
        if name in body["response_format"]:
            yield f"`{name}` cannot be set for the task {task}."
    for each in pictures:
        yield from _problems_of_input(each, _PICTURE_TYPES)
    for each in clips:
        yield from _problems_of_input(each, _CLIP_TYPES)
    has_two_frames = task == "image_to_video" and len(pictures) > 1
    if has_two_frames and seconds_of(body["response_format"]) > _LONGEST_WITH_TWO_FRAMES:
        yield "The value for `duration` is out of bound for two frames."


def _problems_of_input(block: Json, media_types: Collection[str]) -> Iterator[str]:
    if block.get("mime_type") not in media_types:
        yield f"The mime type {block.get('mime_type')} is not supported."
    if len(block.keys() & {"uri", "data"}) != 1:
        yield "Exactly one of uri and data must be given."
    if not str(block.get("uri", "gs://")).startswith("gs://"):
        yield "Only GCS URIs are supported."
    if block["type"] == "image" and "data" in block:
        yield from problems_of_bytes(str(block["data"]), block["mime_type"])


def _problems_of_response_format(model_id: str, wanted: Json) -> Iterator[str]:
    model, seconds = MODELS.get(model_id), seconds_of(wanted)
    if not seconds:
        yield "The duration must be given as 8s."
    elif model is not None and seconds not in model.durations:
        yield "The value for `duration` is out of bound."
    if wanted.get("aspect_ratio", "16:9") not in ("16:9", "9:16"):
        yield "The value for `aspect_ratio` is not supported."
    if wanted.get("resolution", "720p") not in ("360p", "720p", "1080p", "4k"):
        yield "The value for `resolution` is not supported."
    if (wanted.get("delivery") == "uri") != bool(wanted.get("gcs_uri")):
        yield "Delivery by URI needs a gcs_uri, and inline delivery has none."


def refusal_of(body: Json, read_object: ReadObject) -> Answer | None:
    """Return the answer to an input with a missing object, or with a clip that is not taken."""
    for block in (*blocks_of(body, "image"), *blocks_of(body, "video")):
        try:
            _content(block, read_object)
        except FileNotFoundError:
            return object_not_found(block["uri"])
    try:
        source = _source_of(body, read_object)
    except InvalidClipError:
        return invalid_argument("The video could not be read.")
    if source is None or task_of(body) != "edit":
        return None
    longest = max(MODELS[body["model"]].durations)
    if _SHORTEST_EDITED <= round(source.duration_seconds) <= longest:
        return None
    return invalid_argument("The duration of the video is out of bound.")


def clip_parameters(body: Json, read_object: ReadObject) -> Json:
    """Return the shape and the seconds of the clip. An input clip determines those of its own."""
    wanted = body["response_format"]
    parameters = {
        "aspectRatio": wanted.get("aspect_ratio", "16:9"),
        "durationSeconds": seconds_of(wanted),
        "resolution": wanted.get("resolution", "720p"),
    }
    source = _source_of(body, read_object)
    if source is None:
        return parameters
    length = min(round(source.duration_seconds), _MOST_KEPT)
    added = seconds_of(wanted) if task_of(body) == "extend" else 0
    return {
        **parameters,
        "aspectRatio": "16:9" if source.width > source.height else "9:16",
        "durationSeconds": length + added,
    }


def _source_of(body: Json, read_object: ReadObject) -> ClipFacts | None:
    for block in blocks_of(body, "video"):
        return PyAVClipInspector().inspect(BytesIO(_content(block, read_object))).facts
    return None


def _content(block: Json, read_object: ReadObject) -> bytes:
    return read_object(block["uri"]) if "uri" in block else base64.b64decode(block["data"])


def prompt_of(body: Json) -> str:
    return " ".join(each["text"] for each in blocks_of(body, "text"))


def blocks_of(body: Json, kind: str) -> list[Json]:
    """Return the input's content of a kind: of a text, of blocks, or of steps with blocks."""
    given = body.get("input") or []
    if isinstance(given, str):
        given = [{"type": "text", "text": given}]
    steps = [each["content"] for each in given if each.get("type") == "user_input"]
    blocks = [block for step in steps for block in step] if steps else given
    return [each for each in blocks if each.get("type") == kind]


def task_of(body: Json) -> Any:  # noqa: ANN401  # It is JSON.
    return body.get("generation_config", {}).get("video_config", {}).get("task")


def seconds_of(wanted: Json) -> int:
    """Return the duration of a response format, or 0 for one in another form."""
    duration = _DURATION.fullmatch(str(wanted.get("duration", "8s")))
    return 0 if duration is None else int(duration[1])
