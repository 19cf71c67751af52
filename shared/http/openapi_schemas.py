"""The schemas of the OpenAPI description, made from the types of bodies and answers."""

from collections.abc import Mapping
from typing import Any

import msgspec

from shared.http.described_answers import with_meanings
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
        name: with_descriptions(each) if name in sent else with_meanings(name, each)
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
