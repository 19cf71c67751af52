"""A player on a page of another site: what it may load, and what is counted of it."""

import json
from datetime import date

import pytest

from shared import bootstrap
from shared.domain.plays import Counts
from shared.http.endpoints import ENDPOINTS
from tests.functional.refusals import assert_refused
from tests.functional.showreel import KITE, Json, Showreel

ELSEWHERE = {"Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def family() -> str:
    return "local"


def loaded(showreel: Showreel, embed_url: str) -> Json:
    answer = showreel.send("POST", path_of(embed_url), headers=ELSEWHERE)
    assert answer.status_code == 200, answer.json
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    return dict(answer.json)


def path_of(url: str) -> str:
    return url.removeprefix("http://localhost")


def played(showreel: Showreel, embed: Json, **state: object) -> None:
    beacon = {"v": 1, "view": embed["view"], "seq": 1, "token": embed["play_token"], **state}
    answer = showreel.send(
        "POST",
        path_of(embed["plays_url"]),
        headers=ELSEWHERE,
        content_type="text/plain",
        data=json.dumps(beacon),
    )
    assert (answer.status_code, answer.data) == (204, b"")


def counts_of(video: Json) -> Counts:
    found = bootstrap.ports().plays.counts_of_video(video["id"], date.min, date.max)
    return sum((counts for _, counts in found), Counts())


def finished(showreel: Showreel, *prompts: str) -> list[Json]:
    return [showreel.ended(each) for each in showreel.create("spring", *prompts)]


def test_pages_of_every_site_may_call_these_endpoints_and_no_others() -> None:
    assert {(each.method, each.path) for each in ENDPOINTS if each.for_any_page} == {
        ("GET", "/embed.js"),
        ("POST", "/v1/embeds/{embed_token}"),
        ("POST", "/v1/plays"),
    }


def test_a_slot_is_played_on_another_site_and_counted(showreel: Showreel) -> None:
    (video,) = finished(showreel, KITE)

    embed = loaded(showreel, video["embed_url"])

    assert (embed["video_id"], embed["index"], embed["label"]) == (video["id"], 0, None)
    assert embed["duration_seconds"] == video["clip"]["duration_seconds"]
    assert showreel.get(path_of(embed["content_url"])).mimetype == "video/mp4"
    assert showreel.get(path_of(embed["poster_url"])).mimetype == "image/jpeg"
    played(showreel, embed, played_ms=4000, visible_ms=4000, bins="ffffffff")
    played(showreel, embed, played_ms=1000)
    again = loaded(showreel, video["embed_url"])
    assert again["view"] != embed["view"]
    # The token of one load counts no other.
    played(showreel, embed | {"view": again["view"]}, played_ms=100)
    assert (counts_of(video).plays, counts_of(video).q100) == (1, 1)
    played(showreel, again, played_ms=100)
    assert (counts_of(video).plays, counts_of(video).q100) == (2, 1)


def test_an_embed_of_a_slot_follows_what_is_current_and_one_of_a_video_does_not(
    showreel: Showreel,
) -> None:
    (first,) = finished(showreel, KITE)
    of_slot = first["embed_url"]
    second = showreel.ended(showreel.post(f"/v1/videos/{first['id']}/regenerate").json)
    replaced = showreel.video(first)

    assert second["embed_url"] == of_slot != replaced["embed_url"]
    assert loaded(showreel, of_slot)["video_id"] == second["id"]
    assert loaded(showreel, replaced["embed_url"])["video_id"] == first["id"]

    showreel.post(f"/v1/videos/{first['id']}/promote")
    assert loaded(showreel, of_slot)["video_id"] == first["id"]


def test_a_player_that_has_only_the_token_of_a_video_is_counted(showreel: Showreel) -> None:
    """A page of the caller's own may show any version, and need no embed."""
    (video,) = finished(showreel, KITE)
    again = showreel.video(video)

    assert again["play_token"] == video["play_token"]
    for view in ("0" * 32, "1" * 32):
        page = {"view": view, "play_token": video["play_token"], "plays_url": "/v1/plays"}
        played(showreel, page, played_ms=1)
    assert counts_of(video).plays == 2


def test_a_repeated_answer_has_the_embed_at_the_url_of_its_request(showreel: Showreel) -> None:
    (video,) = finished(showreel, KITE)
    request = {"prompt": KITE, "seconds": 4, "campaign_id": "spring"}
    key = {"Idempotency-Key": "once"}

    showreel.send("POST", "/v1/videos", headers=key, json=request)
    again = showreel.send(
        "POST", "/v1/videos", headers={**key, "Host": "127.0.0.1:9000"}, json=request
    )

    assert again.headers["Idempotency-Replayed"] == "true"
    path = path_of(video["embed_url"])
    assert again.json["embed_url"] == f"http://127.0.0.1:9000{path}"


def test_a_video_that_is_not_completed_cannot_be_embedded(endless: Showreel) -> None:
    (video,) = endless.create("spring", KITE)

    assert (video["embed_url"], video["play_token"]) == (None, None)


def test_what_cannot_be_played_is_not_found(showreel: Showreel) -> None:
    (video,) = finished(showreel, KITE)
    path = path_of(video["embed_url"])
    answers = [showreel.send("POST", f"{path[:-1]}x", headers=ELSEWHERE)]
    showreel.delete(f"/v1/videos/{video['id']}")
    answers.append(showreel.send("POST", path, headers=ELSEWHERE))
    showreel.delete("/v1/campaigns/spring")
    answers.append(showreel.send("POST", path, headers=ELSEWHERE))

    for answer in answers:
        assert_refused(answer, 404, "not_found")
        # The page may read why.
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_counts_of_a_campaign_are_deleted_with_it(showreel: Showreel) -> None:
    (video,) = finished(showreel, KITE)
    played(showreel, loaded(showreel, video["embed_url"]), played_ms=1)
    assert counts_of(video).plays == 1

    showreel.delete("/v1/campaigns/spring")

    assert counts_of(video) == Counts()
