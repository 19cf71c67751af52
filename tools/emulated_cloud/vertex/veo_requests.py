"""Requests for videos of Veo: what Vertex AI refuses, and the clip that an extension asks for."""

import base64
import re
from collections.abc import Iterator
from io import BytesIO

from shared.adapters.media.clip_inspector import PyAVClipInspector
from shared.domain.errors import InvalidClipError
from tools.emulated_cloud.http_front import Answer
from tools.emulated_cloud.vertex.answers import Json, invalid_argument, object_not_found
from tools.emulated_cloud.vertex.operations import ReadObject

LONG = 8

ADDED_SECONDS = 7

_CHOICES: dict[str, tuple[object, ...]] = {
    "aspectRatio": ("16:9", "9:16"),
    "durationSeconds": (4, 6, LONG),
    "personGeneration": ("allow_adult", "dont_allow"),
    "resolution": ("720p", "1080p", "4k"),
    "sampleCount": (1, 2, 3, 4),
}

_MOST_REFERENCES = 3
_LARGEST_PICTURE = 20 * 1024 * 1024
_SIGNATURES = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}

_LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")

_SECONDS = range(1, 31)
_FPS = 24
_RATIOS = {(16, 9): "16:9", (9, 16): "9:16"}


def first_problem(body: Json, model_id: str) -> str | None:
    return next(_problems(body, model_id), None)


def _problems(body: Json, model_id: str) -> Iterator[str]:
    instances = body.get("instances")
    if not isinstance(instances, list) or len(instances) != 1:
        yield "Exactly one instance must be given."
        return
    instance, parameters = instances[0], body.get("parameters", {})
    if not any(instance.get(source) for source in ("prompt", "image", "video")):
        yield "One of prompt, image and video must be given."
    if instance.get("referenceImages") and "-lite-" in model_id:
        yield "Reference images are not supported by this model."
    yield from _problems_of_pictures(instance)
    yield from _problems_of_video(instance, parameters)
    yield from _problems_of_parameters(parameters)
    if parameters.get("durationSeconds", LONG) != LONG and _must_be_long(instance, parameters):
        yield f"The duration must be {LONG} seconds for this request."
    yield from problems_of_labels(body.get("labels", {}))


def _problems_of_parameters(parameters: Json) -> Iterator[str]:
    for name, allowed in _CHOICES.items():
        if name in parameters and parameters[name] not in allowed:
            choices = ", ".join(map(str, allowed))
            yield f"The value for `{name}` is out of bound; supported are: {choices}."
    if not 0 <= parameters.get("seed", 0) < 2**32:
        yield "The value for `seed` is out of bound."
    if not str(parameters.get("storageUri", "gs://")).startswith("gs://"):
        yield "The value for `storageUri` is no Cloud Storage URI."


def _must_be_long(instance: Json, parameters: Json) -> bool:
    return parameters.get("resolution", "720p") != "720p" or bool(instance.get("referenceImages"))


def _problems_of_pictures(instance: Json) -> Iterator[str]:
    references = instance.get("referenceImages", [])
    frames = [instance[name] for name in ("image", "lastFrame") if instance.get(name)]
    if references and (frames or not instance.get("prompt")):
        yield "Reference images need a prompt, and cannot be combined with image or lastFrame."
    if instance.get("lastFrame") and not instance.get("image"):
        yield "The last frame cannot be given without an image."
    if len(references) > _MOST_REFERENCES:
        yield f"At most {_MOST_REFERENCES} reference images are supported."
    for each in references:
        if str(each.get("referenceType", "")).lower() != "asset":
            yield "The reference type must be asset."
    for picture in (*frames, *(each.get("image", {}) for each in references)):
        yield from _problems_of_picture(picture)


def _problems_of_video(instance: Json, parameters: Json) -> Iterator[str]:
    """Another duration than that of an extension is refused. The clip itself is checked later."""
    video = instance.get("video")
    if not video:
        return
    if any(instance.get(name) for name in ("image", "lastFrame", "referenceImages")):
        yield "A video cannot be combined with images."
    if video.get("mimeType") != "video/mp4":
        yield f"The mime type {video.get('mimeType')} is not supported; supported is: video/mp4."
    if len(video.keys() & {"gcsUri", "bytesBase64Encoded"}) != 1:
        yield "Exactly one of gcsUri and bytesBase64Encoded must be given."
    elif not str(video.get("gcsUri", "gs://")).startswith("gs://"):
        yield "Only Cloud Storage URIs are supported."
    if "durationSeconds" in parameters:
        yield "The duration of an extension cannot be set."


def _problems_of_picture(picture: Json) -> Iterator[str]:
    media_type = picture.get("mimeType")
    if media_type not in _SIGNATURES:
        yield f"The mime type {media_type} is not supported; supported are: image/jpeg, image/png."
        return
    given = picture.keys() & {"gcsUri", "bytesBase64Encoded"}
    if len(given) != 1:
        yield "Exactly one of gcsUri and bytesBase64Encoded must be given."
    elif "gcsUri" in given:
        if not str(picture["gcsUri"]).startswith("gs://"):
            yield "Only Cloud Storage URIs are supported."
    else:
        yield from problems_of_bytes(str(picture["bytesBase64Encoded"]), media_type)


def problems_of_bytes(encoded: str, media_type: str) -> Iterator[str]:
    try:
        content = base64.b64decode(encoded, validate=True)
    except ValueError:
        yield "The image is no valid base64."
        return
    if len(content) > _LARGEST_PICTURE or not content.startswith(_SIGNATURES.get(media_type, b"")):
        yield f"The image is no {media_type} of up to {_LARGEST_PICTURE} bytes."


def problems_of_labels(labels: Json) -> Iterator[str]:
    for key, value in labels.items():
        if not _LABEL_KEY.fullmatch(key) or not _LABEL_VALUE.fullmatch(value):
            yield f"The label {key}={value} is invalid."


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
