"""The validation of requests for videos, as Vertex AI does it."""

import re
from collections.abc import Iterator

from tools.emulated_cloud.vertex.answers import Json

LONG = 8

_LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")
_CHOICES: dict[str, tuple[object, ...]] = {
    "aspectRatio": ("16:9", "9:16"),
    "durationSeconds": (4, 6, LONG),
    "personGeneration": ("allow_adult", "dont_allow"),
    "resolution": ("720p", "1080p", "4k"),
    "sampleCount": (1, 2, 3, 4),
}


def first_problem(body: Json) -> str | None:
    return next(_problems(body), None)


def _problems(body: Json) -> Iterator[str]:
    instances = body.get("instances")
    if not isinstance(instances, list) or len(instances) != 1:
        yield "Exactly one instance must be given."
        return
    instance, parameters = instances[0], body.get("parameters", {})
    if not any(instance.get(source) for source in ("prompt", "image", "video")):
        yield "One of prompt, image and video must be given."
    if instance.get("image") and instance.get("referenceImages"):
        yield "Image and reference images cannot be combined."
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


def _problems_of_labels(labels: Json) -> Iterator[str]:
    for key, value in labels.items():
        if not _LABEL_KEY.fullmatch(key) or not _LABEL_VALUE.fullmatch(value):
            yield f"The label {key}={value} is invalid."
