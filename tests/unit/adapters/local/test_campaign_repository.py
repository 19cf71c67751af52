"""What the repository does that only files can."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.domain.campaign import Change
from shared.domain.errors import (
    CampaignNotFoundError,
    ConflictError,
    StorageError,
    UnreadableRecordError,
    VideoNotFoundError,
)
from shared.domain.unreadable import Unreadable
from shared.domain.video import VersionState
from shared.ports.campaign_repository import VideoQuery
from tests.unit.domain.builders import SOON, a_campaign, a_reserved_video

FOLDER = "videos/cache/spring"
HASH = f"{1:016x}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def repository(root: Path) -> LocalCampaignRepository:
    return LocalCampaignRepository(root)


@pytest.fixture
def stored(repository: LocalCampaignRepository) -> Change:
    """The campaign `spring` with one video, and `summer` with another."""
    summer = replace(a_reserved_video(2), campaign_id="summer")
    repository.commit(Change(campaign=a_campaign("summer"), videos=(summer,)))
    return repository.commit(Change(campaign=a_campaign(), videos=(a_reserved_video(1),)))


def files(root: Path) -> list[str]:
    return sorted(path.name for path in (root / FOLDER).iterdir())


def edit(file: Path, **changes: object) -> None:
    """Change a record in its place, as some editors do."""
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def test_nothing_is_made_by_reading(repository: LocalCampaignRepository, root: Path) -> None:
    repository.list_videos(VideoQuery())
    repository.due(SOON, limit=9)
    with pytest.raises(CampaignNotFoundError):
        repository.get_campaign("spring")
    with pytest.raises(VideoNotFoundError):
        repository.get_video("spring", HASH)

    assert not root.exists()


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (VersionState.PENDING, f"{HASH}.json"),
        (VersionState.CURRENT, f"curr_{HASH}.json"),
        (VersionState.HISTORICAL, f"{HASH}.json"),
        (None, f"{HASH}.json"),
    ],
)
def test_the_file_of_a_video_is_named_after_its_state(
    repository: LocalCampaignRepository,
    root: Path,
    stored: Change,
    state: VersionState | None,
    name: str,
) -> None:
    repository.commit_video(replace(stored.videos[0], version_state=state))

    assert files(root) == sorted(["campaign.json", name])


def test_a_file_moves_with_the_state_of_its_video(
    repository: LocalCampaignRepository, root: Path, stored: Change
) -> None:
    video = repository.commit_video(replace(stored.videos[0], version_state=VersionState.CURRENT))
    repository.commit_video(replace(video, version_state=VersionState.HISTORICAL))

    assert files(root) == [f"{HASH}.json", "campaign.json"]


@pytest.mark.usefixtures("stored")
def test_a_folder_that_was_copied_elsewhere_is_the_same_repository(
    repository: LocalCampaignRepository, root: Path, tmp_path: Path
) -> None:
    """Only the layout under `videos/` counts, and neither times nor hidden folders."""
    shutil.copytree(root / "videos", tmp_path / "copy/videos", copy_function=shutil.copyfile)

    copy = LocalCampaignRepository(tmp_path / "copy")

    assert copy.get_campaign("spring") == repository.get_campaign("spring")
    assert copy.list_videos(VideoQuery()) == repository.list_videos(VideoQuery())


def test_what_a_person_edits_is_read_at_once(
    repository: LocalCampaignRepository, root: Path, stored: Change
) -> None:
    assert repository.get_video("spring", HASH) == stored.videos[0]

    edit(root / FOLDER / f"{HASH}.json", prompt="Edited.")

    assert repository.get_video("spring", HASH).prompt == "Edited."


def test_what_a_person_edits_is_not_overwritten(
    repository: LocalCampaignRepository, root: Path, stored: Change
) -> None:
    edit(root / FOLDER / f"{HASH}.json", prompt="Edited.")

    with pytest.raises(ConflictError):
        repository.commit_video(stored.videos[0])


@pytest.mark.usefixtures("stored")
def test_a_list_does_not_wait_for_a_version_that_was_edited_away(
    repository: LocalCampaignRepository, root: Path
) -> None:
    """The folder looks the same after an edit in place, and this record is not in memory."""
    os.utime(root / FOLDER, (0, 0))
    other = LocalCampaignRepository(root)
    other.list_videos(VideoQuery(campaign_id="spring"))
    other._videos._cached.cache_clear()

    edit(root / FOLDER / f"{HASH}.json", prompt="Edited.")

    page = other.list_videos(VideoQuery(campaign_id="spring"))
    assert [video.prompt for video in page.videos] == ["Edited."]


@pytest.mark.usefixtures("stored")
def test_a_campaign_that_a_person_removes_is_gone(
    repository: LocalCampaignRepository, root: Path
) -> None:
    repository.list_videos(VideoQuery())
    shutil.rmtree(root / FOLDER)

    with pytest.raises(CampaignNotFoundError):
        repository.get_campaign("spring")
    assert [each.campaign_id for each in repository.list_campaigns(after=None, limit=9)] == [
        "summer"
    ]
    assert len(repository.list_videos(VideoQuery()).videos) == 1


@pytest.mark.usefixtures("stored")
def test_of_two_files_of_one_video_the_current_one_is_meant(
    repository: LocalCampaignRepository, root: Path
) -> None:
    """A synchronisation that does not delete leaves the former name beside the new one."""
    folder = root / FOLDER
    shutil.copy(folder / f"{HASH}.json", folder / f"curr_{HASH}.json")
    edit(folder / f"curr_{HASH}.json", version_state="current")

    page = repository.list_videos(VideoQuery(campaign_id="spring"))
    assert [video.version_state for video in page.videos] == [VersionState.CURRENT]
    video = repository.get_video("spring", HASH)
    assert video.is_current
    repository.commit_video(replace(video, prompt="Another."))
    assert files(root) == ["campaign.json", f"curr_{HASH}.json"]


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])


def make_newer(file: Path) -> None:
    edit(file, schema_version=2)


def move_from_elsewhere(file: Path) -> None:
    edit(file, campaign_id="summer")


DAMAGES = [truncate, make_newer, move_from_elsewhere]


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_video_is_named_by_its_file(
    repository: LocalCampaignRepository, root: Path, damage: Callable[[Path], None]
) -> None:
    damage(root / FOLDER / f"{HASH}.json")

    with pytest.raises(UnreadableRecordError, match=f"{FOLDER}/{HASH}.json: "):
        repository.get_video("spring", HASH)
    page = repository.list_videos(VideoQuery())
    assert [video.campaign_id for video in page.videos] == ["summer"]
    assert f"{FOLDER}/{HASH}.json: " in page.unreadable[0].detail
    assert [work.campaign_id for work in repository.due(SOON, limit=9)] == ["summer"]
    assert repository.get_campaign("spring").campaign_id == "spring"


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_campaign_is_named_by_its_file(
    repository: LocalCampaignRepository, root: Path, damage: Callable[[Path], None]
) -> None:
    damage(root / FOLDER / "campaign.json")

    with pytest.raises(UnreadableRecordError, match=f"{FOLDER}/campaign.json: "):
        repository.get_campaign("spring")
    spring, summer = repository.list_campaigns(after=None, limit=9)
    assert isinstance(spring, Unreadable)
    assert f"{FOLDER}/campaign.json: " in spring.detail
    assert summer.campaign_id == "summer"
    assert len(repository.due(SOON, limit=9)) == 2


@pytest.mark.usefixtures("stored")
def test_a_file_that_is_repaired_in_its_place_is_read_again(
    repository: LocalCampaignRepository, root: Path
) -> None:
    file = root / FOLDER / f"{HASH}.json"
    content = file.read_bytes()
    file.write_bytes(b"")
    os.utime(root / FOLDER, (0, 0))
    assert repository.get_all_videos("spring").unreadable

    file.write_bytes(content)

    assert repository.get_all_videos("spring").unreadable == ()


def test_a_video_under_the_name_of_another_is_damage(
    repository: LocalCampaignRepository, root: Path, stored: Change
) -> None:
    shutil.copy(root / FOLDER / f"{HASH}.json", root / FOLDER / f"{9:016x}.json")

    with pytest.raises(StorageError, match="something else"):
        repository.get_video("spring", f"{9:016x}")
    assert repository.list_videos(VideoQuery(campaign_id="spring")).videos == stored.videos


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"written": {"../summer/campaign.json": "{}"}, "removed": []}',
        b'{"written": {}, "removed": ["../summer/campaign.json"]}',
        b'{"written": {"campaign.json": 1}, "removed": []}',
        b'{"written": {}, "removed": [], "shares": {"../cache/summer/campaign.json": "{}"}}',
    ],
)
def test_a_damaged_journal_stops_its_campaign_and_no_other(
    repository: LocalCampaignRepository, root: Path, content: bytes
) -> None:
    (root / FOLDER / ".journal").write_bytes(content)

    with pytest.raises(StorageError, match=f"^{FOLDER}/.journal is damaged"):
        repository.get_campaign("spring")
    with pytest.raises(StorageError, match="damaged"):
        repository.commit_video(a_reserved_video(3))
    assert [work.campaign_id for work in repository.due(SOON, limit=9)] == ["summer"]
    assert repository.get_campaign("summer").campaign_id == "summer"


def test_a_commit_stays_in_the_folder_of_its_campaign(
    repository: LocalCampaignRepository, root: Path
) -> None:
    with pytest.raises(StorageError):
        repository.commit(Change(campaign=a_campaign("../spring")))
    with pytest.raises(ValueError, match="stays in its folder"):
        repository.commit_video(replace(a_reserved_video(1), video_hash="../spring"))

    assert list(root.rglob("*.json")) == []


@pytest.mark.usefixtures("stored")
def test_records_behind_a_link_are_not_there(
    repository: LocalCampaignRepository, root: Path, tmp_path: Path
) -> None:
    shutil.move(root / FOLDER, tmp_path / "outside")
    (root / FOLDER).symlink_to(tmp_path / "outside")

    with pytest.raises(CampaignNotFoundError):
        repository.get_campaign("spring")
    with pytest.raises(VideoNotFoundError):
        repository.get_video("spring", HASH)
    with pytest.raises(StorageError):
        repository.commit(Change(campaign=a_campaign()))
    assert len(repository.list_videos(VideoQuery()).videos) == 1


@pytest.mark.usefixtures("stored")
def test_a_file_that_is_not_a_record_is_no_trouble(
    repository: LocalCampaignRepository, root: Path
) -> None:
    (root / FOLDER / "notes.txt").touch()
    (root / FOLDER / "folder").mkdir()
    (root / "videos/cache/README").touch()

    assert len(repository.list_videos(VideoQuery()).videos) == 2
    assert len(repository.list_campaigns(after=None, limit=9)) == 2


@pytest.mark.usefixtures("stored")
def test_an_unchanged_record_is_decoded_once(repository: LocalCampaignRepository) -> None:
    first = repository.get_video("spring", HASH)

    assert repository.get_video("spring", HASH) is first
    assert repository.list_videos(VideoQuery(campaign_id="spring")).videos[0] is first


@pytest.mark.usefixtures("stored")
def test_asking_for_unknown_campaigns_leaves_nothing_behind(
    repository: LocalCampaignRepository, root: Path
) -> None:
    before = sorted(root.rglob("*"))
    for number in range(9):
        repository.list_videos(VideoQuery(campaign_id=f"unknown-{number}"))
        with pytest.raises(VideoNotFoundError):
            repository.get_video(f"unknown-{number}", HASH)

    assert sorted(root.rglob("*")) == before
    assert not [each for each in repository._lists._catalog._caches if each.startswith("unknown")]
