"""Regenerate, promote, clean up, delete and cancel: what callers do to versions."""

import pytest

from shared import bootstrap
from shared.domain.schedule import NAME_LIFE
from shared.domain.storage_layout import CURSOR, MIRROR_CURSOR
from shared.use_cases.maintain_campaigns import maintain_campaigns
from tests.eventually import eventually
from tests.functional.places import Place
from tests.functional.showreel import BOAT, GALLERY, KITE, Json, Showreel, go_on, served

NOTES = {CURSOR, MIRROR_CURSOR}
"""What any tick may write."""

GENERATED = f"videos/generated/{GALLERY}"
CACHE = f"videos/cache/{GALLERY}"


def current(service: Showreel, index: int = 0) -> Json:
    return dict(service.campaign(GALLERY)["slots"][index]["current"])


def historical(service: Showreel) -> Json:
    (video,) = service.campaign(GALLERY)["slots"][0]["historical"]
    return dict(video)


def hash_of(video: Json) -> str:
    return str(video["id"]).partition(".")[2]


def files_of(video: Json) -> set[str]:
    """Where the files of a video lie, by its state."""
    shown = "curr_" if video["version_state"] == "current" else ""
    name = hash_of(video)
    return {
        f"{GENERATED}/{shown}{name}_{video['index']}.mp4",
        f"{GENERATED}/thumb_{name}_{video['index']}.jpg",
        f"{GENERATED}/sprite_{name}_{video['index']}.jpg",
        f"{GENERATED}/preview_{name}_{video['index']}.webp",
        f"{CACHE}/{shown}{name}.json",
    }


def test_the_new_video_replaces_the_old_one_which_is_kept_as_history(gallery: Showreel) -> None:
    old = current(gallery, 1)

    new = gallery.ended(gallery.post(f"/v1/videos/{old['id']}/regenerate").json)

    old = gallery.video(old)
    assert (new["version_state"], old["version_state"]) == ("current", "historical")
    assert current(gallery, 1)["id"] == new["id"]
    assert new["prompt"] == old["prompt"] == BOAT
    assert eventually(lambda: files_of(new) | files_of(old) <= gallery.files())


