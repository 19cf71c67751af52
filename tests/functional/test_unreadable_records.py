"""A record that this version cannot read: what was paid for is neither lost nor paid for again."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from shared import bootstrap
from shared.use_cases.maintain_campaigns import take_tick
from tests.functional.cloud_place import CloudPlace
from tests.functional.places import ONLY_LOCAL, FolderPlace, Place
from tests.functional.showreel import GALLERY, KITE, Showreel, served
from tests.functional.test_reconcile_tool import reconcile
from tests.local_records import read_record, write_record

Json = dict[str, Any]

UNKNOWN_WORD: Json = {"phase": "dreaming"}
NEWER: Json = {"schema_version": 2}


def change_record(place: Place, video_id: str, changes: Mapping[str, Any]) -> None:
    """Let another version write a record, or somebody damage it."""
    campaign_id, video_hash = video_id.removeprefix("video_").split(".")
    if isinstance(place, CloudPlace):
        path = f"campaigns/{campaign_id}/videos/{video_hash}"
        place._client.document(path).update(dict(changes))
        return
    assert isinstance(place, FolderPlace)
    path = f"{campaign_id}/{video_hash}"
    write_record(place.folder, path, {**read_record(place.folder, path), **changes})


def tick() -> None:
    """Enough for a look at each campaign, and the next round."""
    for _ in range(3):
        take_tick(bootstrap.ports())


def current_of(showreel: Showreel) -> Json:
    return dict(showreel.campaign(GALLERY)["slots"][0]["current"])


@pytest.mark.parametrize("changes", [UNKNOWN_WORD, NEWER], ids=["unknown word", "newer schema"])
def test_an_unreadable_finished_video_keeps_its_slot_its_dollars_and_its_objects(
    waiting_gallery: Showreel, changes: Json
) -> None:
    video, before = current_of(waiting_gallery), waiting_gallery.campaign(GALLERY)
    change_record(waiting_gallery.place, video["id"], changes)
    objects = waiting_gallery.files()

    tick()

    after = waiting_gallery.campaign(GALLERY)
    assert (before["money"], before["counts"]) == (after["money"], after["counts"])
    assert waiting_gallery.files() - {"videos/maintenance/reconciled.json"} == objects - {
        "videos/maintenance/reconciled.json"
    }
    again = waiting_gallery.post(
        f"/v1/campaigns/{GALLERY}/videos", {"prompts": [KITE], "seconds": 4}
    )
    assert (
        again.status_code,
        again.json["code"],
        again.json["retryable"],
    ) == (500, "record_unreadable", False)
    assert waiting_gallery.campaign(GALLERY)["money"] == before["money"]


def test_an_unreadable_video_is_reported_by_its_url_and_in_lists(waiting_gallery: Showreel) -> None:
    video = current_of(waiting_gallery)
    change_record(waiting_gallery.place, video["id"], UNKNOWN_WORD)

    asked = waiting_gallery.get(f"/v1/videos/{video['id']}")
    campaign = waiting_gallery.campaign(GALLERY)
    listed = waiting_gallery.get(f"/v1/videos?campaign_id={GALLERY}").json

    assert (
        asked.status_code,
        asked.json["code"],
        asked.headers["X-Should-Retry"],
    ) == (500, "record_unreadable", "false")
    assert "Retry-After" not in asked.headers
    for part in (video["id"], "cannot be read", "Invalid enum value 'dreaming'"):
        assert part in asked.json["detail"]
    assert (campaign["unreadable"], campaign["slots"][0]["current"]) == (1, None)
    assert [video["id"]] == [each["id"] for each in campaign["slots"][0]["unreadable"]]
    assert [video["id"]] == [each["id"] for each in listed["unreadable"]]
    assert len(listed["data"]) == 2


def test_an_unreadable_campaign_is_listed_with_its_error(waiting_gallery: Showreel) -> None:
    place = waiting_gallery.place
    waiting_gallery.send("PATCH", "/v1/campaigns/summer", json={"budget_usd": 5})
    if isinstance(place, CloudPlace):
        place._client.document(f"campaigns/{GALLERY}").update({"schema_version": 2})
    else:
        fields = read_record(waiting_gallery.folder, GALLERY)
        write_record(waiting_gallery.folder, GALLERY, {**fields, "schema_version": 2})

    listed = waiting_gallery.get("/v1/campaigns").json
    page = waiting_gallery.get("/v1/campaigns?limit=1").json

    assert [each["id"] for each in listed["data"]] == ["summer"]
    assert [each["id"] for each in listed["unreadable"]] == [GALLERY]
    assert (page["data"], page["last_id"], page["has_more"]) == ([], GALLERY, True)
    assert waiting_gallery.get(f"/v1/campaigns/{GALLERY}").status_code == 500


def test_an_unreadable_video_can_be_deleted_and_its_dollars_stay_counted(
    waiting_gallery: Showreel,
) -> None:
    video, before = current_of(waiting_gallery), waiting_gallery.campaign(GALLERY)
    change_record(waiting_gallery.place, video["id"], UNKNOWN_WORD)
    damaged = waiting_gallery.snapshot()

    # It could not be restored from the trash, and its clip is good.
    refused = waiting_gallery.delete(f"/v1/videos/{video['id']}")
    assert (refused.status_code, refused.json["code"]) == (500, "record_unreadable")
    assert "purge=true" in refused.json["detail"]
    assert waiting_gallery.snapshot() == damaged
    assert waiting_gallery.delete(f"/v1/videos/{video['id']}?purge=true").status_code == 200

    after = waiting_gallery.campaign(GALLERY)
    assert (before["money"], 0) == (after["money"], after["unreadable"])
    assert waiting_gallery.get(f"/v1/videos/{video['id']}").status_code == 404
    video_hash = video["id"].rpartition(".")[2]
    tick()
    assert [path for path in waiting_gallery.files() if video_hash in path] == []
    assert waiting_gallery.campaign(GALLERY)["money"] == before["money"]
    (created,) = waiting_gallery.create(GALLERY, KITE)
    assert (created["outcome"], created["index"]) == ("created", 0)


@ONLY_LOCAL
def test_the_event_of_a_removed_unreadable_video_has_what_is_known(
    waiting_gallery: Showreel,
) -> None:
    video = current_of(waiting_gallery)
    change_record(waiting_gallery.place, video["id"], UNKNOWN_WORD)

    waiting_gallery.delete(f"/v1/videos/{video['id']}?purge=true")

    (event,) = waiting_gallery.get("/v1/events?type=video.deleted").json["data"]
    known = {name: video[name] for name in ("id", "object", "campaign_id", "index")}
    assert known == event["data"]


def test_make_reconcile_names_a_damaged_record_and_deletes_it_with_an_option(
    gallery_copy: Place,
) -> None:
    with served(gallery_copy, delivering=False) as showreel:
        video = current_of(showreel)
    change_record(gallery_copy, video["id"], UNKNOWN_WORD)
    before = gallery_copy.snapshot()

    told = reconcile(gallery_copy, "--repair", "--delete-orphans", "--json")
    assert [("record_damaged", video["id"], False)] == [
        (each["kind"], each["subject"], each["repaired"]) for each in json.loads(told.stdout)
    ]
    assert (1, before) == (told.returncode, gallery_copy.snapshot())

    deleted = reconcile(gallery_copy, "--delete-damaged", video["id"])
    assert (deleted.returncode, "agree" in deleted.stdout) == (0, True), deleted.stderr


def test_make_reconcile_restores_a_damaged_record_from_its_json(gallery_copy: Place) -> None:
    with served(gallery_copy, delivering=False) as showreel:
        video = current_of(showreel)
    change_record(gallery_copy, video["id"], UNKNOWN_WORD)

    restored = reconcile(gallery_copy, "--restore-damaged", video["id"])

    assert (restored.returncode, "agree" in restored.stdout) == (0, True), restored.stderr
    with served(gallery_copy, delivering=False) as showreel:
        assert video == current_of(showreel)
