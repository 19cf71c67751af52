"""An experiment over real stores, in both families: what is played is reported."""

import json

from tests.functional.showreel import GALLERY, Showreel

EXPERIMENTS = f"/v1/campaigns/{GALLERY}/experiments"


def test_an_assigned_viewer_is_counted_in_every_report(gallery: Showreel) -> None:
    slot = gallery.campaign(GALLERY)["slots"][0]
    videos = [slot["current"]["id"], slot["historical"][0]["id"]]
    arms = [{"video_id": video_id} for video_id in videos]
    created = gallery.post(EXPERIMENTS, {"arms": arms, "metric": "view"})
    path = f"{EXPERIMENTS}/{created.json['id']}"

    load = gallery.send("POST", created.json["embed_url"].removeprefix("http://localhost")).json
    beacon = {
        "v": 1,
        "view": load["view"],
        "token": load["play_token"],
        "played_ms": 4000,
        "visible_ms": 4000,
        "bins": "ffffffff",
    }
    gallery.send("POST", "/v1/plays", data=json.dumps(beacon), content_type="text/plain")

    arm = gallery.get(path).json["arms"][load["arm"]]
    assert (arm["video_id"], arm["exposures"]) == (load["video_id"], 1)
    assert (arm["rate"]["value"], arm["rate"]["of"]) == (1, 1)
    found = gallery.get(f"/v1/videos/{load['video_id']}/analytics").json
    assert (found["totals"]["plays"], found["arms"][0]["arm"]) == (1, load["arm"])
    rows = gallery.get(f"/v1/campaigns/{GALLERY}/analytics").json["data"]
    assert {row["video_id"]: row["totals"] for row in rows}[load["video_id"]] == found["totals"]
    table = gallery.get(f"/v1/campaigns/{GALLERY}/analytics", {"Accept": "text/csv"}).text
    assert table.count(load["video_id"]) == 1
    stopped = gallery.post(f"{path}/stop", {"shown_arm": 1}).json
    assert (stopped["status"], stopped["shown_arm"]) == ("stopped", 1)
    assert gallery.get(path).json["shown_arm"] == 1
    assert [each["status"] for each in gallery.get(EXPERIMENTS).json["data"]] == ["stopped"]
