"""docs/api.md: its tables are the description's, and its request and its error are real."""

import json
import re
from collections.abc import Iterator

import pytest

from shared.domain.errors import ShowreelError
from shared.http.meanings import OWN_CODES
from shared.http.openapi import describe
from shared.http.operation_descriptions import CODES
from tests.functional.places import ONLY_LOCAL
from tests.functional.showreel import Json, Showreel
from tools.api_reference import DOCUMENT, with_tables

# They end inside: in a video, in a message that comes again, or in another error.
NEVER_ANSWERED = {
    "invalid_output",
    "object_exists",
    "outcome_unknown",
    "provider_quota",
    "retry_later",
}


@pytest.fixture(scope="module")
def document() -> str:
    return DOCUMENT.read_text("utf-8")


def blocks(document: str) -> list[Json]:
    return [
        dict(json.loads(each)) for each in re.findall(r"```json\n(.*?)```", document, re.DOTALL)
    ]


def codes(kind: type[ShowreelError]) -> Iterator[str]:
    yield kind.code
    for each in kind.__subclasses__():
        yield from codes(each)


def test_the_tables_are_generated_from_the_openapi_description(document: str) -> None:
    """`python -m tools.api_reference` writes them again."""
    assert with_tables(document) == document


def test_every_field_that_can_be_sent_is_described_with_an_example() -> None:
    described = describe(base_url="/")
    sent = [
        schema
        for name, schema in described["components"]["schemas"].items()
        if name.endswith("Body")
    ]

    assert len(sent) >= 7
    for schema in sent:
        for name, each in schema["properties"].items():
            assert each["description"].endswith("."), name
            assert {"examples", "enum"} & each.keys() or each["type"] == "boolean", name


# They need an input, and exclude each other.
PICTURES = ("image", "last_frame", "reference_images", "input_reference")


@ONLY_LOCAL
def test_the_complete_request_has_every_field_and_is_accepted(
    endless: Showreel, document: str
) -> None:
    request = blocks(document)[0]
    body = describe(base_url="/")["components"]["schemas"]["CreateVideoBody"]

    answer = endless.post("/v1/videos", request)

    assert answer.status_code == 202, answer.text
    assert body["properties"].keys() - request.keys() == {"size", "n", *PICTURES}
    answered = answer.json
    for name in request.keys() - {"max_cost_usd", "seconds"}:
        assert answered[name] == request[name], name


@ONLY_LOCAL
def test_the_documented_error_is_the_answer(endless: Showreel, document: str) -> None:
    shown = blocks(document)[-1]

    answered = endless.post("/v1/videos", {"prompt": "A red kite", "seconds": 5}).json

    assert {**answered, "request_id": shown["request_id"]} == shown


def test_every_code_of_an_error_is_described_and_no_other() -> None:
    answered = {code for code in codes(ShowreelError) if code not in NEVER_ANSWERED}

    assert answered | OWN_CODES.keys() == CODES.keys()
