"""Processes that are killed before each step that changes the data folder."""

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.object_store import LocalObjectStore
from shared.adapters.local.play_repository import LocalPlayRepository
from shared.domain.campaign import Change
from shared.domain.errors import NotFoundError
from shared.domain.plays import merge
from shared.domain.values import replace
from shared.domain.video import VersionState
from shared.ports.campaign_repository import CampaignRepository, VideoQuery
from shared.ports.object_store import PutMode
from tests.local_records import write_json
from tests.unit.adapters.local.processes import crashes
from tests.unit.domain.builders import (
    A_VIDEO,
    NOW,
    SOON,
    a_beacon,
    a_campaign,
    a_reserved_video,
    a_token,
)

OLD_CLIP = bytes(1_000)
NEW_CLIP = bytes(range(250)) * 4
CURRENT = "videos/generated/spring/curr_0123456789abcdef_0.mp4"
HISTORICAL = "videos/generated/spring/0123456789abcdef_0.mp4"


def make_campaign(root: Path) -> None:
    """One video is current, one pending, and one historical."""
    videos = tuple(
        a_reserved_video(number, version_state=state, due_at=SOON)
        for number, state in enumerate(
            (VersionState.CURRENT, VersionState.PENDING, VersionState.HISTORICAL)
        )
    )
    with closing(LocalCampaignRepository(root)) as repository:
        repository.commit(Change(campaign=a_campaign(), videos=videos))
    write_json(root)


def change_versions(root: Path) -> None:
    """Make the pending one current and the current one historical; remove the historical one."""
    with closing(LocalCampaignRepository(root)) as repository:
        campaign = repository.get_campaign("spring")
        old, new, oldest = (repository.get_video("spring", f"{each:016x}") for each in range(3))
        repository.commit(
            Change(
                campaign=replace(campaign, cache_hits=1),
                videos=(
                    replace(new, version_state=VersionState.CURRENT),
                    replace(old, version_state=VersionState.HISTORICAL),
                ),
                removed=(oldest,),
            )
        )
    write_json(root)


FIRST_LOOKS: dict[str, Callable[[CampaignRepository], object]] = {
    "campaign": lambda repository: repository.get_campaign("spring"),
    "video": lambda repository: repository.get_video("spring", f"{1:016x}"),
    "list": lambda repository: repository.list_videos(VideoQuery(campaign_id="spring")),
    "due": lambda repository: repository.due(SOON, limit=9),
    "commit": lambda repository: repository.commit_video(
        repository.get_video("spring", f"{0:016x}")
    ),
}


def look(first: str, root: Path) -> object:
    """Return what a new process finds that looks there first."""
    with closing(LocalCampaignRepository(root)) as repository:
        try:
            return FIRST_LOOKS[first](repository)
        except NotFoundError as error:
            return type(error)


def looks(tmp_path: Path, root: Path) -> dict[str, object]:
    """Return what each of several processes finds, each in an untouched folder."""
    found = {}
    for first in FIRST_LOOKS:
        shutil.copytree(root, tmp_path / "copy")
        found[first] = look(first, tmp_path / "copy")
        shutil.rmtree(tmp_path / "copy")
    return found


@pytest.mark.parametrize("work", [make_campaign, change_versions])
def test_a_commit_is_atomic_across_a_crash(tmp_path: Path, work: Callable[[Path], object]) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    if work is change_versions:
        make_campaign(before)
    shutil.copytree(before, after)
    work(after)
    old, new = looks(tmp_path, before), looks(tmp_path, after)

    outcomes = []
    for root in crashes(tmp_path, before, work):
        found = looks(tmp_path, root)
        assert found in (old, new)
        outcomes.append(found == new)

    assert set(outcomes) == {False, True}
    assert outcomes == sorted(outcomes), "A later death undid the commit."


def local_store(root: Path) -> LocalObjectStore:
    return LocalObjectStore(root, now=lambda: datetime.now(UTC))


def contents(root: Path) -> dict[str, bytes]:
    return {info.path: read(root, info.path) for info in local_store(root).list("videos/")}


def read(root: Path, path: str) -> bytes:
    with local_store(root).open(path) as stream:
        return stream.read()


def put_old(root: Path) -> None:
    local_store(root).put(CURRENT, BytesIO(OLD_CLIP), content_type="video/mp4")


def put_new(root: Path) -> None:
    clip = BytesIO(NEW_CLIP)
    local_store(root).put(CURRENT, clip, content_type="video/mp4", mode=PutMode.OVERWRITE)


def rename(root: Path) -> None:
    local_store(root).rename(CURRENT, HISTORICAL)


def delete(root: Path) -> None:
    local_store(root).delete(CURRENT)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A folder with one object."""
    root = tmp_path / "stored"
    put_old(root)
    return root


def test_a_created_object_is_complete_or_absent_after_a_crash(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    for root in crashes(tmp_path, empty, put_old):
        assert contents(root) in ({}, {CURRENT: OLD_CLIP})


def test_an_overwritten_object_is_the_old_or_the_new_one_after_a_crash(
    tmp_path: Path, stored: Path
) -> None:
    for root in crashes(tmp_path, stored, put_new):
        assert contents(root) in ({CURRENT: OLD_CLIP}, {CURRENT: NEW_CLIP})


def test_a_rename_that_crashes_keeps_the_object_and_can_be_repeated(
    tmp_path: Path, stored: Path
) -> None:
    for root in crashes(tmp_path, stored, rename):
        assert set(contents(root).values()) == {OLD_CLIP}
        rename(root)
        assert contents(root) == {HISTORICAL: OLD_CLIP}


def test_a_delete_that_crashes_can_be_repeated(tmp_path: Path, stored: Path) -> None:
    for root in crashes(tmp_path, stored, delete):
        delete(root)
        assert contents(root) == {}


def watch(root: Path) -> None:
    """Send the growing states of one view, and note each that is answered."""
    plays = LocalPlayRepository(root)
    for seconds in range(1, 4):
        merge_seconds(plays, seconds)
        with (root / "answered").open("a") as answered:
            answered.write(f"{seconds}\n")


def merge_seconds(plays: LocalPlayRepository, seconds: int) -> None:
    beacon = a_beacon(played_ms=seconds * 1000)
    plays.merge_view(
        beacon.view, lambda view: merge(view, beacon, a_token(), NOW + timedelta(hours=1))
    )


def played_ms(plays: LocalPlayRepository) -> list[tuple[int, int]]:
    counted = plays.counts_of_video(A_VIDEO, NOW.date(), NOW.date())
    return [(counts.plays, counts.played_ms) for _, counts in counted]


def test_no_answered_beacon_is_lost_and_none_is_counted_twice(tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    for root in crashes(tmp_path, before, watch):
        answered = root / "answered"
        last = len(answered.read_text().split()) if answered.exists() else 0
        plays = LocalPlayRepository(root)

        # The one that was under way may be there without its answer.
        wanted = [[(1, each * 1000)] if each else [] for each in (last, last + 1)]
        assert played_ms(plays) in wanted
        merge_seconds(plays, 3)
        assert played_ms(plays) == [(1, 3000)]
