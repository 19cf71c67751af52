"""A data folder that misbehaves: links that lead out of it, a full disk, a read-only one."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.domain.campaign import Change
from shared.domain.errors import ConflictError
from shared.domain.values import replace
from tests.eventually import eventually
from tests.functional.places import FolderPlace
from tests.functional.refusals import assert_refused
from tests.functional.showreel import BOAT, GALLERY, KITE, Showreel, served, serving
from tests.unit.domain.builders import a_campaign

HASH = "0123456789abcdef"


@pytest.fixture
def family() -> str:
    """Only a folder can be like this."""
    return "local"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the data folder, with something that must not be seen."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / f"curr_{HASH}_0.mp4").write_bytes(b"secret")
    return folder


def test_nothing_is_served_from_a_linked_folder(gallery: Showreel, outside: Path) -> None:
    (gallery.folder / "videos/generated/linked").symlink_to(outside)

    answer = gallery.get(f"/api/v1/content/videos/linked/curr_{HASH}_0.mp4")

    assert_refused(answer, 404, "not_found")


def test_a_linked_clip_of_a_real_video_is_not_served(gallery: Showreel, outside: Path) -> None:
    video = gallery.campaign(GALLERY)["slots"][0]["current"]
    clip = gallery.folder / "videos/generated" / GALLERY / video["filename"]
    clip.unlink()
    clip.symlink_to(outside / f"curr_{HASH}_0.mp4")

    assert_refused(gallery.get(video["content_url"]), 404, "not_found")


def test_the_records_in_a_linked_folder_are_not_read(gallery: Showreel, outside: Path) -> None:
    records = gallery.folder / "videos/cache"
    shutil.copytree(records / GALLERY, outside / "linked")
    (records / "linked").symlink_to(outside / "linked")

    assert_refused(gallery.get("/v1/campaigns/linked"), 404, "not_found")
    assert len(gallery.get("/v1/videos").json["data"]) == 3


def test_nothing_is_written_into_a_linked_folder(gallery: Showreel, outside: Path) -> None:
    (gallery.folder / "videos/cache/linked").symlink_to(outside)
    before = set(outside.rglob("*"))

    gallery.post("/v1/campaigns/linked/videos", {"prompts": [KITE]})

    assert set(outside.rglob("*")) == before


@pytest.fixture
def mac(gallery_copy: FolderPlace) -> Iterator[Showreel]:
    """A gallery that also answers to the name in capitals, as on a disk that ignores case."""
    records = gallery_copy.folder / "videos/cache"
    (gallery_copy.folder / ".LOCKS").mkdir()
    shutil.copytree(records / GALLERY, records / GALLERY.upper())
    with served(gallery_copy) as service:
        yield service


def test_a_name_that_differs_in_case_alone_is_refused_where_the_disk_ignores_it(
    mac: Showreel,
) -> None:
    body = {"prompts": [KITE], "seconds": 4}
    refused = mac.post(f"/v1/campaigns/{GALLERY.upper()}/videos", body)

    assert_refused(refused, 409, "campaign_name_taken")
    assert f"There is a campaign {GALLERY!r}" in refused.json["detail"]
    budget = mac.send("PATCH", f"/v1/campaigns/{GALLERY.upper()}", json={"budget_usd": 1})
    assert_refused(budget, 409, "campaign_name_taken")
    assert_refused(mac.get(f"/v1/campaigns/{GALLERY.upper()}"), 404, "not_found")
    video = mac.campaign(GALLERY)["slots"][0]["current"]
    other = video["id"].replace(GALLERY, GALLERY.upper())
    assert_refused(mac.get(f"/v1/videos/{other}"), 404, "not_found")
    assert mac.create("summer", KITE)[0]["outcome"] == "created"


def test_concurrent_campaigns_whose_names_differ_in_case_do_not_overwrite_each_other(
    tmp_path: Path,
) -> None:
    repository = LocalCampaignRepository(tmp_path)
    (tmp_path / ".LOCKS").mkdir()
    repository.commit(Change(campaign=a_campaign()))

    with pytest.raises(ConflictError):
        repository.commit(Change(campaign=replace(a_campaign(), campaign_id="SPRING")))


def run(program: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"There is no program {program!r}: a small disk cannot be had.")
    ended = subprocess.run([path, *arguments], check=False, capture_output=True, text=True)
    if ended.returncode != 0:
        pytest.skip(f"A small disk cannot be had here: {ended.stderr.strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for a few clips."""
    folder = tmp_path / "disk"
    folder.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder))
    yield folder
    subprocess.run([shutil.which("umount") or "umount", str(folder)], check=True)


def fill(disk: Path, *, left: int = 0) -> Path:
    """Write until there is room for no more than `left` bytes, and return what is in the way."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(b"x" * 4096)
        file.truncate(file.tell() - left)
    return filler


def test_a_clip_waits_until_the_disk_has_room(
    disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(disk, SYNTHETIC_SECONDS="1") as service:
        (video,) = service.create("spring", KITE)
        service.in_phase(video, "generating")
        filler = fill(disk, left=200_000)

        eventually(lambda: "disk of the data folder is full" in capsys.readouterr().err)

        assert service.video(video)["status"] == "in_progress"
        assert service.campaign("spring")["money"]["reserved"] > 0

    filler.unlink()
    with serving(disk) as service:
        assert service.ended(video)["status"] == "completed"


def test_a_full_disk_refuses_new_videos_and_serves_the_old_ones(disk: Path) -> None:
    with serving(disk, SYNTHETIC_SECONDS="1800") as service:
        (video,) = service.create("spring", KITE)
        service.in_phase(video, "generating")
        filler = fill(disk)

        refused = service.post("/v1/videos", {"prompt": BOAT})

        assert (refused.status_code, refused.json["code"]) == (503, "storage_full")
        assert "no room for another clip" in refused.json["detail"]
        assert int(refused.headers["Retry-After"]) <= 120
        assert service.video(video)["status"] == "in_progress"
        filler.unlink()
        assert service.create("summer", BOAT)[0]["outcome"] == "created"


def test_a_read_only_folder_refuses_new_videos_and_serves_the_old_ones(
    gallery_folder: Path, disk: Path
) -> None:
    data = Path(shutil.copytree(gallery_folder, disk / "data"))
    run("mount", "-o", "remount,ro", str(disk))
    with serving(data) as service:
        video = service.campaign(GALLERY)["slots"][0]["current"]

        refused = service.post("/v1/videos", {"prompt": KITE, "seconds": 4})

        assert (refused.status_code, refused.json["code"]) == (500, "storage_error")
        assert "cannot be written" in refused.json["detail"]
        assert service.get(video["content_url"]).status_code == 200
        assert service.get("/v1/videos").status_code == 200
        assert service.get("/health").status_code == 200
        assert service.create(GALLERY, KITE)[0]["outcome"] == "cache_hit"
        assert service.campaign(GALLERY)["counts"]["current"] == 2


def test_a_video_that_meets_a_read_only_folder_is_finished_after_a_restart(
    disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clips = disk / "videos/generated"
    clips.mkdir(parents=True)
    with serving(disk, SYNTHETIC_SECONDS="0.5") as service:
        (video,) = service.create("spring", KITE)
        service.in_phase(video, "generating")
        run("mount", "--bind", str(clips), str(clips))
        run("mount", "-o", "remount,bind,ro", str(clips))

        eventually(lambda: "The data folder cannot be written." in capsys.readouterr().err)

        assert service.video(video)["status"] == "in_progress"

    run("umount", str(clips))
    with serving(disk) as service:
        assert service.ended(video)["status"] == "completed"
