"""POST /v1/videos and POST /v1/campaigns/{campaign_id}/videos."""

from concurrent.futures import ThreadPoolExecutor

from tests.functional.places import Place
from tests.functional.showreel import BOAT, GALLERY, KITE, Json, Showreel, served


def test_a_new_video_is_answered_202_with_its_location(endless: Showreel) -> None:
    answer = endless.post("/v1/videos", {"prompt": KITE, "campaign_id": "spring"})

    video = answer.json
    assert answer.status_code == 202
    assert video["outcome"] == "created"
    assert answer.headers["Location"] == f"http://localhost/v1/videos/{video['id']}"
    assert endless.get(answer.headers["Location"]).json["id"] == video["id"]


def test_an_unfinished_video_says_when_to_ask_again(endless: Showreel) -> None:
    created = endless.post("/v1/videos", {"prompt": KITE})
    read = endless.get(f"/v1/videos/{created.json['id']}")

    for answer in (created, read):
        assert answer.headers["openai-poll-after-ms"] == "2000"
        assert answer.headers["Retry-After"] == "2"


def test_omitted_fields_have_defaults(endless: Showreel) -> None:
    video = endless.post("/v1/videos", {"prompt": KITE}).json

    expected = {
        "campaign_id": video["id"].removeprefix("video_").partition(".")[0],
        "index": 0,
        "model": "veo-3.1-generate-001",
        "seconds": "8",
        "size": "1280x720",
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "fps": 24,
        "generate_audio": True,
        "negative_prompt": None,
        "seed": None,
        "business_context": {},
        "metadata": {},
        "tags": [],
        "version_state": "pending",
        "ai_generated": True,
    }
    assert {name: video[name] for name in expected} == expected


def test_a_new_video_has_every_field_that_openai_clients_require(endless: Showreel) -> None:
    video = endless.post("/v1/videos", {"prompt": KITE}).json

    assert video["object"] == "video"
    assert video["status"] in ("queued", "in_progress")
    assert video["progress"] == 0
    assert isinstance(video["created_at"], int)
    assert (video["completed_at"], video["error"], video["expires_at"]) == (None, None, None)


def test_a_null_among_the_prompts_leaves_its_slot_as_it_is(endless: Showreel) -> None:
    kept, *_ = endless.create("spring", KITE)
    body = {"prompts": [None, BOAT, None]}

    estimate = endless.post("/v1/videos/estimate", {**body, "campaign_id": "spring"}).json
    (new,) = endless.post("/v1/campaigns/spring/videos", body).json["data"]

    assert [(each["outcome"], each["index"]) for each in estimate["videos"]] == [("created", 1)]
    assert (new["prompt"], new["index"]) == (BOAT, 1)
    slots = endless.get("/v1/campaigns/spring").json["slots"]
    assert [each["pending"]["id"] for each in slots] == [kept["id"], new["id"]]


def test_the_answer_has_the_callers_prompt_and_the_composed_one(endless: Showreel) -> None:
    context = {"brand": "Ember & Oak", "tone": "Warm"}

    (video,) = endless.create("spring", KITE, business_context=context)

    assert video["prompt"] == KITE
    assert video["business_context"] == context
    assert video["enhanced_prompt"] == f"{KITE}\n\nBrand: Ember & Oak\nTone: Warm"


def test_takes_of_one_prompt_are_a_list_and_the_same_again_costs_nothing(
    endless: Showreel,
) -> None:
    order = {"prompt": KITE, "campaign_id": "spring", "seconds": 4, "seed": 7}
    estimate = endless.post("/v1/videos/estimate", {**order, "n": 3}).json
    key = {"Idempotency-Key": "takes"}

    answer = endless.send("POST", "/v1/videos", json={**order, "n": 3}, headers=key)

    takes = answer.json["data"]
    assert (answer.status_code, answer.json["object"]) == (202, "list")
    assert answer.headers["Location"] == "http://localhost/v1/campaigns/spring"
    assert [(each["index"], each["seed"]) for each in takes] == [(0, 7), (1, 8), (2, 9)]
    assert estimate["cost"]["estimated"] == 4.8
    assert [each["cost"]["estimated"] for each in takes] == [1.6, 1.6, 1.6]
    form: Json = {
        "data": {**order, "n": "3", "seconds": "4", "seed": "7"},
        "content_type": "multipart/form-data",
    }
    again = endless.send("POST", "/v1/videos", **form)
    retried = endless.send("POST", "/v1/videos", **form, headers=key)
    assert (again.status_code, retried.headers["Idempotency-Replayed"]) == (200, "true")
    ids = [each["id"] for each in takes]
    assert [[each["id"] for each in one.json["data"]] for one in (again, retried)] == [ids, ids]
    assert endless.post("/v1/videos", {**order, "n": 1}).json["id"] == ids[0]


