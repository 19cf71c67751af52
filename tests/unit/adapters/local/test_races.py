"""Several processes on one data folder at the same time."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.object_store import LocalObjectStore
from shared.domain.campaign import Change
from shared.domain.errors import ConflictError, ObjectExistsError, ObjectNotFoundError
from shared.domain.values import replace
from shared.domain.video import VersionState
from shared.ports.campaign_repository import VideoQuery
from tests.unit.adapters.local.processes import run_together
from tests.unit.domain.builders import a_campaign, a_reserved_video

CURRENT = "videos/generated/spring/curr_0123456789abcdef_0.mp4"
HISTORICAL = "videos/generated/spring/0123456789abcdef_0.mp4"
TODAY = date(2026, 11, 20)
YESTERDAY = TODAY - timedelta(days=1)
ATTEMPT = "videos/attempts/spring/0123456789abcdef/1"


def local_store(root: Path) -> LocalObjectStore:
    return LocalObjectStore(root, now=lambda: datetime.now(UTC))


def count_commits(root: Path, times: int) -> None:
    """Each commit adds one to the campaign, and one to its only video."""
    repository = LocalCampaignRepository(root)
    done = 0
    while done < times:
        campaign = repository.get_campaign("spring")
        video = repository.get_video("spring", f"{0:016x}")
        change = Change(
            campaign=replace(campaign, cache_hits=campaign.cache_hits + 1),
            videos=(replace(video, index=video.index + 1),),
        )
        with suppress(ConflictError):
            repository.commit(change)
            done += 1


def swap_versions(root: Path, times: int) -> None:
    """Of two videos, make current the one that is not."""
    repository = LocalCampaignRepository(root)
    for _ in range(times):
        campaign = repository.get_campaign("spring")
        videos = (repository.get_video("spring", f"{number:016x}") for number in range(2))
        swapped = tuple(
            replace(
                video,
                version_state=VersionState.HISTORICAL if video.is_current else VersionState.CURRENT,
            )
            for video in videos
        )
        hits = campaign.cache_hits + 1
        repository.commit(Change(campaign=replace(campaign, cache_hits=hits), videos=swapped))


def create_names(root: Path, process: int, names: int) -> None:
    """Create every name, with the number of this process as its content; note those won."""
    store = local_store(root)
    for number in range(names):
        with suppress(ObjectExistsError):
            content = BytesIO(str(process).encode())
            store.put(f"videos/{number}", content, content_type="video/mp4")
            store.put(f"won/{number}/{process}", BytesIO(), content_type="video/mp4")


def rename_often(root: Path, source: str, target: str, times: int) -> None:
    store = local_store(root)
    for _ in range(times):
        with suppress(ObjectNotFoundError):
            store.rename(source, target)


def put_and_delete(root: Path, name: str, times: int) -> None:
    store = local_store(root)
    for _ in range(times):
        store.put(f"{ATTEMPT}/{name}", BytesIO(b"a clip"), content_type="video/mp4")
        store.delete(f"{ATTEMPT}/{name}")


def note_a_url(root: Path, process: int) -> None:
    url = local_store(root).sign(CURRENT, expires_in=timedelta(days=1)).url
    (root / f"url-{process}").write_text(url)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data folder with a campaign that has one current and one historical video."""
    root = tmp_path / "data"
    videos = (
        a_reserved_video(0, version_state=VersionState.CURRENT),
        a_reserved_video(1, version_state=VersionState.HISTORICAL),
    )
    LocalCampaignRepository(root).commit(Change(campaign=a_campaign(), videos=videos))
    return root


def test_no_update_is_lost_among_processes(root: Path) -> None:
    run_together(count_commits, (root, 25), (root, 25), (root, 25), (root, 25))

    repository = LocalCampaignRepository(root)
    hits = repository.get_campaign("spring").cache_hits
    assert (hits, repository.get_video("spring", f"{0:016x}").index) == (100, 100)


