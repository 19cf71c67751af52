"""Google's own description of Vertex AI, which google-api-python-client carries.

It describes the Interactions API as RPCs: on the wire, names have underscores, `type` names a
choice, and an interaction and its model are one object. It leaves Veo's parameters open.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from tools.emulated_cloud.vertex import FakeVertex
from tools.emulated_cloud.vertex.answers import Answer
from tools.emulated_cloud.vertex.endings import Script
from tools.emulated_cloud.vertex.listener import Request
from tools.emulated_cloud.vertex.server import INTERACTIONS, POLL, SUBMIT

Schema = Mapping[str, Any]
Schemas = Mapping[str, Schema]

_KINDS = {"boolean": bool, "integer": int, "string": str}
# Where the description has several names for one field of the wire.
_NAMES = {"mime_type": "mimeTypeString", "response_format": "responseFormatSingleton"}
_VALUES = {
    "16:9": "ASPECT_RATIO_SIXTEEN_BY_NINE",
    "9:16": "ASPECT_RATIO_NINE_BY_SIXTEEN",
    "360p": "RESOLUTION_THREE_SIXTY_P",
    "720p": "RESOLUTION_SEVEN_TWENTY_P",
    "1080p": "RESOLUTION_TEN_EIGHTY_P",
    "4k": "RESOLUTION_FOUR_K",
}
# They are in answers that other projects have recorded.
_UNDESCRIBED = {"object": {"type": "string"}, "error": {"type": "any"}}
_VEO = "GoogleCloudAiplatform"
_OMNI = "GenaiVertexV1beta1"


class DescribedVertex(FakeVertex):
    """Compares each accepted request, and each answer that no test has scripted.

    `unknown` has the fields and values that Google's description does not have.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # Those of FakeVertex.
        super().__init__(**options)
        self.unknown: list[str] = []
        self._answers_itself = True

    def will_end(self, *scripts: Script) -> None:
        self._note(scripts)
        super().will_end(*scripts)

    def interactions_will_end(self, *scripts: Script) -> None:
        self._note(scripts)
        super().interactions_will_end(*scripts)

    def _note(self, scripts: tuple[Script, ...]) -> None:
        self._answers_itself &= not any(isinstance(each, dict) for each in scripts)

    def _answer(self, request: Request, body: Any) -> Answer:  # noqa: ANN401  # It is JSON.
        given = super()._answer(request, body)
        if given.status == 200:
            self.unknown += unknown_in_request(request.path, body)
            if self._answers_itself:
                self.unknown += unknown_in_answer(request.path, json.loads(given.body))
        return given


def unknown_in_request(path: str, body: Any) -> Iterator[str]:  # noqa: ANN401  # It is JSON.
    version, known = _described(path)
    if path.endswith(INTERACTIONS):
        created = {"properties": _fields(known, "CreateInteractionRequest") | _interaction(known)}
        yield from problems(body, created, known)
    elif path.endswith(SUBMIT):
        yield from problems(body, known[f"{_VEO}{version}PredictLongRunningRequest"], known)
        yield from _problems_of_pictures(body["instances"][0], known)
    elif path.endswith(POLL):
        yield from problems(body, known[f"{_VEO}{version}FetchPredictOperationRequest"], known)


def unknown_in_answer(path: str, answer: Any) -> Iterator[str]:  # noqa: ANN401  # It is JSON.
    version, known = _described(path)
    if INTERACTIONS in path:
        yield from problems(answer, {"properties": _interaction(known) | _UNDESCRIBED}, known)
    elif path.endswith((SUBMIT, POLL)):
        yield from problems(answer, known["GoogleLongrunningOperation"], known)
        response = {k: v for k, v in answer.get("response", {}).items() if k != "@type"}
        yield from problems(response, known[f"{_VEO}{version}GenerateVideoResponse"], known)


def problems(content: Any, schema: Schema, known: Schemas, place: str = "") -> Iterator[str]:  # noqa: ANN401  # It is JSON.
    """Yield the places of `content` that the schema does not have."""
    schema = known.get(schema.get("$ref", ""), schema)
    if "properties" in schema:
        yield from _problems_of_fields(content, schema["properties"], known, place)
    elif schema.get("type") == "array":
        for each in content:
            yield from problems(each, schema["items"], known, place)
    elif "enum" in schema:
        if _VALUES.get(content, str(content).upper()) not in schema["enum"]:
            yield f"{place} cannot be {content}"
    elif not isinstance(content, _KINDS.get(schema.get("type", ""), object)):
        yield f"{place} is no {schema['type']}"


def _problems_of_fields(
    content: Mapping[str, Any], fields: Schemas, known: Schemas, place: str
) -> Iterator[str]:
    if "type" in content and "type" not in fields:
        rest = {name: value for name, value in content.items() if name != "type"}
        content = {content["type"]: rest}
    for name, value in content.items():
        described, within = _as_described(name, value, fields)
        field = fields.get(described)
        if field is None:
            yield f"{place}.{name} is unknown"
        else:
            yield from problems(within, field, known, f"{place}.{name}")


def _as_described(name: str, value: Any, fields: Schemas) -> tuple[str, Any]:  # noqa: ANN401  # It is JSON.
    if name == "input":
        return ("stringContent" if isinstance(value, str) else "steps"), value
    if name == "content" and "contentList" in fields:
        return "contentList", {"contents": value}
    first, *rest = _NAMES.get(name, name).split("_")
    return first + "".join(word.capitalize() for word in rest), value


def _problems_of_pictures(instance: Mapping[str, Any], known: Schemas) -> Iterator[str]:
    references = [each["image"] for each in instance.get("referenceImages", ())]
    frames = [instance[name] for name in ("image", "lastFrame") if name in instance]
    for picture in (*frames, *references):
        yield from problems(
            picture, known["CloudAiLargeModelsVisionGenerateVideoRequestImage"], known
        )


def _interaction(known: Schemas) -> dict[str, Schema]:
    return _fields(known, "Interaction") | _fields(known, "ModelInteraction")


def _fields(known: Schemas, name: str) -> dict[str, Schema]:
    return dict(known[f"{_OMNI}{name}"]["properties"])


def _described(path: str) -> tuple[str, Schemas]:
    version = path.split("/")[1]
    return version.capitalize(), schemas(version)


@cache
def schemas(version: str) -> Schemas:
    path = f"googleapiclient/discovery_cache/documents/aiplatform.{version}.json"
    document = distribution("google-api-python-client").locate_file(path)
    found: Schemas = json.loads(Path(str(document)).read_bytes())["schemas"]
    return found
