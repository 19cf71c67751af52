"""A data folder whose clips Veo makes: nothing else of Google Cloud is needed."""

import errno
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.google import omni_generator, veo_generator
from shared.adapters.local.object_store import LocalObjectStore
from shared.use_cases import check_operation
from tests.eventually import eventually
from tests.functional.laptop import laptop_with_veo
from tests.functional.places import FolderPlace
from tests.functional.showreel import BOAT, KITE, Answer, Showreel, served
from tools.emulated_cloud.vertex.answers import UNAVAILABLE
from tools.emulated_cloud.vertex.server import POLL, FakeVertex


@pytest.fixture
def vertex() -> Iterator[FakeVertex]:
    """Finishes with the first check: one that meets a running operation is followed 20 s later."""
    with FakeVertex(polls=0) as vertex:
        yield vertex


@pytest.fixture
def laptop(
    vertex: FakeVertex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Showreel]:
    monkeypatch.setattr(omni_generator, "EXPECTED_IN", timedelta(seconds=0.1))
    monkeypatch.setattr(veo_generator, "EXPECTED_IN", timedelta(seconds=0.1))
    with laptop_with_veo(vertex, tmp_path) as service:
        yield service


def test_clips_of_veo_are_billed_and_stored_in_the_folder(
    laptop: Showreel, vertex: FakeVertex
) -> None:
    (video,) = laptop.create("spring", KITE)

    ended = laptop.ended(video)

    assert (ended["status"], ended["cost"]["billed"]) == ("completed", True)
    assert (ended["provenance"]["simulated"], ended["provenance"]["c2pa_manifest"]) == (False, True)
    assert f"videos/generated/spring/{ended['filename']}" in laptop.files()
    assert laptop.get(ended["content_url"]).headers["Content-Type"] == "video/mp4"
    assert vertex.submissions == 1


def test_omni_ends_with_a_clip_in_the_folder_or_with_its_own_words(
    laptop: Showreel, vertex: FakeVertex
) -> None:
    prompts = (KITE, f"{BOAT} [filtered]")
    made, refused = laptop.create("spring", *prompts, model="gemini-omni-1.2-flash", seconds=3)

    made, refused = laptop.ended(made), laptop.ended(refused)

    assert (made["status"], made["cost"]["billed"]) == ("completed", True)
    spent = laptop.campaign("spring")["money"]["spent"]
    assert made["cost"]["actual"] == spent == 0.20898 < made["cost"]["estimated"]
    assert laptop.get(made["content_url"]).headers["Content-Type"] == "video/mp4"
    assert refused["error"]["code"] == "content_filtered"
    assert "I can't make this video" in refused["error"]["message"]
    assert refused["cost"]["actual"] == 0
    assert (vertex.interactions.count, vertex.operations.count) == (2, 0)


def test_omni_edits_the_clip_of_veo_and_extends_the_edit(
    laptop: Showreel, vertex: FakeVertex
) -> None:
    (made,) = laptop.create("spring", KITE, seconds=4)
    made = laptop.ended(made)

    body = {"prompt": "Make it night", "model": "gemini-omni-1.2-flash"}
    edit = laptop.ended(laptop.post(f"/v1/videos/{made['id']}/edit", body).json)
    landing = {"prompt": "The kite lands", "seconds": 3}
    longer = laptop.ended(laptop.post(f"/v1/videos/{edit['id']}/extend", landing).json)

    assert [each["seconds"] for each in (made, edit, longer)] == ["4", "4", "7"]
    assert longer["clip"]["duration_seconds"] == pytest.approx(7, abs=0.1)
    assert longer["version_state"] == "current"
    assert longer["remixed_from_video_id"] == edit["id"]
    assert (vertex.interactions.count, vertex.operations.count) == (2, 1)


def test_a_disk_without_hard_links_keeps_a_paid_clip(
    laptop: Showreel, vertex: FakeVertex, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", link)
    (video,) = laptop.create("spring", KITE)

    ended = laptop.ended(video)

    assert (ended["status"], vertex.submissions) == ("completed", 1)
    assert laptop.get(ended["content_url"]).status_code == 200


def test_a_poll_that_veo_does_not_answer_is_made_again(
    laptop: Showreel, vertex: FakeVertex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_operation, "FAULT_RETRY", timedelta(seconds=0.1))
    vertex.fail(POLL, UNAVAILABLE, times=2)
    (video,) = laptop.create("spring", KITE)

    assert laptop.ended(video)["status"] == "completed"
    assert (len(vertex.asked(POLL)), vertex.submissions) == (3, 1)


def test_without_room_for_a_clip_nothing_is_submitted_and_the_health_check_fails(
    laptop: Showreel, vertex: FakeVertex, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = iter([10**9])
    monkeypatch.setattr(LocalObjectStore, "free_bytes", lambda _: next(seen, 0))
    laptop.create("spring", KITE)

    health = eventually(lambda: unwell(laptop.get("/healthz")))

    assert "no room for another clip" in health.json["detail"]
    assert vertex.submissions == 0
    refused = laptop.post("/v1/videos", {"prompt": BOAT})
    assert (refused.status_code, refused.json["code"]) == (503, "storage_full")


def unwell(health: Answer) -> Answer | None:
    return health if health.status_code == 503 else None


def test_no_attempt_is_made_without_credentials(vertex: FakeVertex, tmp_path: Path) -> None:
    environment = {
        "VIDEO_GENERATOR": "veo",
        "GOOGLE_CLOUD_PROJECT": "showreel",
        "VEO_BASE_URL": vertex.url,
    }
    with served(FolderPlace(tmp_path / "data"), environment) as service:
        (video,) = service.create("spring", KITE)
        service.post(f"/v1/videos/{video['id']}/cancel")

        assert service.ended(video)["attempts"] == 0
        assert vertex.submissions == 0