def test_a_reader_in_another_process_never_sees_a_part_of_a_commit(root: Path) -> None:
    repository = LocalCampaignRepository(root)
    writer = Thread(target=run_together, args=(swap_versions, (root, 100)))
    writer.start()
    seen = set()
    while writer.is_alive():
        page = repository.list_videos(VideoQuery(campaign_id="spring"))
        seen.add(tuple(video.version_state for video in page.videos))
        for number in range(2):
            repository.get_video("spring", f"{number:016x}")
    writer.join()

    current, historical = VersionState.CURRENT, VersionState.HISTORICAL
    assert seen == {(current, historical), (historical, current)}
    assert repository.get_campaign("spring").cache_hits == 100


def test_a_commit_is_seen_by_other_processes_at_once(root: Path) -> None:
    reader, writer = LocalCampaignRepository(root), LocalCampaignRepository(root)
    for _ in range(100):
        video = writer.get_video("spring", f"{0:016x}")
        written = writer.commit_video(replace(video, index=video.index + 1))

        assert reader.get_video("spring", f"{0:016x}") == written
        assert written in reader.list_videos(VideoQuery()).videos


def test_of_several_processes_that_create_a_name_one_wins(tmp_path: Path) -> None:
    run_together(create_names, *((tmp_path, process, 30) for process in range(4)))

    store = local_store(tmp_path)
    won = [info.path.split("/")[1:] for info in store.list("won/")]
    assert sorted(name for name, _ in won) == sorted(str(number) for number in range(30))
    for name, process in won:
        with store.open(f"videos/{name}") as stream:
            assert stream.read() == process.encode()


def test_processes_that_rename_to_and_fro_do_not_lose_the_object(tmp_path: Path) -> None:
    store = local_store(tmp_path)
    store.put(CURRENT, BytesIO(b"a clip"), content_type="video/mp4")

    run_together(
        rename_often,
        (tmp_path, CURRENT, HISTORICAL, 60),
        (tmp_path, HISTORICAL, CURRENT, 60),
        (tmp_path, CURRENT, HISTORICAL, 60),
    )

    assert len(list(store.list("videos/"))) == 1


def test_a_folder_removed_by_another_process_is_created_again(tmp_path: Path) -> None:
    """Objects that come and go in one folder make it come and go."""
    run_together(put_and_delete, *((tmp_path, name, 50) for name in ("a", "b", "c")))

    assert not (tmp_path / "videos").exists()


def test_processes_that_share_a_folder_share_a_signing_key(tmp_path: Path) -> None:
    run_together(note_a_url, *((tmp_path, process) for process in range(4)))

    store = local_store(tmp_path)
    for process in range(4):
        note = (tmp_path / f"url-{process}").read_text()
        query = parse_qs(urlsplit(note).query)
        store.verify(CURRENT, expires=query["expires"][0], signature=query["signature"][0])


def take_often(root: Path, campaign_id: str, times: int) -> None:
    """Each commit takes a dollar from each of two days, and counts it in its campaign."""
    repository = LocalCampaignRepository(root)
    repository.commit(Change(campaign=a_campaign(campaign_id)))
    done = 0
    while done < times:
        campaign = repository.get_campaign(campaign_id)
        days = [repository.get_day(day) for day in (TODAY, YESTERDAY)]
        change = Change(
            campaign=replace(campaign, cache_hits=campaign.cache_hits + 1),
            days=tuple(replace(day, committed=day.committed + 1) for day in days),
        )
        with suppress(ConflictError):
            repository.commit(change)
            done += 1


def test_no_dollar_is_lost_among_processes(root: Path) -> None:
    run_together(take_often, *((root, name, 20) for name in ("may", "june", "july", "august")))

    repository = LocalCampaignRepository(root)
    assert [repository.get_day(day).committed for day in (TODAY, YESTERDAY)] == [80, 80]
