"""The OpenAPI 3.1 description, made from the endpoints and the types of bodies and answers."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from shared.http import idempotency
from shared.http.batch_types import BatchResultLine
from shared.http.descriptions import with_descriptions
from shared.http.endpoint import Endpoint
from shared.http.endpoints import ENDPOINTS
from shared.http.openapi_schemas import MEDIA_TYPES, Schema, an_example, schema_of, schemas
from shared.http.operation_descriptions import (
    INTRODUCTION,
    PATH_PARAMETERS,
    STATUSES,
    TAGS,
    costs_of,
    tag_of,
)
from shared.http.problems import CONTENT_TYPE, Problem
from shared.http.request_bodies import InputBody
from shared.requests.bodies import CreateVideoBody, EditOfBody, ExtensionOfBody
from shared.requests.parsing import CAMPAIGN_ID, Body

VERSION = "0.2.0"

_JSON_LINES = "application/x-ndjson"
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
    "description": "The same key and request get the same answer, and nothing is paid twice.",
    "example": "order-17",
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
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "A JPEG or a PNG."}
    },
    "required": ["file"],
    "additionalProperties": False,
}
_KEY_NEEDED: Mapping[str, list[str]] = {"apiKey": []}
_VARIABLE = re.compile(r"\{\+?(\w+)\}")


def describe(*, base_url: str, needs_key: bool = False) -> Schema:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Showreel", "version": VERSION, "description": INTRODUCTION},
        "servers": [{"url": base_url.removesuffix("/")}],
        "security": [_KEY_NEEDED] if needs_key else [{}, _KEY_NEEDED],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": _paths(),
        "components": {
            "schemas": schemas(),
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
        "tags": [tag_of(endpoint.path)],
        "summary": endpoint.summary,
        "description": f"{endpoint.summary}. {costs_of(name, spends=endpoint.takes_key)}",
        "parameters": [
            *_path_parameters(endpoint.path),
            *_query_parameters(endpoint),
            *([_KEY] if endpoint.takes_key else []),
        ],
        "responses": {
            **{
                str(status): {"description": STATUSES[status], **_answered(endpoint, kind)}
                for status, kind in endpoint.answers().items()
            },
            "default": {
                "description": "An error, and what to do about it",
                "content": {CONTENT_TYPE: {"schema": schema_of(Problem)}},
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
    line = an_example(body)
    table = "\n".join([",".join(line), ",".join(map(str, line.values()))])
    return {
        _JSON_LINES: {"schema": schema_of(body), "example": line},
        "text/csv": {"schema": {"type": "string"}, "example": table},
    }


def _content(body: type[Body]) -> Schema:
    schema = {"schema": schema_of(body), "example": an_example(body)}
    if body is InputBody:
        return {"application/json": schema, "multipart/form-data": {"schema": _FILE}}
    entries = _FORMS.get(body)
    if entries is None:
        return {"application/json": schema}
    form = schema | {"encoding": dict.fromkeys(entries, _FORM_ENTRY)}
    return {"application/json": schema, "multipart/form-data": form}


def _path_parameters(template: str) -> list[Schema]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            **PATH_PARAMETERS[name],
            "schema": _path_schema(name),
        }
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
    return [
        {"name": name, "in": "query", "description": each["description"], "schema": each}
        for name, each in properties.items()
    ]


def _answered(endpoint: Endpoint, kind: type | tuple[type, ...] | None) -> Schema:
    answer = _answer(kind)
    if endpoint.has_csv:
        answer["content"] |= {"text/csv": {"schema": {"type": "string"}}}
    return answer | (_REPLAYED if endpoint.takes_key else {})


def _answer(kind: type | tuple[type, ...] | None) -> Schema:
    if kind is None:
        return {}
    if not isinstance(kind, tuple) and kind in MEDIA_TYPES:
        return {"content": MEDIA_TYPES[kind]}
    media_type = _JSON_LINES if kind is BatchResultLine else "application/json"
    return {"content": {media_type: {"schema": schema_of(kind)}}}
