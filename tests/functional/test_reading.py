"""Lists, campaigns, models and what the service says of itself."""

import json
from itertools import chain

import pytest

from tests.functional.places import Place
from tests.functional.showreel import GALLERY, KITE, Json, Showreel, served


def listed(service: Showreel, query: str) -> list[str]:
    return [video["id"] for video in service.get(f"/v1/videos?{query}").json["data"]]


def pages(service: Showreel, query: str) -> list[list[str]]:
    """Follow the cursor to the end, as clients do."""
    found: list[list[str]] = []
    after = ""
    while True:
        page = service.get(f"/v1/videos?{query}{after}").json
        found.append([video["id"] for video in page["data"]])
        assert page["first_id"] == found[-1][0]
        assert page["last_id"] == found[-1][-1]
        if not page["has_more"]:
            return found
        after = f"&after={page['last_id']}"


@pytest.fixture
def three_campaigns(endless: Showreel) -> list[Json]:
    """Five pending videos, in the order in which they were created."""
    made = [endless.create("autumn", "a"), endless.create("spring", "b", "c")]
    return [*made[0], *made[1], *endless.create("winter", "d", "e")]


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_pages_hold_every_video_once_and_in_order(
    endless: Showreel, three_campaigns: list[Json], limit: int
) -> None:
    newest_first = pages(endless, f"limit={limit}")
    oldest_first = pages(endless, f"limit={limit}&order=asc")

    assert [len(page) for page in newest_first[:-1]] == [limit] * (len(newest_first) - 1)
    everything = list(chain(*newest_first))
    assert list(chain(*oldest_first)) == everything[::-1]
    assert sorted(everything) == sorted(video["id"] for video in three_campaigns)


def test_an_empty_list_has_no_items(showreel: Showreel) -> None:
    answer = showreel.get("/v1/videos?campaign_id=nowhere")

    nothing: Json = {
        "object": "list",
        "data": [],
        "first_id": None,
        "last_id": None,
        "has_more": False,
        "unreadable": [],
    }
    assert answer.json == nothing


def test_a_completed_video_says_where_its_clip_comes_from(gallery: Showreel) -> None:
    """A simulated clip has no manifest. The JSON beside the video says the same."""
    video = gallery.campaign(GALLERY)["slots"][1]["current"]

    provenance = video["provenance"]
    assert (provenance["ai_generated"], provenance["model"]) == (True, video["model"])
    assert provenance["operation"]
    assert (provenance["simulated"], provenance["c2pa_manifest"]) == (True, False)
    name = video["id"].rpartition(".")[2]
    record = json.loads(gallery.read(f"videos/cache/{GALLERY}/curr_{name}.json"))
    assert record["ai_generated"]
    assert record["attempts"][-1]["operation"] == provenance["operation"]
    assert record["clip"]["c2pa_manifest"] is False


def test_every_filter_reaches_the_list(endless_gallery: Showreel) -> None:
    slot, other = endless_gallery.campaign(GALLERY)["slots"]
    (pending,) = endless_gallery.create("spring", KITE)
    endless_gallery.in_phase(pending, "generating")

    assert listed(endless_gallery, "campaign_id=spring") == [pending["id"]]
    assert listed(endless_gallery, "status=in_progress") == [pending["id"]]
    assert listed(endless_gallery, "version_state=historical") == [slot["historical"][0]["id"]]
    combined = f"campaign_id={GALLERY}&version_state=current&status=completed&limit=1"
    assert sorted(pages(endless_gallery, combined)) == sorted(
        [[slot["current"]["id"]], [other["current"]["id"]]]
    )


def test_a_campaign_shows_its_slots_counts_and_money(gallery: Showreel) -> None:
    campaign = gallery.campaign(GALLERY)

    assert (campaign["id"], campaign["object"], campaign["max_videos"]) == (GALLERY, "campaign", 4)
    assert campaign["counts"] == {
        "failed": 0,
        "current": 2,
        "pending": 0,
        "historical": 1,
        "trashed": 0,
        "cache_hits": 0,
    }
    assert campaign["money"] == {
        "currency": "USD",
        "reserved": 0,
        "spent": 4.8,
        "simulated": 4.8,
        "possibly_spent": 0,
        "saved": 0,
    }
    assert [slot["index"] for slot in campaign["slots"]] == [0, 1]


