"""The description of the API: valid, complete, and true of what is answered."""

from typing import Any

import msgspec
import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from shared.http.endpoints import ENDPOINTS
from shared.http.openapi import describe
from tests.functional.showreel import GALLERY, Answer, Json, Showreel


@pytest.fixture
def family() -> str:
    """What an answer consists of is the same in both."""
    return "local"


@pytest.fixture(scope="module")
def description() -> Json:
    described = describe(base_url="http://localhost/")
    return dict(msgspec.json.decode(msgspec.json.encode(described)))


def assert_described(answer: Answer, description: Json, path: str, method: str = "get") -> None:
    """The description of `path` knows this status, and the schema of this body."""
    answers: dict[str, Any] = description["paths"][path][method]["responses"]
    described = answers.get(str(answer.status_code), answers["default"])
    media = described["content"][answer.mimetype]
    if answer.is_json:
        whole = media["schema"] | {"components": description["components"]}
        OAS31Validator(whole).validate(answer.json)


def test_the_description_is_valid_openapi(description: Json) -> None:
    assert description["openapi"] == "3.1.0"
    validate(description)


def test_the_description_is_served_with_the_services_own_url(
    showreel: Showreel, description: Json
) -> None:
    assert showreel.get("/v1/openapi.json").json == description


def test_exactly_the_operations_that_spend_take_a_key(description: Json) -> None:
    takes_key = {
        operation["operationId"]
        for path in description["paths"].values()
        for operation in path.values()
        if any(each["name"] == "Idempotency-Key" for each in operation["parameters"])
    }

    assert takes_key == {
        "batches_create",
        "creations_create",
        "creations_create_all",
        "derivations_edit",
        "derivations_edit_of",
        "derivations_extend",
        "derivations_extension_of",
        "derivations_remix",
        "versions_regenerate",
        "versions_regenerate_all",
    }


def test_every_operation_id_is_unique(description: Json) -> None:
    names = [
        operation["operationId"]
        for path in description["paths"].values()
        for operation in path.values()
    ]

    assert len(names) == len(set(names)) == len(ENDPOINTS)


@pytest.mark.parametrize(
    "path",
    ["/", "/health", "/v1/openapi.json", "/v1/models", "/v1/videos", "/v1/campaigns", "/v1/events"],
)
def test_answers_to_reads_match_the_description(
    gallery: Showreel, description: Json, path: str
) -> None:
    assert_described(gallery.get(path), description, path)


def test_a_campaign_and_its_videos_match_the_description(
    gallery: Showreel, description: Json
) -> None:
    campaign = gallery.get(f"/v1/campaigns/{GALLERY}")
    video = f"/v1/videos/{campaign.json['slots'][0]['current']['id']}"

    assert_described(campaign, description, "/v1/campaigns/{campaign_id}")
    assert_described(
        gallery.get(f"{video}?include=signed_url"), description, "/v1/videos/{video_id}"
    )
    for query in ("", "?variant=thumbnail", "?variant=poster"):
        assert_described(
            gallery.get(f"{video}/content{query}"), description, "/v1/videos/{video_id}/content"
        )


def test_answers_to_actions_match_the_description(
    endless_gallery: Showreel, description: Json
) -> None:
    slot = endless_gallery.campaign(GALLERY)["slots"][0]
    current_id = slot["current"]["id"]
    current, old = (
        f"/v1/videos/{current_id}",
        f"/v1/videos/{slot['historical'][0]['id']}",
    )
    video, campaign = "/v1/videos/{video_id}", "/v1/campaigns/{campaign_id}"
    steps: list[tuple[str, str, object]] = [
        ("/v1/videos", "/v1/videos", {"prompt": "new"}),
        ("/v1/videos", "/v1/videos", {"prompt": ""}),
        ("/v1/videos/estimate", "/v1/videos/estimate", {"prompts": ["a", "b"]}),
        (f"/v1/campaigns/{GALLERY}/videos", f"{campaign}/videos", {"prompts": ["new"]}),
        (f"{old}/promote", f"{video}/promote", None),
        (f"{old}/signed-url", f"{video}/signed-url", {"ttl_seconds": 60}),
        ("/v1/videos/edits", "/v1/videos/edits", {"prompt": "new", "video": {"id": current_id}}),
        (f"{current}/edit", f"{video}/edit", {"prompt": "new"}),
        (f"{current}/extend", f"{video}/extend", {"prompt": "new"}),
        (f"{current}/remix", f"{video}/remix", {"prompt": "newer"}),
        (f"{current}/cancel", f"{video}/cancel", None),
        (f"{current}/regenerate", f"{video}/regenerate", None),
        (f"/v1/campaigns/{GALLERY}/regenerate", f"{campaign}/regenerate", None),
        (f"/v1/campaigns/{GALLERY}/cleanup", f"{campaign}/cleanup", None),
    ]

    for url, path, body in steps:
        assert_described(endless_gallery.post(url, body), description, path, "post")
    assert_described(endless_gallery.delete(current), description, video, "delete")
    assert_described(
        endless_gallery.get(f"/v1/campaigns/{GALLERY}/trash"), description, f"{campaign}/trash"
    )
    restored = endless_gallery.post(f"{current}/restore")
    assert_described(restored, description, f"{video}/restore", "post")
