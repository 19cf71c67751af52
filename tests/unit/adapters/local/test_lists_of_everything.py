"""A list over all campaigns looks at each of them once a second, and at none in between."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.records import campaign_catalog
from shared.domain.campaign import Change
from shared.ports.campaign_repository import VideoQuery
from tests.unit.domain.builders import SOON, a_campaign, a_reserved_video

LONG_AGO = (0, 0)
SPRING = "videos/cache/spring"


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time by which a look grows old, which stands still."""
    clock = Clock()
    monkeypatch.setattr(campaign_catalog, "monotonic", clock)
    return clock


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one video, in which nothing has happened for long."""
    root = tmp_path / "data"
    LocalCampaignRepository(root).commit(
        Change(campaign=a_campaign(), videos=(a_reserved_video(1),))
    )
    rest(root)
    return root


@pytest.fixture
def repository(root: Path, clock: Clock) -> LocalCampaignRepository:
    """One that has listed everything."""
    repository = LocalCampaignRepository(root)
    prompts(repository)
    return repository


def rest(root: Path) -> None:
    for folder in (".locks", "videos/cache", SPRING):
        os.utime(root / folder, LONG_AGO)


def prompts(repository: LocalCampaignRepository) -> list[str]:
    return [video.prompt for video in repository.list_videos(VideoQuery()).videos]


def edit(root: Path) -> None:
    """Replace a record, as most editors do. Only its own folder shows that."""
    file = root / SPRING / f"{1:016x}.json"
    edited = file.with_suffix(".new")
    edited.write_text(file.read_text().replace("Prompt 1.", "Edited."))
    edited.replace(file)


def test_no_campaign_is_looked_at_while_nobody_commits(
    repository: LocalCampaignRepository, root: Path
) -> None:
    edit(root)

    assert prompts(repository) == ["Prompt 1."]


def test_what_a_person_edits_is_listed_a_second_later(
    repository: LocalCampaignRepository, root: Path, clock: Clock
) -> None:
    edit(root)
    clock.seconds += 1.0

    assert prompts(repository) == ["Edited."]


def test_a_list_does_not_wait_for_a_version_that_was_edited_away(
    repository: LocalCampaignRepository, root: Path
) -> None:
    repository._videos._cached.cache_clear()
    edit(root)

    assert prompts(repository) == ["Edited."]


def test_a_commit_of_another_process_is_listed_at_once(
    repository: LocalCampaignRepository, root: Path
) -> None:
    other = LocalCampaignRepository(root)
    other.commit_video(replace(other.get_video("spring", f"{1:016x}"), prompt="Committed."))

    assert prompts(repository) == ["Committed."]


def test_a_campaign_that_comes_or_goes_is_noticed_at_once(
    repository: LocalCampaignRepository, root: Path
) -> None:
    (root / SPRING).rename(root / "elsewhere")
    gone = prompts(repository)
    (root / "elsewhere").rename(root / SPRING)

    assert (gone, prompts(repository)) == ([], ["Prompt 1."])


def test_what_was_seen_right_after_a_commit_is_looked_at_again(root: Path, clock: Clock) -> None:
    """Another commit within the kernel's tick would leave the folder's time as it is."""
    os.utime(root / ".locks", ns=(time.time_ns(), time.time_ns()))
    repository = LocalCampaignRepository(root)
    prompts(repository)
    edit(root)

    assert prompts(repository) == ["Edited."]


def test_due_work_is_found_by_the_same_looks(
    repository: LocalCampaignRepository, root: Path, clock: Clock
) -> None:
    before = repository.due(SOON, limit=9)
    (root / SPRING / f"{1:016x}.json").unlink()
    unseen = repository.due(SOON, limit=9)
    clock.seconds += 1.0

    assert (len(before), len(unseen), len(repository.due(SOON, limit=9))) == (1, 1, 0)
