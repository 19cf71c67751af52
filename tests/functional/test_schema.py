"""The published schema is what the service does, in both directions.

What the schema allows is accepted, or refused for what a request means. What it forbids is refused
with 400, and what a model has to do with by that model's name and its choices.
"""

import json
import math
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS31Validator

from shared.http.openapi import describe
from tests.functional.places import FolderPlace
from tests.functional.showreel import GALLERY, KITE, Answer, Json, Showreel, served

DESCRIPTION: Json = msgspec.json.decode(msgspec.json.encode(describe(base_url="http://localhost/")))
SCHEMAS: Json = DESCRIPTION["components"]["schemas"]

# What a request may mean although its shape is right.
DOCUMENTED = {
    *(("400", "invalid_request"), ("404", "not_found"), ("409", "wrong_state")),
    *(("404", "model_not_found"), ("404", "model_retired"), ("409", "slot_busy")),
    *(("422", "unsupported_parameter"), ("422", "unsupported_size")),
    *(("422", "campaign_video_limit"), ("422", "budget_exceeded"), ("422", "max_cost_exceeded")),
    *(("403", "invalid_signature"), ("403", "signature_expired")),
    *(("400", "invalid_input"), ("400", "invalid_url"), ("422", "rejected")),
}
OF_MODELS = {
    *("model", "size", "aspect_ratio", "resolution", "fps", "seed", "person_generation"),
}
ABOUT_THE_SHAPE = re.compile(
    r"must be an? .*(?:, not | of at )|Unknown (?:field|query parameter)|required field"
    r"|not valid JSON|out of range"
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.integers(-9, 9).map(float)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | st.sampled_from(["", "8", "8.0", "true", "desc", "spring", "x" * 501, "spring\n", "-1"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.lists(inner, min_size=17, max_size=17)
        | st.dictionaries(TEXT, inner, max_size=2)
    ),
    max_leaves=4,
)

# A body that each of them accepts; the kinds are those of the description.
ACCEPTED: dict[str, Json] = {
    "CreateVideoBody": {"prompt": KITE, "seconds": 4, "campaign_id": "accepted"},
    "CreateCampaignVideosBody": {"prompts": [KITE], "seconds": 4},
    "EstimateBody": {"prompt": KITE},
}


@dataclass(frozen=True)
class Endpoint:
    """One that takes a body, or parameters in its query."""

    method: str
    path: str
    operation: Json = field(repr=False)

    @property
    def schema(self) -> Json:
        return dict(self.operation["requestBody"]["content"]["application/json"]["schema"])

    @property
    def kind(self) -> str:
        return str(self.schema["$ref"]).rpartition("/")[2]

    @property
    def parameters(self) -> dict[str, Json]:
        return {
            each["name"]: each["schema"]
            for each in self.operation["parameters"]
            if each["in"] == "query"
        }


ENDPOINTS = [
    Endpoint(method.upper(), path, operation)
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
]
WITH_BODY = [
    each
    for each in ENDPOINTS
    if "application/json" in each.operation.get("requestBody", {}).get("content", {})
    # A page learns nothing of its beacon: tests/unit/http/test_plays.py has those.
    and each.path != "/v1/plays"
]
WITH_QUERY = [each for each in ENDPOINTS if each.parameters]


def by_name(endpoints: list[Endpoint]) -> pytest.MarkDecorator:
    names = [each.operation["operationId"] for each in endpoints]
    return pytest.mark.parametrize("endpoint", endpoints, ids=names)


@pytest.fixture(scope="module")
def service(gallery_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showreel]:
    """No video is generated; what is accepted is reserved."""
    folder = tmp_path_factory.mktemp("schema") / "data"
    shutil.copytree(gallery_folder, folder)
    with served(FolderPlace(folder), delivering=False) as service:
        yield service


def values(schema: Json) -> st.SearchStrategy[Any]:
    """Draw what a schema allows, with the words that this description uses."""
    if "$ref" in schema:
        return values(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        bounds = {name: schema[name] for name in ("minimum", "maximum") if name in schema}
        return st.one_of([values(each | bounds) for each in schema["anyOf"]])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_of_kind(kind, schema) for kind in kinds])


def _of_kind(kind: str, schema: Json) -> st.SearchStrategy[Any]:
    least, most = schema.get("minimum"), schema.get("maximum")
    if kind == "integer":
        whole = st.integers(least, most)
        few = st.integers(-99 if least is None else least, 99 if most is None else most)
        return whole | few.map(float)
    if kind == "number":
        return st.integers(least, most) | st.floats(least, most, allow_nan=False)
    if kind == "string" and "pattern" in schema:
        longest = schema.get("maxLength", math.inf)
        written = st.from_regex(schema["pattern"].replace("$", r"\Z"))
        return written.filter(lambda each: len(each) <= longest)
    if kind == "array":
        return st.lists(values(schema["items"]), min_size=schema.get("minItems", 0), max_size=3)
    if kind == "object":
        return _objects(schema)
    plain = {
        "null": st.none(),
        "boolean": st.booleans(),
        "string": st.text(
            st.characters(exclude_categories=["Cs"]), min_size=schema.get("minLength", 0)
        ),
    }
    return plain[kind]