def test_a_form_and_json_are_equal_requests(endless: Showreel) -> None:
    form = {
        "prompt": KITE,
        "model": "veo-3.1-fast-generate-001",
        "seconds": "4",
        "size": "720x1280",
        "campaign_id": "spring",
        "index": "2",
        "seed": "7",
        "generate_audio": "false",
        "business_context[brand]": "Ember & Oak",
        "metadata[order.id]": "A-1",
    }
    body = {
        "prompt": KITE,
        "model": "veo-3.1-fast-generate-001",
        "seconds": 4,
        "size": "720x1280",
        "campaign_id": "spring",
        "index": 2,
        "seed": 7,
        "generate_audio": False,
        "business_context": {"brand": "Ember & Oak"},
        "metadata": {"order.id": "A-1"},
    }

    from_form = endless.send("POST", "/v1/videos", data=form, content_type="multipart/form-data")
    from_json = endless.post("/v1/videos", body)

    assert (from_form.status_code, from_json.status_code) == (202, 200)
    assert from_form.json["metadata"] == {"order.id": "A-1"}
    assert from_form.json["id"] == from_json.json["id"]


def test_the_same_request_attaches_to_the_video_in_progress(endless: Showreel) -> None:
    first = endless.post("/v1/videos", {"prompt": KITE})

    again = endless.post("/v1/videos", {"prompt": KITE})

    assert again.status_code == 200
    assert again.json["outcome"] == "attached"
    assert again.headers["Location"] == first.headers["Location"]


def test_many_equal_requests_at_once_make_one_video(endless: Showreel) -> None:
    def create(_: int) -> tuple[str, str]:
        answer = endless.post("/v1/videos", {"prompt": KITE})
        return answer.json["outcome"], answer.json["id"]

    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(create, range(16)))

    assert [outcome for outcome, _ in answers].count("created") == 1
    assert len({video_id for _, video_id in answers}) == 1


def test_the_same_request_is_answered_from_the_cache_when_the_video_is_there(
    gallery: Showreel,
) -> None:
    made = gallery.campaign(GALLERY)["slots"][1]["current"]

    again = gallery.post("/v1/videos", {"prompt": BOAT, "seconds": "4", "campaign_id": GALLERY})

    assert again.status_code == 200
    assert again.json["outcome"] == "cache_hit"
    assert again.json["id"] == made["id"]
    assert again.json["status"] == "completed"


def test_the_campaign_counts_what_the_cache_saved(gallery: Showreel) -> None:
    before = gallery.campaign(GALLERY)["money"]

    gallery.create(GALLERY, KITE, BOAT)
    gallery.create(GALLERY, KITE, BOAT)

    campaign = gallery.campaign(GALLERY)
    assert campaign["counts"]["cache_hits"] == 4
    assert campaign["money"] == before | {"saved": 6.4}


def test_each_prompt_of_a_list_has_the_slot_of_its_position(endless: Showreel) -> None:
    answer = endless.post("/v1/campaigns/spring/videos", {"prompts": ["a", "b", "c", "d"]})

    videos = answer.json["data"]
    assert answer.status_code == 202
    assert answer.headers["Location"] == "http://localhost/v1/campaigns/spring"
    assert [(video["index"], video["prompt"]) for video in videos] == list(enumerate("abcd"))
    assert {video["outcome"] for video in videos} == {"created"}


def test_a_list_that_is_all_in_the_cache_is_answered_at_once(gallery: Showreel) -> None:
    answer = gallery.post(
        f"/v1/campaigns/{GALLERY}/videos", {"prompts": [KITE, BOAT], "seconds": 4}
    )

    assert answer.status_code == 200
    assert [video["outcome"] for video in answer.json["data"]] == ["cache_hit", "cache_hit"]


