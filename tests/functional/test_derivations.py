"""Remix, extend and edit over HTTP: from a request to a clip that plays."""

from io import BytesIO

import pytest

from shared.adapters.media.clip_inspector import PyAVClipInspector
from tests.functional.places import ONLY_LOCAL
from tests.functional.refusals import assert_refused
from tests.functional.showreel import BOAT, GALLERY, Json, Showreel

ALL_OF_IT = {"prompt": "It lands", "model": "gemini-omni-1.2-flash"}


def boat(service: Showreel) -> Json:
    """Return the current video of slot 1."""
    [_, slot] = service.campaign(GALLERY)["slots"]
    return dict(slot["current"])


def seconds_of(service: Showreel, url: str) -> float:
    answer = service.get(url)
    assert answer.headers["Content-Type"] == "video/mp4"
    return PyAVClipInspector().inspect(BytesIO(answer.data)).facts.duration_seconds


def test_an_extended_video_replaces_its_video_and_keeps_its_clip(gallery: Showreel) -> None:
    old = boat(gallery)

    answer = gallery.post(f"/v1/videos/{old['id']}/extend", {"prompt": "It sinks"})
    new = gallery.ended(answer.json)
    gallery.delete(f"/v1/videos/{old['id']}?purge=true")

    assert (answer.status_code, new["status"], new["version_state"]) == (
        202,
        "completed",
        "current",
    )
    assert (new["task"], new["seconds"], new["index"]) == ("extend_video", "11", 1)
    assert (new["remixed_from_video_id"], new["cost"]["actual"]) == (old["id"], 2.8)
    assert seconds_of(gallery, new["content_url"]) == pytest.approx(11, abs=0.05)
    clip = gallery.get(f"/v1/inputs/{new['extended_clip']}").json
    assert (clip["media_type"], clip["duration_seconds"]) == ("video/mp4", 4.0)
    assert seconds_of(gallery, clip["content_url"]) == pytest.approx(4, abs=0.05)


@ONLY_LOCAL
def test_an_edit_by_another_model_is_as_long_as_its_video(gallery: Showreel) -> None:
    old = boat(gallery)

    new = gallery.ended(gallery.post(f"/v1/videos/{old['id']}/edit", ALL_OF_IT).json)

    assert (new["status"], new["task"], new["seconds"]) == ("completed", "edit_video", "4")
    assert new["model"] == "gemini-omni-1.2-flash"
    assert seconds_of(gallery, new["content_url"]) == pytest.approx(4, abs=0.05)


@ONLY_LOCAL
def test_a_remix_with_the_same_prompt_is_the_same_video(gallery: Showreel) -> None:
    old = boat(gallery)

    answer = gallery.post(f"/v1/videos/{old['id']}/remix", {"prompt": BOAT})

    assert (answer.status_code, answer.json["id"]) == (200, old["id"])
    assert answer.json["outcome"] == "cache_hit"


@pytest.mark.parametrize(
    ("path", "body", "refusal", "param"),
    [
        ("{id}/extend", {}, (400, "invalid_request"), "prompt"),
        ("{id}/extend", {"prompt": "a", "seconds": 8}, (422, "unsupported_parameter"), "seconds"),
        ("{id}/extend", {"prompt": "a", "seconds": "x"}, (422, "unsupported_parameter"), "seconds"),
        ("{id}/extend", {"prompt": "a", "model": "veo-9"}, (404, "model_not_found"), "model"),
        ("{id}/extend", {"prompt": "a", "max_cost_usd": 2}, (422, "max_cost_exceeded"), None),
        ("{id}/edit", {"prompt": "a"}, (422, "unsupported_parameter"), "model"),
        ("{id}/remix", {"prompt": "a", "seconds": 4}, (400, "invalid_request"), "seconds"),
        ("extensions", {"prompt": "a"}, (400, "invalid_request"), "video"),
        ("edits", {"prompt": "a", "video": {"id": "x"}}, (404, "not_found"), None),
        ("edits", {"prompt": "a", "video": "{id}"}, (400, "invalid_request"), "video"),
    ],
)
def test_a_request_that_cannot_be_carried_out_is_refused(
    refusing: Showreel, path: str, body: Json, refusal: tuple[int, str], param: str | None
) -> None:
    answer = refusing.post(f"/v1/videos/{path.format(id=boat(refusing)['id'])}", body)

    assert_refused(answer, *refusal)
    assert answer.json["error"]["param"] == param


@ONLY_LOCAL
def test_an_input_of_a_clip_is_no_picture(gallery: Showreel) -> None:
    old = boat(gallery)
    extended = gallery.post(f"/v1/videos/{old['id']}/extend", {"prompt": "It sinks"}).json

    answer = gallery.post(
        "/v1/videos",
        {"campaign_id": GALLERY, "prompt": "a", "image": extended["extended_clip"]},
    )

    assert_refused(answer, 400, "invalid_input")