def test_without_a_trash_history_beyond_the_setting_is_removed_and_its_clip_outlives_signed_urls(
    gallery_copy: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(gallery_copy, {"KEEP_HISTORICAL": "1", "TRASH_DAYS": "0"}) as gallery:
        oldest, old = historical(gallery), current(gallery)

        new = gallery.ended(gallery.post(f"/v1/videos/{old['id']}/regenerate").json)

        kept = files_of(new) | files_of(gallery.video(old)) | files_of(current(gallery, 1))
        kept.add(f"{CACHE}/campaign.json")
        records = {name for name in files_of(oldest) if name.startswith(CACHE)}
        assert eventually(lambda: kept <= gallery.files() and not records & gallery.files())
        assert files_of(oldest) - records <= gallery.files()
        assert gallery.get(f"/v1/videos/{oldest['id']}").status_code == 404

        let_signed_urls_expire(monkeypatch)
        # Another tick may have come first, and each notes where it was.
        assert eventually(lambda: gallery.files() - NOTES == kept)


def let_signed_urls_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    """Go on to when no URL is good that was signed until now, and let a tick come.

    A former name lives on from the commit that follows its copy, so that commit comes first.
    """
    eventually(lambda: not bootstrap.ports().campaigns.get_campaign(GALLERY).chores)
    go_on(monkeypatch, by=NAME_LIFE)
    maintain_campaigns(bootstrap.ports())


def test_a_campaign_is_regenerated_in_all_its_slots(endless_gallery: Showreel) -> None:
    answer = endless_gallery.post(f"/v1/campaigns/{GALLERY}/regenerate")

    made = [(video["index"], video["prompt"], video["outcome"]) for video in answer.json["data"]]
    assert answer.status_code == 202
    assert made == [(0, KITE, "created"), (1, BOAT, "created")]


def test_a_historical_video_is_promoted_without_paying(gallery: Showreel) -> None:
    old, new = historical(gallery), current(gallery)
    money = gallery.campaign(GALLERY)["money"]

    answer = gallery.post(f"/v1/videos/{old['id']}/promote")

    assert answer.status_code == 200
    assert answer.json["version_state"] == "current"
    assert current(gallery)["id"] == old["id"]
    assert historical(gallery)["id"] == new["id"]
    assert gallery.campaign(GALLERY)["money"] == money
    kept = files_of(answer.json) | files_of(gallery.video(new))
    assert eventually(lambda: kept <= gallery.files())


def test_a_clean_up_is_a_dry_run_by_default(gallery: Showreel) -> None:
    old = historical(gallery)
    before = gallery.snapshot()

    answer = gallery.post(f"/v1/campaigns/{GALLERY}/cleanup")

    assert answer.json == {
        "object": "cleanup",
        "dry_run": True,
        "deleted": [{"id": old["id"], "index": 0}],
        "bytes": old["clip"]["size_bytes"],
    }
    assert gallery.snapshot() == before


def test_without_a_trash_a_clean_up_removes_history_and_nothing_current(
    gallery_copy: Place,
) -> None:
    """Also the second name that a clip in a bucket has while signed URLs may live."""
    with served(gallery_copy, {"TRASH_DAYS": "0"}) as gallery:
        old = historical(gallery)
        kept = {name for name in gallery.files() if hash_of(old) not in name} - NOTES

        answer = gallery.post(f"/v1/campaigns/{GALLERY}/cleanup", {"dry_run": False})

        assert [video["id"] for video in answer.json["deleted"]] == [old["id"]]
        assert eventually(lambda: gallery.files() - NOTES == kept)
        assert gallery.get(f"/v1/videos/{old['id']}").status_code == 404


def test_a_kept_video_survives_a_clean_up(gallery: Showreel) -> None:
    old = historical(gallery)
    before = gallery.files() - NOTES

    kept = gallery.send("PATCH", f"/v1/videos/{old['id']}", json={"kept": True})
    unchanged = gallery.send("PATCH", f"/v1/videos/{old['id']}", json={})
    cleaned = gallery.post(f"/v1/campaigns/{GALLERY}/cleanup", {"dry_run": False})

    assert (kept.status_code, kept.json["kept"], unchanged.json["kept"]) == (200, True, True)
    assert cleaned.json["deleted"] == []
    assert gallery.files() - NOTES == before
    assert historical(gallery)["kept"] is True
    assert gallery.campaign(GALLERY)["keep_historical"] == 10


def test_a_clean_up_keeps_the_requested_number(gallery: Showreel) -> None:
    before = gallery.files()

    path = f"/v1/campaigns/{GALLERY}/cleanup"
    answer = gallery.post(path, {"dry_run": False, "keep_last": 1})

    assert gallery.post(path, {"dry_run": False, "keep_last": -1}).status_code == 400
    assert answer.json["deleted"] == []
    assert gallery.files() == before


def test_a_purged_video_is_removed_with_all_its_files(gallery: Showreel) -> None:
    video = current(gallery, 1)

    answer = gallery.delete(f"/v1/videos/{video['id']}?purge=true")

    assert answer.json["purge_at"] is None
    assert gallery.get(f"/v1/videos/{video['id']}").status_code == 404
    assert gallery.get(video["content_url"]).status_code == 404
    assert eventually(lambda: not files_of(video) & gallery.files())
    assert gallery.delete(f"/v1/videos/{video['id']}").status_code == 404


def test_a_cancelled_video_that_was_not_submitted_costs_nothing(place: Place) -> None:
    with served(place, {"SYNTHETIC_FAULTS": "rate_limited"}) as service:
        (video,) = service.create("spring", KITE)

        answer = eventually(lambda: cancelled_before_submission(service, video))

        assert answer["status"] == "failed"
        assert answer["error"]["code"] == "cancelled"
        assert answer["cost"]["actual"] == 0
        assert answer["note"] == "Nothing was submitted, and nothing is billed."
        assert service.campaign("spring")["money"]["reserved"] == 0
        assert service.campaign("spring")["slots"] == []


def cancelled_before_submission(service: Showreel, video: Json) -> Json | None:
    """Cancel while the generator's quota keeps the video waiting, not while it is asked."""
    if service.video(video)["phase"] != "reserved":
        return None
    answer = dict(service.post(f"/v1/videos/{video['id']}/cancel").json)
    return answer if answer["phase"] == "cancelled" else None


def test_a_video_that_was_submitted_is_paid_for_and_kept_out_of_sight(place: Place) -> None:
    with served(place, {"SYNTHETIC_SECONDS": "0.5"}) as service:
        (video,) = service.create("spring", KITE)
        service.in_phase(video, "generating")

        answer = service.post(f"/v1/videos/{video['id']}/cancel")

        assert answer.status_code == 200
        assert answer.json["cancel_requested"] is True
        assert "it will be billed" in answer.json["note"]
        ended = service.ended(video)
        assert (ended["status"], ended["version_state"]) == ("completed", "historical")
        assert ended["cost"]["actual"] == 1.6


def test_a_deleted_campaign_is_not_found_and_its_name_is_free(gallery: Showreel) -> None:
    campaign = f"/v1/campaigns/{GALLERY}"

    deleted = gallery.delete(campaign)

    assert (
        deleted.status_code,
        deleted.json,
    ) == (200, {"id": GALLERY, "object": "campaign.deleted", "deleted": True})
    assert (gallery.get(campaign).status_code, gallery.delete(campaign).status_code) == (404, 404)
    assert gallery.get("/v1/videos").json["data"] == []
    assert gallery.get("/v1/campaigns").json["data"] == []
    (again,) = gallery.create(GALLERY, KITE)
    assert again["status"] == "queued"
