"""The OpenAPI description explains itself: no field, parameter or answer is without words."""

import json
import re
from collections.abc import Iterator

import msgspec
import pytest
from openapi_schema_validator import OAS31Validator

from shared.http.descriptions import FIELDS
from shared.http.openapi import describe
from shared.http.openapi_schemas import ANSWERS, EXAMPLES
from tests.functional.showreel import Json

A_NAME = re.compile(r"id|.*_id")
DATES = ("date", "unix-time")


@pytest.fixture(scope="module")
def description() -> Json:
    return dict(msgspec.json.decode(msgspec.json.encode(describe(base_url="http://localhost/"))))


def operations(description: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def properties(description: Json) -> Iterator[tuple[str, Json]]:
    """Yield each property of each schema, named by the schema and itself."""
    for kind, schema in description["components"]["schemas"].items():
        for name, each in schema.get("properties", {}).items():
            yield f"{kind}.{name}", each


def alternatives(schema: Json) -> Iterator[Json]:
    yield schema
    for each in schema.get("anyOf", ()):
        yield from alternatives(each)


def test_every_property_is_described(description: Json) -> None:
    without = [
        name
        for name, each in properties(description)
        if not each.get("description", "").endswith(".")
    ]

    assert len(list(properties(description))) > 500
    assert not without


def test_no_words_are_about_a_field_that_is_not_there(description: Json) -> None:
    named = {name for name, _ in properties(description)}
    known = named | {name.partition(".")[2] for name in named}
    parameters = {
        each["name"] for _, operation in operations(description) for each in operation["parameters"]
    }

    assert known >= ANSWERS.keys() | EXAMPLES.keys()
    assert known | parameters >= FIELDS.keys()


def test_every_id_and_date_and_every_field_of_a_request_has_an_example(description: Json) -> None:
    without = [
        name
        for name, each in properties(description)
        if A_NAME.fullmatch(name.partition(".")[2])
        or "Body." in name
        or any(part.get("format") in DATES for part in alternatives(each))
        if not any({"examples", "enum"} & part.keys() for part in alternatives(each))
        and not any(part.get("type") == "boolean" for part in alternatives(each))
    ]

    assert not without


def test_every_parameter_answer_and_operation_is_described(description: Json) -> None:
    tags = {each["name"] for each in description["tags"]}
    for name, operation in operations(description):
        assert operation["summary"], name
        assert len(operation["tags"]) == 1, name
        assert tags.issuperset(operation["tags"]), name
        for each in operation["parameters"]:
            assert each["description"].endswith("."), (name, each["name"])
        for status, answer in operation["responses"].items():
            assert answer["description"], (name, status)
    assert tags == {tag for _, each in operations(description) for tag in each["tags"]}


def test_the_example_of_every_body_is_valid(description: Json) -> None:
    seen = 0
    for name, operation in operations(description):
        for kind, content in operation.get("requestBody", {"content": {}})["content"].items():
            if "json" not in kind:
                continue
            whole = content["schema"] | {"components": description["components"]}
            assert json.dumps(content["example"]), name
            OAS31Validator(whole).validate(content["example"])
            seen += 1
    assert seen > 20


def test_every_code_of_a_problem_has_its_meaning(description: Json) -> None:
    code = description["components"]["schemas"]["Problem"]["properties"]["code"]

    assert code["x-codes"].keys() == set(code["enum"])
    for each in code["x-codes"].values():
        assert each["meaning"].endswith(".")
        assert 400 <= each["status"] < 600
