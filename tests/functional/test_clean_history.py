"""What `make clean-history` removes, and what `make run` removes before it serves."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain.schedule import REQUEST_MEMORY
from tests.configured import run_tool
from tests.functional.places import FolderPlace
from tests.functional.showreel import GALLERY, Showreel, served


@pytest.fixture
def family() -> str:
    """In the cloud the bucket's lifecycle forgets requests."""
    return "local"


def clean(place: FolderPlace, *arguments: str, **environment: str) -> str:
    ended = run_tool("clean_history", *arguments, **place.environment, **environment)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def ask(service: Showreel, key: str) -> None:
    headers = {"Idempotency-Key": key}
    service.send("POST", "/v1/videos", json={"prompt": key}, headers=headers)


def requests_in(place: FolderPlace) -> set[Path]:
    return {path for path in (place.folder / "videos/requests").rglob("*") if path.is_file()}


def let_time_pass(files: set[Path], age: timedelta) -> None:
    moment = time.time() - age.total_seconds()
    for file in files:
        os.utime(file, (moment, moment))


def test_without_a_trash_historical_videos_are_removed_and_current_ones_stay(
    gallery_copy: FolderPlace,
) -> None:
    generated = gallery_copy.folder / "videos/generated" / GALLERY
    before = {path.name for path in generated.glob("*.mp4")}

    told = clean(gallery_copy, "--keep", "0", TRASH_DAYS="0")

    kept = {path.name for path in generated.glob("*.mp4")}
    assert told.startswith("Removed 1 historical videos, ")
    assert kept == {name for name in before if name.startswith("curr_")}


def test_historical_videos_go_to_the_trash(gallery_copy: FolderPlace) -> None:
    told = clean(gallery_copy, "--keep", "0")

    assert told.startswith("Moved to the trash for 7 days: 1 historical videos, ")
    with served(gallery_copy, delivering=False) as service:
        counts = service.campaign(GALLERY)["counts"]
    assert (counts["historical"], counts["trashed"]) == (0, 1)


def test_only_requests_that_are_a_week_old_are_forgotten(place: FolderPlace) -> None:
    with served(place, delivering=False) as service:
        ask(service, "old")
        old = requests_in(place)
        let_time_pass(old, REQUEST_MEMORY + timedelta(minutes=1))
        ask(service, "young")
    young = requests_in(place) - old
    let_time_pass(young, REQUEST_MEMORY - timedelta(minutes=1))

    assert clean(place) == ""

    assert (len(old), len(young)) == (2, 2)
    assert requests_in(place) == young
