"""The operations of the OpenAPI description that are tools, and what a model reads about each."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.http.idempotency import KEY

Schema = dict[str, Any]

# The operation of each tool. None of them waits for a video: creating and reading are separate.
TOOLS: Mapping[str, str] = {
    "list_models": "models_all_models",
    "estimate_videos": "creations_estimate",
    "create_video": "creations_create",
    "create_campaign_videos": "creations_create_all",
    "read_video": "videos_read",
    "list_videos": "videos_list_all",
    "list_campaigns": "campaigns_list_all",
    "read_campaign": "campaigns_read",
    "regenerate_video": "versions_regenerate",
    "remix_video": "derivations_remix",
    "promote_video": "versions_promote",
    "cancel_video": "versions_cancel",
    "estimate_batch": "batches_estimate",
    "create_batch": "batches_create",
    "read_batch": "batches_read",
    "read_batch_results": "batches_results",
    "list_batches": "batches_list_all",
    "read_video_analytics": "analytics_of_video",
    "read_campaign_analytics": "analytics_of_campaign",
    "list_experiments": "experiments_list_all",
    "read_experiment": "experiments_read",
    "plan_experiment": "experiments_plan",
    "cancel_batch": "batches_cancel",
}
KEY_ARGUMENT = "idempotency_key"
LINES_ARGUMENT = "lines"
JSON_LINES = "application/x-ndjson"

_REFERENCE = "#/components/schemas/"
_REPEATED = (
    "A call with the arguments of an earlier one is the same request: it gets the first answer, "
    f"and nothing is paid again. To pay for another video, add an unused `{KEY_ARGUMENT}`."
)
_KEY: Schema = {
    "type": "string",
    "pattern": "^[!-~]{1,255}$",
    "description": "Only to repeat an earlier call as a new request, which is paid: a text of "
    "your own without spaces that no earlier call had.",
}
_REQUEST = re.compile(r"(?:GET|POST) /v1/[\w/{}]*[\w}](?![\w/?])")


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a tool sends. `media_type` is that of its body, or empty."""

    description: str
    arguments: Schema
    method: str
    path: str
    in_path: Sequence[str]
    in_query: Sequence[str]
    media_type: str
    takes_key: bool

    @property
    def only_reads(self) -> bool:
        return self.method == "GET" or self.path.endswith(("/estimate", "/plan"))


def operations(description: Schema) -> Mapping[str, Operation]:
    """Return the operation of each tool by its name."""
    tools = {operation: tool for tool, operation in TOOLS.items()}
    requests = {
        f"{method.upper()} {path}": tools[each["operationId"]]
        for path, methods in description["paths"].items()
        for method, each in methods.items()
        if each["operationId"] in tools
    }
    # A model knows no paths: a text about a request names its tool.
    text = _REQUEST.sub(lambda found: requests.get(found[0], found[0]), json.dumps(description))
    named = json.loads(text)
    made = {}
    for request, tool in requests.items():
        method, path = request.split()
        described = named["paths"][path][method.lower()]
        made[tool] = _operation(method, path, described, named["components"]["schemas"])
    return {tool: made[tool] for tool in TOOLS}


def _operation(
    method: str, path: str, described: Schema, schemas: Mapping[str, Schema]
) -> Operation:
    parameters = described["parameters"]
    places = {
        place: [each["name"] for each in parameters if each["in"] == place]
        for place in ("path", "query", "header")
    }
    media_type, body = _body(described, schemas)
    takes_key = KEY in places["header"]
    properties = {
        **{each["name"]: each["schema"] for each in parameters if each["in"] != "header"},
        **body.get("properties", {}),
        **({KEY_ARGUMENT: _KEY} if takes_key else {}),
    }
    said = described["description"]
    return Operation(
        description=f"{said} {_REPEATED}" if takes_key else said,
        arguments={
            "type": "object",
            "properties": {name: simplified(each, schemas) for name, each in properties.items()},
            "required": [*places["path"], *body.get("required", ())],
            "additionalProperties": False,
        },
        method=method,
        path=path,
        in_path=places["path"],
        in_query=places["query"],
        media_type=media_type,
        takes_key=takes_key,
    )


def _body(described: Schema, schemas: Mapping[str, Schema]) -> tuple[str, Schema]:
    """Return the body's media type and schema; that of JSON lines has them as a list."""
    content = described.get("requestBody", {}).get("content", {})
    if JSON_LINES in content:
        lines = {"type": "array", "minItems": 1, "items": content[JSON_LINES]["schema"]}
        return JSON_LINES, {"properties": {LINES_ARGUMENT: lines}, "required": [LINES_ARGUMENT]}
    if not content:
        return "", {}
    media_type = "application/json"
    return media_type, _resolved(content[media_type]["schema"], schemas)


def _resolved(schema: Schema, schemas: Mapping[str, Schema]) -> Schema:
    reference = schema.get("$ref")
    return schema if reference is None else schemas[reference.removeprefix(_REFERENCE)]


def simplified(schema: Schema, schemas: Mapping[str, Schema]) -> Schema:
    """Return it without references and alternatives: several hosts' models support neither.

    Of several types, the first is left. A value that may be null can be left out instead.
    """
    schema = _resolved(schema, schemas)
    if "anyOf" in schema:
        first = next(each for each in schema["anyOf"] if each != {"type": "null"})
        rest = {key: each for key, each in schema.items() if key != "anyOf"}
        return simplified({**_resolved(first, schemas), **rest}, schemas)
    simple = {key: each for key, each in schema.items() if key != "title"}
    if not simple.get("default"):
        simple.pop("default", None)
    if isinstance(simple.get("type"), list):
        simple["type"] = simple["type"][0]
    if "enum" in simple:
        simple["enum"] = [each for each in simple["enum"] if each is not None]
    if "properties" in simple:
        properties = simple["properties"].items()
        simple["properties"] = {name: simplified(each, schemas) for name, each in properties}
    for key in ("items", "additionalProperties"):
        if isinstance(simple.get(key), dict):
            simple[key] = simplified(simple[key], schemas)
    return simple
