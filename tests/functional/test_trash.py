"""A deleted video can be brought back for a week, and meanwhile nothing shows or uses it."""

from datetime import timedelta
from time import time

import pytest

from shared import bootstrap
from shared.use_cases.maintain_campaigns import maintain_campaigns
from tests.eventually import eventually
from tests.functional.places import ONLY_LOCAL, Place
from tests.functional.showreel import BOAT, GALLERY, Json, Showreel, go_on, served

TRASH = f"/v1/campaigns/{GALLERY}/trash"
WEEK = timedelta(days=7)


@pytest.fixture
def boat(gallery: Showreel) -> Json:
    """The only version of slot 1."""
    return dict(gallery.campaign(GALLERY)["slots"][1]["current"])


@pytest.fixture
def trashed(gallery: Showreel, boat: Json) -> Json:
    """It was deleted."""
    answer = gallery.delete(f"/v1/videos/{boat['id']}")
    assert answer.status_code == 200
    return gallery.video(boat)


def ids(listed: Json) -> list[str]:
    return [each["id"] for each in listed["data"]]


def files_of(service: Showreel, video: Json) -> set[str]:
    video_hash = str(video["id"]).partition(".")[2]
    return {path for path in service.files() if video_hash in path}


def test_a_deleted_video_says_when_it_is_removed_for_good(gallery: Showreel, boat: Json) -> None:
    before = gallery.campaign(GALLERY)

    answer = gallery.delete(f"/v1/videos/{boat['id']}").json

    assert answer["purge_at"] == pytest.approx(time() + WEEK.total_seconds(), abs=60)
    assert answer == {
        "id": boat["id"],
        "object": "video.deleted",
        "deleted": True,
        "purge_at": answer["purge_at"],
    }
    video, after = gallery.video(boat), gallery.campaign(GALLERY)
    assert (video["version_state"], video["status"]) == ("trashed", "completed")
    assert answer["purge_at"] == video["purge_at"] == video["expires_at"]
    assert [video] == gallery.get(TRASH).json["data"]
    assert (
        after["counts"]["trashed"],
        after["counts"]["current"],
        after["trash_days"],
    ) == (1, 1, 7)
    assert before["money"] == after["money"]


@ONLY_LOCAL
def test_each_way_in_and_out_of_the_trash_is_an_event(gallery: Showreel, boat: Json) -> None:
    """In a cloud, where one commit stores them, too, they are listed 30 seconds later."""
    video = f"/v1/videos/{boat['id']}"
    gallery.delete(video)
    gallery.post(f"{video}/restore")
    gallery.delete(f"{video}?purge=true")

    events = gallery.get("/v1/events?limit=100").json["data"]
    told = [each for each in events if each["data"]["id"] == boat["id"]]
    kinds = ["video.trashed", "video.restored", "video.promoted", "video.deleted"]
    assert kinds == [each["type"] for each in told[-4:]]
    assert {each["data"]["status"] for each in told} == {"completed"}
    # The file of the last one can no longer be fetched.
    assert ["content_url" in each["data"] for each in told[-4:]] == [True, True, True, False]
    assert "thumbnail_url" not in told[-1]["data"]


def test_a_trashed_video_is_in_no_list_but_that_of_the_trash(
    gallery: Showreel, trashed: Json
) -> None:
    listed = gallery.get(f"/v1/videos?campaign_id={GALLERY}").json
    of_state = gallery.get("/v1/videos?version_state=trashed").json
    archive = gallery.get(f"/v1/campaigns/{GALLERY}/download")

    assert [slot["index"] for slot in gallery.campaign(GALLERY)["slots"]] == [0]
    assert trashed["id"] not in ids(listed)
    assert [trashed["id"]] == ids(of_state)
    assert archive.status_code == 200
    assert b"paper-boat" not in archive.data


def test_a_trashed_video_is_not_shown_or_used(gallery: Showreel, boat: Json, trashed: Json) -> None:
    video = f"/v1/videos/{trashed['id']}"
    prompt = {"prompt": "It sinks"}
    refused = [
        gallery.post(f"{video}/promote"),
        gallery.post(f"{video}/cancel"),
        gallery.post(f"{video}/regenerate"),
        gallery.post(f"{video}/remix", prompt),
        gallery.post(f"{video}/extend", prompt),
        gallery.post(f"{video}/signed-url"),
        gallery.send("PATCH", video, json={"kept": True}),
    ]
    arms = [{"video_id": each} for each in (trashed["id"], slot_0(gallery)["current"]["id"])]
    refused.append(gallery.post(f"/v1/campaigns/{GALLERY}/experiments", {"arms": arms}))

    assert {(each.status_code, each.json["code"]) for each in refused} == {(409, "wrong_state")}
    assert all("in the trash" in each.json["detail"] for each in refused if each is not refused[1])
    assert (trashed["embed_url"], trashed["play_token"]) == (None, None)
    assert gallery.get(f"{video}?include=signed_url").json["signed_url"] is None