def _objects(schema: Json) -> st.SearchStrategy[Any]:
    if "properties" not in schema:
        inner = schema.get("additionalProperties")
        return st.dictionaries(TEXT, values(inner), max_size=2) if inner else st.just({})
    drawn = {name: values(each) for name, each in schema["properties"].items()}
    required = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: each for name, each in drawn.items() if name in required},
        optional={name: each for name, each in drawn.items() if name not in required},
    )


@pytest.fixture(scope="module")
def there(service: Showreel) -> dict[str, str]:
    """Names of what there is, for the variables of a path."""
    slot = service.campaign(GALLERY)["slots"][0]
    video = slot["current"]
    arms = [{"video_id": each["id"]} for each in (video, *slot["historical"])]
    experiment = service.post(f"/v1/campaigns/{GALLERY}/experiments", {"arms": arms})
    line = {"campaign_id": "batch", "prompt": KITE, "seconds": 4}
    batch = service.send(
        "POST", "/v1/batches", data=json.dumps(line), content_type="application/x-ndjson"
    )
    webhook = service.post("/v1/webhooks", {"url": "http://localhost:9/"})
    delivery = service.post(f"/v1/webhooks/{webhook.json['id']}/test")
    reviews = f"/v1/campaigns/{GALLERY}/reviews"
    review = service.post(reviews).json
    # One that is open to reviewers stays so, although the first is closed and deleted.
    token = service.post(reviews).json["url"].partition("#")[2]
    return {
        "review_id": review["id"],
        "review_token": token,
        "webhook_id": webhook.json["id"],
        "event_id": delivery.json["id"],
        "batch_id": batch.json["id"],
        "experiment_id": experiment.json["id"],
        "campaign_id": GALLERY,
        "video_id": video["id"],
        "embed_token": video["embed_url"].rpartition("/")[2],
        "filename": video["filename"],
        "path": f"videos/generated/{GALLERY}/{video['filename']}",
    }


def allows(schema: Json, value: object) -> bool:
    return bool(OAS31Validator(schema | {"components": {"schemas": SCHEMAS}}).is_valid(value))


def assert_understood(answer: Answer) -> None:
    if answer.status_code >= 400:
        assert (str(answer.status_code), answer.json["code"]) in DOCUMENTED, answer.text
        assert not ABOUT_THE_SHAPE.search(answer.json["detail"]), answer.text


MANY = settings(suppress_health_check=list(HealthCheck), deadline=None)


@by_name(WITH_BODY)
@MANY
@given(data=st.data())
def test_every_body_that_the_schema_allows_is_decoded(
    service: Showreel, there: dict[str, str], endpoint: Endpoint, data: st.DataObject
) -> None:
    body = data.draw(values(endpoint.schema))
    assert allows(endpoint.schema, body)

    assert_understood(service.send(endpoint.method, endpoint.path.format(**there), json=body))


@by_name(WITH_BODY)
@MANY
@given(data=st.data())
def test_every_body_that_the_schema_forbids_is_refused(
    service: Showreel, there: dict[str, str], endpoint: Endpoint, data: st.DataObject
) -> None:
    accepted = ACCEPTED.get(endpoint.kind, {})
    names = [*SCHEMAS[endpoint.kind].get("properties", {}), "unknown"]
    name = data.draw(st.sampled_from(names))
    body: Any = {**accepted, name: data.draw(JUNK)}
    body = data.draw(st.sampled_from([body] * 9 + [[body], None, "text", 7]))

    answer = service.send(
        endpoint.method,
        endpoint.path.format(**there),
        data=json.dumps(body),
        content_type="application/json",
    )

    if allows(endpoint.schema, body):
        assert_understood(answer)
    elif name in OF_MODELS:
        assert (str(answer.status_code), answer.json["code"]) in DOCUMENTED, body
        assert answer.status_code in (400, 404, 422)
    else:
        assert (answer.status_code, answer.json["code"]) == (400, "invalid_request"), body


@pytest.mark.parametrize("endpoint", [each for each in WITH_BODY if each.schema], ids=str)
def test_a_body_is_required_where_it_has_a_required_field(
    service: Showreel, there: dict[str, str], endpoint: Endpoint
) -> None:
    answer = service.send(endpoint.method, endpoint.path.format(**there))

    if endpoint.operation["requestBody"]["required"]:
        assert answer.status_code == 400
    else:
        assert_understood(answer)


@by_name(WITH_QUERY)
@MANY
@given(data=st.data())
def test_a_parameter_follows_its_schema(
    service: Showreel, there: dict[str, str], endpoint: Endpoint, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(endpoint.parameters)))
    schema = endpoint.parameters[name]
    text = data.draw(values(schema).filter(lambda each: each is not None).map(str) | TEXT)

    answer = service.send(endpoint.method, endpoint.path.format(**there), query_string={name: text})

    if any(allows(schema, each) for each in (text, whole_number(text), truth(text))):
        assert_understood(answer)
    else:
        assert (answer.status_code, answer.json["code"]) == (400, "invalid_request")


def truth(text: str) -> object:
    """Return the boolean that a query writes as 1, 0, true or false."""
    return {"1": True, "true": True, "0": False, "false": False}.get(text.lower(), text)


def whole_number(text: str) -> object:
    found = re.fullmatch(r"(-?[0-9]+)(\.0+)?", text, re.ASCII)
    return int(found[1]) if found else text
