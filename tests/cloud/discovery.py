"""Google's own description of its services, which google-api-python-client carries.

That of Vertex AI describes the Interactions API as RPCs: on the wire, names have underscores,
`type` names a choice, and an interaction and its model are one object. It leaves Veo's parameters
open.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tools.emulated_cloud.http_front import Answer
from tools.emulated_cloud.vertex.endings import Script
from tools.emulated_cloud.vertex.server import INTERACTIONS, POLL, SUBMIT, FakeVertex, Received

Schema = Mapping[str, Any]
Schemas = Mapping[str, Schema]

_VERSIONS = {"cloudfunctions": "v2", "run": "v2"}
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

    def _answer(self, request: Received, body: Any) -> Answer:  # noqa: ANN401  # It is JSON.
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
    elif path.startswith(f"/{version.lower()}/publishers/"):
        yield from problems(answer, known[f"{_VEO}{version}PublisherModel"], known)


def unknown_in_question(
    service: str, path: str, body: Mapping[str, Any] | None, answer: Mapping[str, Any]
) -> Iterator[str]:
    """Compare a request to another service, and its answer. Only a request to POST has a body."""
    document = _document(service, _VERSIONS.get(service, "v1"))
    line, _, query = path.partition("?")
    verb = "GET" if body is None else "POST"
    method = next(
        (each for each in _methods(document) if _serves(each, document, verb, line)), None
    )
    if method is None:
        yield f"{service} has no {verb} {line}"
        return
    known = document["schemas"]
    for name in parse_qs(query):
        if name not in method["parameters"].keys() | document["parameters"].keys():
            yield f"{method['id']} has no parameter {name}"
    if body:
        yield from problems(body, method.get("request", {"properties": {}}), known, method["id"])
    yield from problems(answer, method["response"], known, method["id"])


def _methods(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from resource.get("methods", {}).values()
    for each in resource.get("resources", {}).values():
        yield from _methods(each)


def _serves(method: Mapping[str, Any], document: Schema, verb: str, line: str) -> bool:
    template = document["servicePath"] + method.get("flatPath", method["path"])
    pattern = re.sub(r"\\{\w+\\}", "[^/:]+", re.escape(template))
    return method["httpMethod"] == verb and re.fullmatch(pattern, line) is not None


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
    if name in fields:
        return name, value
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
    return version.capitalize(), _document("aiplatform", version)["schemas"]


@cache
def _document(service: str, version: str) -> Schema:
    path = f"googleapiclient/discovery_cache/documents/{service}.{version}.json"
    document = distribution("google-api-python-client").locate_file(path)
    found: Schema = json.loads(Path(str(document)).read_bytes())
    return found