def test_a_finished_video_carries_a_signed_url_on_request(gallery: Showreel) -> None:
    video = gallery.campaign(GALLERY)["slots"][0]["current"]

    read = gallery.get(f"/v1/videos/{video['id']}?include=signed_url").json
    found = gallery.get("/v1/videos?include=signed_url").json["data"]

    assert gallery.get(read["signed_url"]["url"]).status_code == 200
    assert all(each["signed_url"]["url"] for each in found)


def test_head_of_a_video_has_the_headers_of_its_json_and_no_body(gallery: Showreel) -> None:
    path = f"/v1/videos/{gallery.campaign(GALLERY)['slots'][0]['current']['id']}"

    whole, head = gallery.get(path), gallery.head(path)

    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(whole.headers)


def test_an_unfinished_video_has_no_signed_url_yet(endless: Showreel) -> None:
    (video,) = endless.create("spring", KITE)

    read = endless.get(f"/v1/videos/{video['id']}?include=signed_url").json

    assert read["signed_url"] is None


def test_campaigns_are_listed_by_id_page_by_page(
    endless: Showreel, three_campaigns: list[Json]
) -> None:
    first = endless.get("/v1/campaigns?limit=2").json
    rest = endless.get(f"/v1/campaigns?limit=2&after={first['last_id']}").json

    assert [each["id"] for each in first["data"]] == ["autumn", "spring"]
    assert [each["id"] for each in rest["data"]] == ["winter"]
    assert (first["first_id"], first["has_more"], rest["has_more"]) == ("autumn", True, False)


def test_a_listed_campaign_equals_the_campaign_without_its_videos(
    gallery: Showreel,
) -> None:
    (listed,) = gallery.get("/v1/campaigns").json["data"]
    read = gallery.campaign(GALLERY)

    assert (read.pop("unreadable"), read.pop("queue"), read.pop("draft")) == (0, None, None)
    shown = [slot["current"]["thumbnail_url"] for slot in read.pop("slots")]
    assert listed == {**read, "thumbnail_urls": shown}


def test_a_campaign_with_pending_videos_has_retry_after(endless_gallery: Showreel) -> None:
    path = f"/v1/campaigns/{GALLERY}"
    assert "Retry-After" not in endless_gallery.get(path).headers

    endless_gallery.create(GALLERY, "Another")

    assert int(endless_gallery.get(path).headers["Retry-After"]) > 0


def test_a_pending_video_shows_its_start_its_progress_and_its_usual_end(
    endless: Showreel,
) -> None:
    (video,) = endless.create("spring", KITE)
    making = endless.in_phase(video, "generating")

    assert making["created_at"] <= making["submitted_at"] < making["expected_at"]
    assert 0 <= making["progress"] < 100


def test_models_show_capabilities_prices_and_retirement_dates(showreel: Showreel) -> None:
    answer = showreel.get("/v1/models").json
    models = {model["id"]: model for model in answer["data"]}
    assert answer["max_videos"] == 4

    default = models["veo-3.1-generate-001"]
    assert default["default"] is True
    assert default["seconds"] == [4, 6, 8]
    assert default["task_seconds"]["reference_to_video"] == [8]
    assert default["inputs"]["max_reference_images"] == 3
    lite = models["veo-3.1-lite-generate-001"]
    assert lite["inputs"]["max_reference_images"] == 0
    assert "reference_to_video" not in lite["task_seconds"]
    assert default["usd_per_second"]["720p"] == {"with_audio": 0.4, "silent": 0.2}
    assert default["usd_per_million_tokens"] is None
    omni = models["gemini-omni-1.2-flash"]
    assert omni["usd_per_million_tokens"] == {"inputs": 1.5, "text": 9, "video": 12}
    retired = models["veo-2.0-generate-001"]
    assert retired["retired_on"] == "2026-06-30"
    assert retired["successor"] == "veo-3.1-generate-001"


def test_the_health_check_reads_the_records(showreel: Showreel) -> None:
    answer = showreel.get("/health")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_urls_begin_with_the_public_url(place: Place) -> None:
    environment = {"SYNTHETIC_SECONDS": "1800", "PUBLIC_URL": "https://videos.example.com"}
    with served(place, environment) as service:
        answer = service.post("/v1/videos", {"prompt": KITE})

    assert answer.headers["Location"].startswith("https://videos.example.com/v1/videos/")
    assert answer.json["content_url"].startswith("https://videos.example.com/v1/videos/")


def test_answers_that_change_are_not_cached(endless: Showreel) -> None:
    (video,) = endless.create("spring", KITE)

    for path in ("/v1/videos", f"/v1/videos/{video['id']}", "/v1/campaigns/spring"):
        assert endless.get(path).headers["Cache-Control"] == "no-store"