def test_an_embed_finds_nothing_and_says_that_a_video_can_be_restored(
    gallery: Showreel, boat: Json
) -> None:
    (old,) = slot_0(gallery)["historical"]
    for video in (old, boat):
        gallery.delete(f"/v1/videos/{video['id']}")

    tokens = [str(video["embed_url"]).rpartition("/")[2] for video in (old, boat)]
    of_video, of_slot = (gallery.post(f"/v1/embeds/{token}") for token in tokens)

    assert (of_video.status_code, of_slot.status_code) == (404, 404)
    assert "in the trash. Restore it" in of_video.json["detail"]
    assert "Make or restore one" in of_slot.json["detail"]


def test_a_reviewer_neither_sees_a_trashed_video_nor_comments_on_it(
    gallery: Showreel, boat: Json
) -> None:
    url = gallery.post(f"/v1/campaigns/{GALLERY}/reviews").json["url"]
    review = f"/v1/reviews/{url.partition('#')[2]}"

    gallery.delete(f"/v1/videos/{boat['id']}")
    said = {"video_id": boat["id"], "name": "Ann", "text": "Too dark."}

    assert boat["id"] not in {take["video_id"] for take in gallery.get(review).json["takes"]}
    assert gallery.post(f"{review}/comments", said).status_code == 404


def test_who_may_call_the_api_can_look_at_a_trashed_video(gallery: Showreel, trashed: Json) -> None:
    clip = gallery.get(trashed["content_url"])
    poster = gallery.get(trashed["thumbnail_url"])

    assert (clip.status_code, clip.headers["Content-Type"]) == (200, "video/mp4")
    assert (poster.status_code, poster.headers["Content-Type"]) == (200, "image/jpeg")


def test_a_url_that_was_signed_before_the_deletion_works_until_a_purge(
    gallery: Showreel, boat: Json
) -> None:
    video = f"/v1/videos/{boat['id']}"
    url = gallery.post(f"{video}/signed-url").json["url"]

    gallery.delete(video)
    before = gallery.get(url).status_code
    gallery.delete(f"{video}?purge=true")

    assert before == 200
    assert eventually(lambda: gallery.get(url).status_code == 404)


def test_a_restored_video_is_current_again_where_nothing_else_is(
    gallery: Showreel, boat: Json, trashed: Json
) -> None:
    answer = gallery.post(f"/v1/videos/{boat['id']}/restore")
    again = gallery.post(f"/v1/videos/{boat['id']}/restore")

    assert (200, 200, boat, boat) == (
        answer.status_code,
        again.status_code,
        answer.json,
        again.json,
    )
    assert gallery.campaign(GALLERY)["slots"][1]["current"] == boat
    assert gallery.get(TRASH).json["data"] == []
    assert gallery.get(boat["content_url"]).status_code == 200
    filename = f"videos/generated/{GALLERY}/{boat['filename']}"
    assert eventually(lambda: filename in gallery.files())


def test_the_words_of_a_trashed_video_make_a_new_one(
    gallery: Showreel, boat: Json, trashed: Json
) -> None:
    order = {"campaign_id": GALLERY, "prompt": BOAT, "seconds": 4}
    estimate = gallery.post("/v1/videos/estimate", order)
    made = gallery.post("/v1/videos", order).json
    new = gallery.ended(made)

    restored = gallery.post(f"/v1/videos/{boat['id']}/restore").json

    assert (made["outcome"], made["index"]) == ("created", 1)
    assert estimate.json["videos"][0]["outcome"] == "created"
    slot = gallery.campaign(GALLERY)["slots"][1]
    assert (new["id"], [boat["id"]]) == (slot["current"]["id"], ids({"data": slot["historical"]}))
    assert (restored["version_state"], restored["kept"]) == ("historical", False)
    gallery.post(f"/v1/campaigns/{GALLERY}/cleanup", {"dry_run": False})
    assert gallery.video(boat)["version_state"] == "trashed"


def test_a_second_deletion_changes_nothing_and_a_purge_removes_it(
    gallery: Showreel, trashed: Json
) -> None:
    video = f"/v1/videos/{trashed['id']}"
    money = gallery.campaign(GALLERY)["money"]

    again = gallery.delete(video).json
    purged = gallery.delete(f"{video}?purge=true").json

    assert (trashed["purge_at"], None) == (again["purge_at"], purged["purge_at"])
    assert eventually(lambda: not files_of(gallery, trashed))
    missing = [gallery.get(video), gallery.post(f"{video}/restore"), gallery.delete(video)]
    assert [each.status_code for each in missing] == [404] * 3
    assert ([], money) == (gallery.get(TRASH).json["data"], gallery.campaign(GALLERY)["money"])


