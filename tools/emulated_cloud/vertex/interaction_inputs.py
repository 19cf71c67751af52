"""The pictures and clips in the input of an interaction, and the clip that it asks for."""

import base64
from io import BytesIO

from shared.adapters.media.clip_inspector import PyAVClipInspector
from shared.domain.clip import ClipFacts
from shared.domain.errors import InvalidClipError
from shared.domain.model_registry import MODELS
from tools.emulated_cloud.vertex.answers import Answer, Json, invalid_argument, object_not_found
from tools.emulated_cloud.vertex.interaction_validation import blocks_of, seconds_of, task_of
from tools.emulated_cloud.vertex.operations import ReadObject

_SHORTEST_EDITED = 3
_MOST_KEPT = 30


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
