"""The records lie in the bucket too, as the very JSON of a local installation."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.domain.campaign import Campaign, Change
from shared.domain.errors import UnavailableError
from shared.domain.storage_layout import CACHE, campaign_path
from shared.domain.video import VersionState, Video
from shared.ports.campaign_repository import VideoQuery
from shared.ports.object_store import ObjectStore, PutMode
from shared.records.campaigns import decode_campaign
from shared.records.videos import decode_video
from tests.contract.campaign_repository_contract import stored, with_hit
from tests.fakes.object_store import InMemoryObjectStore
from tests.unit.domain.builders import (
    SOON,
    a_campaign,
    a_generating_video,
    a_reserved_video,
    a_storing_video,
    a_submitting_video,
)

FOLDER = f"{CACHE}/spring"
HASH = f"{1:016x}"

Connect = Callable[[ObjectStore], FirestoreCampaignRepository]


class InterruptedStore(InMemoryObjectStore):
    """Lets something happen before the first write of a campaign's record."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], object]] = []

    def put(
        self,
        path: str,
        content: BinaryIO,
        *,
        content_type: str,
        mode: PutMode = PutMode.CREATE,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        if path == campaign_path("spring") and self.meanwhile:
            self.meanwhile.pop()()
        super().put(path, content, content_type=content_type, mode=mode, metadata=metadata)


class FullStore(InMemoryObjectStore):
    def put(self, *arguments: object, **options: object) -> None:
        raise UnavailableError("Cloud Storage is unavailable. Try again soon.")


@pytest.fixture
def connect(firestore_host: str, project: str) -> Connect:
    return lambda store: FirestoreCampaignRepository(
        project=project, database="(default)", objects=lambda: store
    )


@pytest.fixture
def bucket() -> InMemoryObjectStore:
    return InMemoryObjectStore()


@pytest.fixture
def repository(connect: Connect, bucket: InMemoryObjectStore) -> FirestoreCampaignRepository:
    return connect(bucket)


def names(bucket: InMemoryObjectStore) -> list[str]:
    return [info.path.removeprefix(f"{FOLDER}/") for info in bucket.list(f"{FOLDER}/")]


def campaign_in(bucket: InMemoryObjectStore) -> Campaign:
    return decode_campaign(bucket.objects[f"{FOLDER}/campaign.json"].content)


def video_in(bucket: InMemoryObjectStore, name: str = f"{HASH}.json") -> Video:
    return decode_video(bucket.objects[f"{FOLDER}/{name}"].content)


def is_shown(video: Video, state: VersionState) -> Video:
    return replace(video, version_state=state, due_at=None)


def test_a_process_that_is_about_to_exit_still_writes_what_it_has_committed(
    connect: Connect, bucket: InMemoryObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After SIGINT the server's threads finish their requests while the interpreter shuts down."""

    def refuse(*_arguments: object) -> None:
        raise RuntimeError("cannot schedule new futures after interpreter shutdown")

    monkeypatch.setattr(ThreadPoolExecutor, "submit", refuse)

    connect(bucket).commit(Change(campaign=a_campaign(), videos=(a_reserved_video(1),)))

    assert {campaign_path("spring"), f"{FOLDER}/{HASH}.json"} == set(bucket.objects)


def test_a_copy_of_the_bucket_is_a_local_installation(
    repository: FirestoreCampaignRepository, bucket: InMemoryObjectStore, tmp_path: Path
) -> None:
    metadata = {"": "empty", "__name__": "reserved", "\\": "back", "a.b/c`": "plain"}
    change = stored(
        repository,
        a_generating_video(1, metadata=metadata),
        is_shown(a_reserved_video(2), VersionState.CURRENT),
        is_shown(a_reserved_video(3), VersionState.HISTORICAL),
    )

    for path, found in bucket.objects.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(found.content)
    local = LocalCampaignRepository(tmp_path)

    assert replace(change.campaign, revision="") == replace(
        local.get_campaign("spring"), revision=""
    )
    for video in repository.list_videos(VideoQuery()).videos:
        copy = local.get_video("spring", video.video_hash)
        assert replace(video, revision="") == replace(copy, revision="")


def test_each_record_has_the_name_of_its_state(
    repository: FirestoreCampaignRepository, bucket: InMemoryObjectStore
) -> None:
    change = stored(repository, a_reserved_video(1))
    seen = [names(bucket)]
    for state in (VersionState.CURRENT, VersionState.HISTORICAL, VersionState.CURRENT):
        videos = (is_shown(change.videos[0], state),)
        change = repository.commit(Change(campaign=with_hit(change.campaign), videos=videos))
        seen.append(names(bucket))

    current, other = [f"curr_{HASH}.json"], [f"{HASH}.json"]
    campaign = ["campaign.json"]
    assert seen == [
        other + campaign,
        campaign + current,
        other + campaign,
        campaign + current,
    ]


def test_a_removed_record_goes(
    repository: FirestoreCampaignRepository, bucket: InMemoryObjectStore
) -> None:
    change = stored(repository, is_shown(a_reserved_video(1), VersionState.CURRENT))

    repository.commit(Change(campaign=with_hit(change.campaign), removed=change.videos))

    assert names(bucket) == ["campaign.json"]


def test_a_submission_is_recorded_before_it_is_made(
    repository: FirestoreCampaignRepository, bucket: InMemoryObjectStore
) -> None:
    change = stored(repository, a_reserved_video(1))

    repository.commit_video(replace(a_submitting_video(1), revision=change.videos[0].revision))

    assert video_in(bucket) == a_submitting_video(1)


def test_a_lease_is_not_recorded(
    repository: FirestoreCampaignRepository, bucket: InMemoryObjectStore
) -> None:
    change = stored(repository, a_generating_video(1))

    repository.commit_video(replace(a_storing_video(1), revision=change.videos[0].revision))

    assert video_in(bucket) == a_generating_video(1)


def test_a_bucket_that_takes_nothing_stops_no_commit(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    repository = connect(FullStore())

    with caplog.at_level(logging.WARNING):
        change = stored(repository, a_reserved_video(1))

    assert change.campaign == repository.get_campaign("spring")
    assert [record.message for record in caplog.records] == ["record.unmirrored"]


def test_of_two_commits_the_later_stays_also_if_it_is_written_first(connect: Connect) -> None:
    bucket = InterruptedStore()
    mine, theirs = connect(bucket), connect(bucket)
    first = stored(mine, a_reserved_video(1), a_reserved_video(2))

    def commit_theirs() -> None:
        """It removes what mine has just shown."""
        campaign = with_hit(theirs.get_campaign("spring"))
        shown = theirs.get_video("spring", HASH)
        theirs.commit(Change(campaign=campaign, removed=(shown,)))

    bucket.meanwhile.append(commit_theirs)
    shown = is_shown(first.videos[0], VersionState.CURRENT)
    mine.commit(Change(campaign=with_hit(first.campaign), videos=(shown,)))

    assert campaign_in(bucket).cache_hits == 2
    assert names(bucket) == [f"{2:016x}.json", "campaign.json"]


def test_who_only_reads_needs_no_bucket(
    repository: FirestoreCampaignRepository, firestore_host: str, project: str
) -> None:
    change = stored(repository, a_reserved_video(1))

    def no_bucket() -> ObjectStore:
        raise AssertionError("Nobody should ask for it.")

    reader = FirestoreCampaignRepository(project=project, database="(default)", objects=no_bucket)

    assert reader.get_campaign("spring") == change.campaign
    assert reader.get_video("spring", HASH) == change.videos[0]
    assert reader.list_videos(VideoQuery()).videos == change.videos
    assert [work.video_hash for work in reader.due(SOON, limit=9)] == [HASH]