def test_a_tick_removes_a_trashed_video_after_its_days_and_not_before(
    gallery: Showreel, trashed: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    money = gallery.campaign(GALLERY)["money"]

    let_pass(monkeypatch, WEEK - timedelta(minutes=5))
    assert gallery.get(f"/v1/videos/{trashed['id']}").status_code == 200
    let_pass(monkeypatch, WEEK + timedelta(minutes=5))

    assert gallery.get(f"/v1/videos/{trashed['id']}").status_code == 404
    assert eventually(lambda: not files_of(gallery, trashed))
    assert gallery.campaign(GALLERY)["money"] == money
    assert gallery.campaign(GALLERY)["counts"]["trashed"] == 0


def test_a_clean_up_moves_to_the_trash(gallery: Showreel) -> None:
    (old,) = slot_0(gallery)["historical"]

    cleaned = gallery.post(f"/v1/campaigns/{GALLERY}/cleanup", {"dry_run": False}).json

    assert ([old["id"]], old["clip"]["size_bytes"]) == (
        ids({"data": cleaned["deleted"]}),
        cleaned["bytes"],
    )
    assert [old["id"]] == ids(gallery.get(TRASH).json)


def test_history_beyond_the_setting_goes_to_the_trash(gallery_copy: Place) -> None:
    with served(gallery_copy, {"KEEP_HISTORICAL": "1"}) as gallery:
        slot = slot_0(gallery)
        path = f"/v1/videos/{slot['current']['id']}/regenerate"

        gallery.ended(gallery.post(path).json)

        assert ids({"data": slot["historical"]}) == ids(gallery.get(TRASH).json)


def test_a_campaign_is_deleted_with_its_trash(gallery: Showreel, trashed: Json) -> None:
    gallery.delete(f"/v1/campaigns/{GALLERY}")

    assert eventually(lambda: gallery.get(TRASH).status_code == 404)
    assert gallery.get(f"/v1/videos/{trashed['id']}").status_code == 404
    assert not [path for path in gallery.files() if f"/{GALLERY}/" in path]


def test_a_video_in_the_trash_stays_for_its_days_when_the_setting_is_lowered(
    gallery_copy: Place,
) -> None:
    with served(gallery_copy) as gallery:
        boat = gallery.campaign(GALLERY)["slots"][1]["current"]
        promised = gallery.delete(f"/v1/videos/{boat['id']}").json
    with served(gallery_copy, {"TRASH_DAYS": "0"}) as gallery:
        again = gallery.delete(f"/v1/videos/{boat['id']}").json
        gallery.post(f"/v1/campaigns/{GALLERY}/cleanup", {"dry_run": False})
        maintain_campaigns(bootstrap.ports())

        assert promised == again
        restored = gallery.post(f"/v1/videos/{boat['id']}/restore").json
        assert (
            gallery.get(restored["content_url"]).status_code,
            restored["version_state"],
        ) == (200, "current")


def test_an_emptied_trash_has_nothing_and_leaves_the_rest(
    gallery: Showreel, boat: Json, trashed: Json
) -> None:
    (old,) = slot_0(gallery)["historical"]
    gallery.delete(f"/v1/videos/{old['id']}")

    emptied = gallery.delete(TRASH)

    assert emptied.status_code == 200
    assert emptied.json == {"id": GALLERY, "object": "trash.deleted", "deleted": True}
    assert gallery.get(TRASH).json["data"] == []
    assert {gallery.get(f"/v1/videos/{each['id']}").status_code for each in (old, boat)} == {404}
    assert files_of(gallery, old) | files_of(gallery, boat) == set()
    assert gallery.get(f"/v1/videos/{slot_0(gallery)['current']['id']}/content").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"), [(None, 200), ({}, 200), ({"purge": True}, 400), ([True], 400)]
)
def test_what_a_deletion_does_is_not_in_its_body(
    gallery: Showreel, boat: Json, body: object, status: int
) -> None:
    """It would be in the trash when its sender believes that it is gone."""
    sent = {} if body is None else {"json": body}

    answer = gallery.send("DELETE", f"/v1/videos/{boat['id']}", **sent)

    state = {200: "trashed", 400: "current"}[status]
    assert (status, state) == (answer.status_code, gallery.video(boat)["version_state"])


def slot_0(service: Showreel) -> Json:
    return dict(service.campaign(GALLERY)["slots"][0])


def let_pass(monkeypatch: pytest.MonkeyPatch, time: timedelta) -> None:
    """Let a tick come at that time from now."""
    go_on(monkeypatch, by=time)
    maintain_campaigns(bootstrap.ports())