def test_a_video_without_campaign_id_gets_its_own_campaign(endless: Showreel) -> None:
    answers = [endless.post("/v1/videos", {"prompt": prompt}) for prompt in "abcdea"]

    assert [answer.status_code for answer in answers] == [202, 202, 202, 202, 202, 200]
    videos = [answer.json for answer in answers]
    assert videos[0]["id"] == videos[5]["id"]
    campaigns = {video["campaign_id"] for video in videos}
    assert len(campaigns) == 5
    assert all(endless.campaign(each)["counts"]["pending"] == 1 for each in campaigns)


def test_an_estimate_without_a_campaign_finds_the_video_of_an_equal_request(
    endless: Showreel,
) -> None:
    video = endless.post("/v1/videos", {"prompt": KITE}).json

    estimates = [
        endless.post("/v1/videos/estimate", body).json["videos"]
        for body in ({"prompt": KITE}, {"prompts": [KITE, BOAT]})
    ]

    assert [[each["video_id"] for each in found] for found in estimates] == [
        [video["id"]],
        [None, None],
    ]


def test_tags_are_kept_each_once_and_in_their_canonical_form(endless: Showreel) -> None:
    tags = ["launch", " launch\u200b", "e\u0301te\u0301"]

    created = endless.post("/v1/videos", {"prompt": KITE, "tags": tags})

    assert created.json["tags"] == ["launch", "\u00e9t\u00e9"]
    assert endless.video(created.json)["tags"] == ["launch", "\u00e9t\u00e9"]
    for tag in ("launch", "%20e%CC%81te%CC%81", "%C3%A9t%C3%A9"):
        assert endless.get(f"/v1/videos?tag={tag}").json["first_id"] == created.json["id"]
    assert endless.get("/v1/videos?tag=laun").json["data"] == []


def test_the_limit_is_a_setting(place: Place) -> None:
    environment = {"SYNTHETIC_SECONDS": "1800", "MAX_VIDEOS_PER_CAMPAIGN": "1"}
    with served(place, environment) as service:
        service.create("spring", "a")

        answer = service.post("/v1/videos", {"prompt": "b", "campaign_id": "spring"})

    assert answer.status_code == 422
    assert answer.json["code"] == "campaign_video_limit"


def test_a_video_can_be_given_its_slot(endless: Showreel) -> None:
    video = endless.post("/v1/videos", {"prompt": KITE, "index": 3}).json

    assert video["index"] == 3


def test_a_simulated_video_has_the_price_of_its_model_and_is_not_billed(gallery: Showreel) -> None:
    campaign = gallery.campaign(GALLERY)

    cost = campaign["slots"][0]["current"]["cost"]
    assert (cost["actual"], cost["billed"]) == (1.6, False)
    assert cost["basis"].endswith("simulated, not billed")
    assert campaign["money"]["spent"] == campaign["money"]["simulated"] == 4.8
    assert campaign["money"]["reserved"] == 0


def test_a_filtered_video_fails_with_the_reason_costs_nothing_and_frees_its_slot(
    place: Place,
) -> None:
    with served(place, {"SYNTHETIC_FAULTS": "filtered"}) as service:
        (video,) = service.create("spring", KITE)

        ended = service.ended(video)

        assert ended["status"] == "failed"
        assert ended["error"]["code"] == "content_filtered"
        assert ended["cost"]["actual"] == 0
        assert service.campaign("spring")["slots"] == []


def test_an_estimate_has_the_price_and_the_cache_hits_and_writes_nothing(
    gallery: Showreel,
) -> None:
    before = gallery.snapshot()

    estimate = gallery.post(
        "/v1/videos/estimate",
        {"campaign_id": GALLERY, "prompts": [KITE, "A lighthouse", "A lighthouse"], "seconds": 4},
    ).json

    outcomes = [(video["outcome"], video["cost"]) for video in estimate["videos"]]
    assert outcomes == [("cache_hit", 0), ("created", 1.6), ("attached", 0)]
    assert estimate["cost"]["estimated"] == 1.6
    assert "0.40 USD/s x 4 s" in estimate["cost"]["basis"]
    assert gallery.snapshot() == before
