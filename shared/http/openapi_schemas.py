"""The schemas of the OpenAPI description, made from the types of bodies and answers.

The fields of answers are given their meanings, and examples of ids and dates.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from shared.http.answer_descriptions import OF_VIDEOS
from shared.http.audience_descriptions import OF_THE_AUDIENCE
from shared.http.descriptions import example_of, with_descriptions
from shared.http.endpoints import ENDPOINTS
from shared.http.meanings import meanings_of_codes
from shared.http.operation_descriptions import CODES
from shared.http.problems import Problem
from shared.http.resource_types import Archive, Metrics
from shared.requests.parsing import Body

Schema = dict[str, Any]

_REFERENCE = "#/components/schemas/{name}"
MEDIA_TYPES: Mapping[type, Schema] = {
    bytes: {"video/mp4": {}, "image/jpeg": {}, "image/png": {}},
    Archive: {"application/zip": {}},
    Metrics: {"text/plain": {}},
    str: {"text/html": {}, "text/css": {}, "text/javascript": {}, "image/svg+xml": {}},
}

_VIDEO_ID = "video_spring.0123456789abcdef"
_EXPERIMENT_ID = "exp_spring.00000001"
_REVIEW_ID = "review_spring.0123456789abcdef"
_COMMENT_ID = "0123abcd" * 4
_EVENT_ID = "evt_2b9d7b0c0a5f4e6d8c1b3a4958676f7e"
_DAY = "2026-11-29"
ANSWERS: Mapping[str, str] = {**OF_VIDEOS, **OF_THE_AUDIENCE}
"""By name, or by type and name where a field of this type has a meaning of its own."""

EXAMPLES: Mapping[str, Any] = {
    "id": _VIDEO_ID,
    "video_id": _VIDEO_ID,
    "remixed_from_video_id": _VIDEO_ID,
    "campaign_id": "spring",
    "CampaignResource.id": "spring",
    "CampaignSummary.id": "spring",
    "DeletedCampaign.id": "spring",
    "ModelResource.id": "veo-3.1-fast-generate-001",
    "file_id": "input_spring.0123456789abcdef",
    "InputResource.id": "input_spring.0123456789abcdef",
    "DeletedInput.id": "input_spring.0123456789abcdef",
    "batch_id": "batch_0123456789abcdef",
    "BatchResource.id": "batch_0123456789abcdef",
    "webhook_id": "wh_0123456789abcdef",
    "WebhookResource.id": "wh_0123456789abcdef",
    "DeletedWebhook.id": "wh_0123456789abcdef",
    "EventResource.id": _EVENT_ID,
    "DeliveryResource.id": _EVENT_ID,
    "experiment_id": _EXPERIMENT_ID,
    "ExperimentResource.id": _EXPERIMENT_ID,
    "ExperimentReport.id": _EXPERIMENT_ID,
    "ReviewResource.id": _REVIEW_ID,
    "DeletedReview.id": _REVIEW_ID,
    "CommentResource.id": _COMMENT_ID,
    "comment_id": _COMMENT_ID,
    "ModelList.first_id": "veo-3.1-generate-001",
    "ModelList.last_id": "gemini-omni-1.1-flash-preview",
    "request_id": "req_5e1b1c7d51b0ad53",
    "timestamp": "2026-11-29T09:52:12.123456+00:00",
    "date": _DAY,
    "from": _DAY,
    "to": _DAY,
    "guaranteed_until": _DAY,
    "retired_on": _DAY,
}
"""Of ids and dates; by name, or by type and name, as above."""


def an_example(body: type[Body]) -> Schema:
    """Return a body with the fields that most requests have."""
    _, components = msgspec.json.schema_components([body])
    return example_of(body.__name__, with_descriptions(components[body.__name__]))


def schema_of(kind: type | tuple[type, ...]) -> Schema:
    if isinstance(kind, tuple):
        return {"oneOf": [schema_of(each) for each in kind]}
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=_REFERENCE)
    return schema


def schemas() -> Schema:
    """Return the schema of each body and answer, and of what they have, by the name of its type."""
    bodies = [endpoint.body() for endpoint in ENDPOINTS if endpoint.body is not None]
    answers = [kind for endpoint in ENDPOINTS for kind in endpoint.answers().values()]
    each_kind = [each for kind in answers for each in (kind if isinstance(kind, tuple) else [kind])]
    kinds = [kind for kind in each_kind if kind is not None and kind not in MEDIA_TYPES]
    named = dict.fromkeys([Problem, *bodies, *kinds])
    _, of_types = msgspec.json.schema_components(list(named), ref_template=_REFERENCE)
    _, sent = msgspec.json.schema_components(list(dict.fromkeys(bodies)))
    described = {
        name: with_descriptions(each) if name in sent else _with_meanings(name, each)
        for name, each in of_types.items()
    }
    described["Problem"]["properties"]["code"] |= {"enum": list(CODES), "x-codes": _codes()}
    return {name: _as_sent(schema) for name, schema in described.items()}


def _codes() -> Schema:
    """Say of each code what it means, its status, and after how many seconds to retry."""
    meanings = meanings_of_codes()
    return {
        code: {
            "status": meanings[code].status.value,
            "retry_after_seconds": meanings[code].retry_after_seconds,
            "meaning": text,
        }
        for code, text in CODES.items()
    }


def _as_sent(schema: object) -> object:
    """Describe decimals as numbers, and in requests, where they have bounds, also as texts."""
    match schema:
        case {"format": "decimal", "minimum": _, **rest}:
            return {**rest, "type": ["number", "string"], "format": "decimal", "minimum": 0}
        case {"format": "decimal", **rest}:
            return {**rest, "type": "number"}
        case dict():
            return {key: _as_sent(each) for key, each in schema.items()}
        case list():
            return [_as_sent(each) for each in schema]
        case _:
            return schema


def _with_meanings(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an answer with the ANSWERS and EXAMPLES of its properties."""
    properties = schema.get("properties", {})
    described = {name: {**_words_of(kind, name), **each} for name, each in properties.items()}
    return {**schema, "properties": described} if described else schema


def _words_of(kind: str, name: str) -> dict[str, Any]:
    words: dict[str, Any] = {}
    if text := ANSWERS.get(f"{kind}.{name}", ANSWERS.get(name)):
        words["description"] = text
    if name in ("first_id", "last_id") and kind.startswith("ListResource_"):
        # msgspec's name of a list, such as ListResource_VideoResource_.
        kind, name = kind.removeprefix("ListResource_").removesuffix("_"), "id"
    if example := EXAMPLES.get(f"{kind}.{name}", EXAMPLES.get(name)):
        words["examples"] = [example]
    return words
