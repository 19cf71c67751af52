"""The validation of requests for videos, as Vertex AI does it."""

import base64
import re
from collections.abc import Iterator
from typing import Any

from shared.domain.model_registry import MODELS
from tools.emulated_cloud.vertex.answers import Json

LONG = 8

_MOST_REFERENCES = 3
_LARGEST_PICTURE = 20 * 1024 * 1024
_SIGNATURES = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}

_DURATION = re.compile(r"([0-9]+)s")
_LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")
_CHOICES: dict[str, tuple[object, ...]] = {
    "aspectRatio": ("16:9", "9:16"),
    "durationSeconds": (4, 6, LONG),
    "personGeneration": ("allow_adult", "dont_allow"),
    "resolution": ("720p", "1080p", "4k"),
    "sampleCount": (1, 2, 3, 4),
}


def first_problem(body: Json, model_id: str) -> str | None:
    return next(_problems(body, model_id), None)


def first_problem_of_interaction(body: Any) -> str | None:  # noqa: ANN401  # It is JSON.
    return next(_problems_of_interaction(body), None)


def _problems_of_interaction(body: Any) -> Iterator[str]:  # noqa: ANN401  # It is JSON.
    if not isinstance(body, dict) or not isinstance(body.get("response_format"), dict):
        yield "The body is no interaction that asks for a video."
        return
    wanted = body["response_format"]
    if not body.get("input") or not body.get("model"):
        yield "Model and input must be given."
    if wanted.get("type") != "video":
        yield "The response format must be a video."
    if not (body.get("background") and body.get("store")):
        yield "Only a stored background interaction can be fetched."
    yield from _problems_of_response_format(str(body.get("model")), wanted)
    yield from _problems_of_labels(body.get("labels", {}))


def _problems_of_response_format(model_id: str, wanted: Json) -> Iterator[str]:
    model = MODELS.get(model_id)
    duration = _DURATION.fullmatch(str(wanted.get("duration", "8s")))
    if duration is None:
        yield "The duration must be given as 8s."
    elif model is not None and int(duration[1]) not in model.durations:
        yield "The value for `duration` is out of bound."
    if wanted.get("aspect_ratio", "16:9") not in ("16:9", "9:16"):
        yield "The value for `aspect_ratio` is not supported."
    if wanted.get("resolution", "720p") not in ("360p", "720p", "1080p", "4k"):
        yield "The value for `resolution` is not supported."
    if (wanted.get("delivery") == "uri") != bool(wanted.get("gcs_uri")):
        yield "Delivery by URI needs a gcs_uri, and inline delivery has none."


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
    yield from _problems_of_parameters(parameters)
    if parameters.get("durationSeconds", LONG) != LONG and _must_be_long(instance, parameters):
        yield f"The duration must be {LONG} seconds for this request."
    yield from _problems_of_labels(body.get("labels", {}))


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
        yield from _problems_of_bytes(str(picture["bytesBase64Encoded"]), media_type)


def _problems_of_bytes(encoded: str, media_type: str) -> Iterator[str]:
    try:
        content = base64.b64decode(encoded, validate=True)
    except ValueError:
        yield "The image is no valid base64."
        return
    if len(content) > _LARGEST_PICTURE or not content.startswith(_SIGNATURES[media_type]):
        yield f"The image is no {media_type} of up to {_LARGEST_PICTURE} bytes."


def _problems_of_labels(labels: Json) -> Iterator[str]:
    for key, value in labels.items():
        if not _LABEL_KEY.fullmatch(key) or not _LABEL_VALUE.fullmatch(value):
            yield f"The label {key}={value} is invalid."
