"""The description of the API (OpenAPI 3.1), made from its routes and the types on both sides."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from shared.http import repeats
from shared.http.access import OPEN_ENDPOINTS
from shared.http.descriptions import CODES, with_words
from shared.http.operations import OPERATIONS, Operation
from shared.http.problems import CONTENT_TYPE, Problem
from shared.http.resource_types import Metrics
from shared.http.routes import ROUTES
from shared.requests.bodies import CAMPAIGN_ID, CreateVideoBody
from shared.requests.parsing import Body

Schema = dict[str, Any]

_REFERENCE = "#/components/schemas/{name}"
_FORM_ENTRY = {"style": "deepObject", "explode": True}
_KEY: Schema = {
    "name": repeats.KEY,
    "in": "header",
    "description": "The same key and request get the same answer, and nothing is paid twice",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}
_REPLAYED: Schema = {
    "headers": {
        repeats.REPLAYED: {
            "description": "This answer was given before",
            "schema": {"const": "true"},
        }
    }
}
_KEY_NEEDED: Mapping[str, list[str]] = {"apiKey": []}
_MEDIA_TYPES: Mapping[type, Schema] = {
    bytes: {"video/mp4": {}, "image/jpeg": {}},
    Metrics: {"text/plain": {}},
    str: {"text/html": {}, "text/css": {}, "text/javascript": {}, "image/svg+xml": {}},
}
_VARIABLE = re.compile(r"\{\+?(\w+)\}")


def describe(*, base_url: str, needs_key: bool = False) -> Schema:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Showreel", "version": "1"},
        "servers": [{"url": base_url.removesuffix("/")}],
        "security": [_KEY_NEEDED] if needs_key else [{}, _KEY_NEEDED],
        "paths": {
            _VARIABLE.sub(r"{\1}", template): {
                method.lower(): _describe(template, endpoint)
                for method, endpoint in methods.items()
            }
            for template, methods in ROUTES.items()
        },
        "components": {
            "schemas": _components(),
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "One of API_KEYS, where the installation has any",
                }
            },
        },
    }


def _describe(template: str, endpoint: str) -> Schema:
    operation = OPERATIONS[endpoint]
    described: Schema = {
        "operationId": endpoint.replace(".", "_"),
        "summary": operation.summary,
        "parameters": [
            *_path_parameters(template),
            *_query_parameters(operation),
            *([_KEY] if operation.takes_key else []),
        ],
        "responses": {
            **{
                str(status): _answer(kind) | (_REPLAYED if operation.takes_key else {})
                for status, kind in operation.answers.items()
            },
            "default": {
                "description": "What was wrong, and what to do",
                "content": {CONTENT_TYPE: {"schema": _schema(Problem)}},
            },
        },
    }
    if endpoint in OPEN_ENDPOINTS:
        described["security"] = []
    if operation.body is not None:
        described["requestBody"] = {
            "content": _content(operation.body),
            "required": any(field.required for field in msgspec.structs.fields(operation.body)),
        }
    return described


def _content(body: type[Body]) -> Schema:
    schema = {"schema": _schema(body)}
    if body is not CreateVideoBody:
        return {"application/json": schema}
    form = schema | {"encoding": dict.fromkeys(("business_context", "metadata"), _FORM_ENTRY)}
    return {"application/json": schema, "multipart/form-data": form}


def _path_parameters(template: str) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _path_schema(name)}
        for name in _VARIABLE.findall(template)
    ]


def _path_schema(name: str) -> Schema:
    return {"type": "string"} | (CAMPAIGN_ID if name == "campaign_id" else {})


def _query_parameters(operation: Operation) -> list[Schema]:
    if operation.query is None:
        return []
    _, components = msgspec.json.schema_components([operation.query])
    properties = with_words(components[operation.query.__name__])["properties"]
    return [{"name": name, "in": "query", "schema": each} for name, each in properties.items()]


def _answer(kind: type | None) -> Schema:
    if kind is None:
        return {"description": "No body"}
    if kind in _MEDIA_TYPES:
        return {"description": "The bytes", "content": _MEDIA_TYPES[kind]}
    return {
        "description": "Done",
        "content": {"application/json": {"schema": _schema(kind)}},
    }


def _schema(kind: type) -> Schema:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=_REFERENCE)
    return schema


def _components() -> Schema:
    kinds: list[type | None] = [Problem]
    for operation in OPERATIONS.values():
        kinds += [operation.body, *operation.answers.values()]
    described = [kind for kind in kinds if kind is not None and kind not in _MEDIA_TYPES]
    _, components = msgspec.json.schema_components(described, ref_template=_REFERENCE)
    sent = {each.body.__name__ for each in OPERATIONS.values() if each.body is not None}
    components |= {name: with_words(components[name]) for name in sent}
    components["Problem"]["properties"]["code"]["enum"] = list(CODES)
    return {name: _as_sent(schema) for name, schema in components.items()}


def _as_sent(schema: object) -> object:
    """Decimals are sent as numbers. What is asked for has bounds, and may be a text, too."""
    match schema:
        case {"format": "decimal", "minimum": _, **asked}:
            return {**asked, "type": ["number", "string"], "format": "decimal", "minimum": 0}
        case {"format": "decimal"}:
            return {"type": "number"}
        case dict():
            return {key: _as_sent(each) for key, each in schema.items()}
        case list():
            return [_as_sent(each) for each in schema]
        case _:
            return schema
