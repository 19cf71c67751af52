"""The OpenAPI 3.1 description, made from the endpoints and the types of bodies and answers."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from shared.http import idempotency
from shared.http.batch_types import BatchResultLine
from shared.http.descriptions import CODES, costs_of, with_descriptions
from shared.http.endpoint import Endpoint
from shared.http.endpoints import ENDPOINTS
from shared.http.problems import CONTENT_TYPE, Problem
from shared.http.request_bodies import InputBody
from shared.http.resource_types import Archive, Metrics
from shared.requests.bodies import CreateVideoBody, EditOfBody, ExtensionOfBody
from shared.requests.parsing import CAMPAIGN_ID, Body

Schema = dict[str, Any]

VERSION = "0.2.0"

_JSON_LINES = "application/x-ndjson"
_REFERENCE = "#/components/schemas/{name}"
_FORM_ENTRY = {"style": "deepObject", "explode": True}
# Bodies that OpenAI's SDKs send as forms, with the fields that are objects.
_FORMS: Mapping[type[Body], Sequence[str]] = {
    CreateVideoBody: ("business_context", "metadata"),
    EditOfBody: ("video",),
    ExtensionOfBody: ("video",),
}
_KEY: Schema = {
    "name": idempotency.KEY,
    "in": "header",
    "description": "The same key and request get the same answer, and nothing is paid twice",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}
_REPLAYED: Schema = {
    "headers": {
        idempotency.REPLAYED: {
            "description": "A repeat of the first answer",
            "schema": {"const": "true"},
        }
    }
}
_FILE: Schema = {
    "type": "object",
    "properties": {"file": {"type": "string", "format": "binary"}},
    "required": ["file"],
    "additionalProperties": False,
}
_KEY_NEEDED: Mapping[str, list[str]] = {"apiKey": []}
_MEDIA_TYPES: Mapping[type, Schema] = {
    bytes: {"video/mp4": {}, "image/jpeg": {}, "image/png": {}},
    Archive: {"application/zip": {}},
    Metrics: {"text/plain": {}},
    str: {"text/html": {}, "text/css": {}, "text/javascript": {}, "image/svg+xml": {}},
}
_VARIABLE = re.compile(r"\{\+?(\w+)\}")


def describe(*, base_url: str, needs_key: bool = False) -> Schema:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Showreel", "version": VERSION},
        "servers": [{"url": base_url.removesuffix("/")}],
        "security": [_KEY_NEEDED] if needs_key else [{}, _KEY_NEEDED],
        "paths": _paths(),
        "components": {
            "schemas": _components(),
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "One of API_KEYS, if the installation has any",
                }
            },
        },
    }


def operation_id(endpoint: Endpoint) -> str:
    handler = endpoint.handler()
    return f"{handler.__module__.rpartition('.')[2]}_{handler.__name__}"


def _paths() -> Schema:
    paths: dict[str, Schema] = {}
    for endpoint in ENDPOINTS:
        path = paths.setdefault(_VARIABLE.sub(r"{\1}", endpoint.path), {})
        path[endpoint.method.lower()] = _operation(endpoint)
    return paths


def _operation(endpoint: Endpoint) -> Schema:
    name = operation_id(endpoint)
    described: Schema = {
        "operationId": name,
        "summary": endpoint.summary,
        "description": f"{endpoint.summary}. {costs_of(name, spends=endpoint.takes_key)}",
        "parameters": [
            *_path_parameters(endpoint.path),
            *_query_parameters(endpoint),
            *([_KEY] if endpoint.takes_key else []),
        ],
        "responses": {
            **{
                str(status): _answered(endpoint, kind)
                for status, kind in endpoint.answers().items()
            },
            "default": {
                "description": "An error, and what to do about it",
                "content": {CONTENT_TYPE: {"schema": _schema(Problem)}},
            },
        },
    }
    if endpoint.is_open:
        described["security"] = []
    if endpoint.body is not None:
        body = endpoint.body()
        described["requestBody"] = {
            "content": _lines_of(body) if endpoint.takes_lines else _content(body),
            "required": endpoint.takes_lines
            or any(field.required for field in msgspec.structs.fields(body)),
        }
    return described


def _lines_of(body: type[Body]) -> Schema:
    """Each line is a body of its own; a file of CSV has its fields as columns."""
    return {
        _JSON_LINES: {"schema": _schema(body)},
        "text/csv": {"schema": {"type": "string"}},
    }


def _content(body: type[Body]) -> Schema:
    schema = {"schema": _schema(body)}
    if body is InputBody:
        return {"application/json": schema, "multipart/form-data": {"schema": _FILE}}
    entries = _FORMS.get(body)
    if entries is None:
        return {"application/json": schema}
    form = schema | {"encoding": dict.fromkeys(entries, _FORM_ENTRY)}
    return {"application/json": schema, "multipart/form-data": form}


def _path_parameters(template: str) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _path_schema(name)}
        for name in _VARIABLE.findall(template)
    ]


def _path_schema(name: str) -> Schema:
    return {"type": "string"} | (CAMPAIGN_ID if name == "campaign_id" else {})


def _query_parameters(endpoint: Endpoint) -> list[Schema]:
    if endpoint.query is None:
        return []
    query = endpoint.query()
    _, components = msgspec.json.schema_components([query])
    properties = with_descriptions(components[query.__name__])["properties"]
    return [{"name": name, "in": "query", "schema": each} for name, each in properties.items()]


def _answered(endpoint: Endpoint, kind: type | tuple[type, ...] | None) -> Schema:
    answer = _answer(kind)
    if endpoint.has_csv:
        answer["content"] |= {"text/csv": {"schema": {"type": "string"}}}
    return answer | (_REPLAYED if endpoint.takes_key else {})


def _answer(kind: type | tuple[type, ...] | None) -> Schema:
    if kind is None:
        return {"description": "No body"}
    if not isinstance(kind, tuple) and kind in _MEDIA_TYPES:
        return {"description": "The bytes", "content": _MEDIA_TYPES[kind]}
    media_type = _JSON_LINES if kind is BatchResultLine else "application/json"
    return {"description": "Success", "content": {media_type: {"schema": _schema(kind)}}}


def _schema(kind: type | tuple[type, ...]) -> Schema:
    if isinstance(kind, tuple):
        return {"oneOf": [_schema(each) for each in kind]}
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=_REFERENCE)
    return schema


def _components() -> Schema:
    bodies = [endpoint.body() for endpoint in ENDPOINTS if endpoint.body is not None]
    answers = [kind for endpoint in ENDPOINTS for kind in endpoint.answers().values()]
    each_kind = [each for kind in answers for each in (kind if isinstance(kind, tuple) else [kind])]
    kinds = [kind for kind in each_kind if kind is not None and kind not in _MEDIA_TYPES]
    described = dict.fromkeys([Problem, *bodies, *kinds])
    _, components = msgspec.json.schema_components(list(described), ref_template=_REFERENCE)
    for body in dict.fromkeys(bodies):
        components[body.__name__] = with_descriptions(components[body.__name__])
    components["Problem"]["properties"]["code"]["enum"] = list(CODES)
    return {name: _as_sent(schema) for name, schema in components.items()}


def _as_sent(schema: object) -> object:
    """Describe decimals as numbers, and in requests, where they have bounds, also as texts."""
    match schema:
        case {"format": "decimal", "minimum": _, **rest}:
            return {**rest, "type": ["number", "string"], "format": "decimal", "minimum": 0}
        case {"format": "decimal"}:
            return {"type": "number"}
        case dict():
            return {key: _as_sent(each) for key, each in schema.items()}
        case list():
            return [_as_sent(each) for each in schema]
        case _:
            return schema
