"""Extensions of Veo: the clip in a request, and the one that it makes."""

import base64
from io import BytesIO

from shared.adapters.media.clip_inspector import PyAVClipInspector
from shared.domain.errors import InvalidClipError
from tools.emulated_cloud.vertex.answers import Answer, Json, invalid_argument, object_not_found
from tools.emulated_cloud.vertex.operations import ReadObject

ADDED_SECONDS = 7

_SECONDS = range(1, 31)
_FPS = 24
_RATIOS = {(16, 9): "16:9", (9, 16): "9:16"}


def with_clip_parameters(body: Json, read_object: ReadObject) -> Json | Answer:
    """Return the body with the seconds and the shape of the clip that its video becomes.

    Return the refusal of a video that is missing or cannot be extended.
    """
    video = body["instances"][0].get("video")
    if not video:
        return body
    try:
        clip = PyAVClipInspector().inspect(BytesIO(_content(video, read_object))).facts
    except FileNotFoundError:
        return object_not_found(video["gcsUri"])
    except InvalidClipError:
        return invalid_argument("The video could not be read.")
    ratio = next((r for (w, h), r in _RATIOS.items() if clip.width * h == clip.height * w), None)
    if round(clip.duration_seconds) not in _SECONDS or round(clip.fps) != _FPS or ratio is None:
        return invalid_argument(
            "The video must last 1 to 30 seconds, with 24 frames a second, in 16:9 or 9:16."
        )
    seconds = round(clip.duration_seconds) + ADDED_SECONDS
    parameters = {
        **body.get("parameters", {}),
        "aspectRatio": ratio,
        "durationSeconds": seconds,
        # An extension has sound, whatever is asked for.
        "generateAudio": True,
    }
    return {**body, "parameters": parameters}


def _content(video: Json, read_object: ReadObject) -> bytes:
    if "gcsUri" in video:
        return read_object(video["gcsUri"])
    return base64.b64decode(video["bytesBase64Encoded"])
