"""A player on a page of another site: what it may load, and what is counted of it."""

import json
import re
from collections import Counter
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


def test_a_load_whose_urls_have_expired_goes_on_as_the_same_view(showreel: Showreel) -> None:
    first, second = finished(showreel, KITE, "A kettle sings")
    body = {"arms": [{"video_id": each["id"]} for each in (first, second)]}
    experiment = showreel.post("/v1/campaigns/spring/experiments", body).json
    embed = loaded(showreel, experiment["embed_url"])

    again = [
        loaded(showreel, f"{experiment['embed_url']}?renews={embed['play_token']}")
        for _ in range(8)
    ]

    kept = ("view", "video_id", "experiment_id", "arm")
    assert {tuple(each[name] for name in kept) for each in again} == {
        tuple(embed[name] for name in kept)
    }
    assert showreel.get(path_of(again[0]["content_url"])).status_code == 200
    for load in (embed, *again):
        played(showreel, load, played_ms=1)
    report = showreel.get(f"/v1/campaigns/spring/experiments/{experiment['id']}").json
    assert sum(arm["exposures"] for arm in report["arms"]) == 1
    assert sum(arm["watched"]["plays"] for arm in report["arms"]) == 1


def test_the_metrics_have_beacons_by_what_became_of_them(showreel: Showreel) -> None:
    (video,) = finished(showreel, KITE)
    before = beacons(showreel)
    embed = loaded(showreel, video["embed_url"])

    for view in (embed, embed, embed | {"play_token": "forged"}):
        played(showreel, view, played_ms=1)
    showreel.send("POST", "/v1/plays", headers={**ELSEWHERE, "DNT": "1"}, data="never read")

    assert beacons(showreel) - before == {"counted": 2, "refused": 1, "opted_out": 1}


def beacons(showreel: Showreel) -> Counter[str]:
    text = showreel.get("/metrics").text
    found = re.findall(r'showreel_beacons_total\{outcome="(.*)"\} (\d+)', text)
    return Counter({outcome: int(count) for outcome, count in found})


def test_only_the_token_of_one_load_goes_on_and_only_in_its_campaign(showreel: Showreel) -> None:
    (video,) = finished(showreel, KITE)
    (other,) = (showreel.ended(each) for each in showreel.create("autumn", KITE))
    embed = loaded(showreel, other["embed_url"])

    for token in (other["play_token"], embed["play_token"]):
        assert loaded(showreel, f"{video['embed_url']}?renews={token}")["video_id"] == video["id"]
    forged = f"{path_of(video['embed_url'])}?renews=x{embed['play_token']}"
    assert_refused(showreel.send("POST", forged, headers=ELSEWHERE), 403, "invalid_signature")


@pytest.mark.parametrize(
    ("query", "headers"), [("?counted=false", {}), ("", {"Sec-GPC": "1"}), ("", {"DNT": "1"})]
)
def test_who_opted_out_is_assigned_to_no_arm_and_sees_the_first_one(
    showreel: Showreel, query: str, headers: dict[str, str]
) -> None:
    first, second = finished(showreel, KITE, "A kettle sings")
    body = {"arms": [{"video_id": each["id"]} for each in (first, second)]}
    experiment = showreel.post("/v1/campaigns/spring/experiments", body).json
    path = f"{path_of(experiment['embed_url'])}{query}"

    loads = [showreel.send("POST", path, headers={**ELSEWHERE, **headers}).json for _ in range(8)]

    for load in loads:
        assert load["video_id"] == first["id"]
        assert (load["experiment_id"], load["arm"], load["play_token"]) == (None, None, None)
    report = showreel.get(f"/v1/campaigns/spring/experiments/{experiment['id']}").json
    assert [arm["exposures"] for arm in report["arms"]] == [0, 0]


def test_a_late_beacon_of_what_was_deleted_is_answered_and_no_report_has_it(
    showreel: Showreel,
) -> None:
    (video,) = finished(showreel, KITE)
    embed = loaded(showreel, video["embed_url"])
    played(showreel, embed, played_ms=1)

    showreel.delete(f"/v1/videos/{video['id']}?purge=true")
    played(showreel, embed, played_ms=2)
    assert_refused(showreel.get(f"/v1/videos/{video['id']}/analytics"), 404, "not_found")
    showreel.delete("/v1/campaigns/spring")
    played(showreel, embed, played_ms=3)

    assert_refused(showreel.get("/v1/campaigns/spring/analytics"), 404, "not_found")


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
