"""The JSON in the bucket is compared with the records, and written anew where it is stale."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from google.cloud import firestore

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.domain.campaign import Campaign, Change
from shared.domain.storage_layout import CACHE
from shared.domain.video import Failure, Phase, Video
from shared.domain.video_steps import begin_check
from shared.ports.object_store import PutMode
from shared.records.videos import decode_video, encode_video
from shared.use_cases.read_whole import read_whole
from tests.contract.campaign_repository_contract import stored
from tests.fakes.object_store import InMemoryObjectStore
from tests.unit.domain.builders import SOON, a_generating_video, a_reserved_video

FOLDER = f"{CACHE}/spring"
NAME = f"{FOLDER}/{1:016x}.json"


@pytest.fixture
def bucket() -> InMemoryObjectStore:
    return InMemoryObjectStore()


@pytest.fixture
def repository(
    firestore_host: str, project: str, bucket: InMemoryObjectStore
) -> FirestoreCampaignRepository:
    return FirestoreCampaignRepository(
        project=project, database="(default)", objects=lambda: bucket
    )


def a_failed_video() -> Video:
    failure = Failure(code="failed", message="It failed.")
    return a_reserved_video(1, phase=Phase.FAILED, version_state=None, failure=failure, due_at=None)


@pytest.fixture
def change(repository: FirestoreCampaignRepository) -> Change:
    return stored(repository, a_failed_video(), a_generating_video(2))


def everything(repository: FirestoreCampaignRepository) -> tuple[Campaign, tuple[Video, ...]]:
    state = read_whole(repository, "spring")
    return state.campaign, tuple(state.videos.values())


def write(bucket: InMemoryObjectStore, path: str, content: bytes) -> None:
    file = BytesIO(content)
    bucket.put(path, file, content_type="application/json", mode=PutMode.OVERWRITE)


def lose_one(bucket: InMemoryObjectStore) -> str:
    bucket.delete(NAME)
    return NAME


def lose_the_campaign(bucket: InMemoryObjectStore) -> str:
    bucket.delete(f"{FOLDER}/campaign.json")
    return f"{FOLDER}/campaign.json"


def damage_one(bucket: InMemoryObjectStore) -> str:
    write(bucket, NAME, b"{")
    return NAME


def leave_an_older_one(bucket: InMemoryObjectStore) -> str:
    video = decode_video(bucket.objects[NAME].content)
    write(bucket, NAME, encode_video(replace(video, failure=None)))
    return NAME


def leave_the_name_of_another_state(bucket: InMemoryObjectStore) -> str:
    path = f"{FOLDER}/curr_{1:016x}.json"
    write(bucket, path, bucket.objects[NAME].content)
    return path


@pytest.mark.parametrize(
    "fault",
    [
        lose_one,
        lose_the_campaign,
        damage_one,
        leave_an_older_one,
        leave_the_name_of_another_state,
    ],
)
def test_what_is_stale_is_found_and_written_anew(
    repository: FirestoreCampaignRepository,
    bucket: InMemoryObjectStore,
    change: Change,
    fault: Callable[[InMemoryObjectStore], str],
) -> None:
    before = {path: found.content for path, found in bucket.objects.items()}
    path = fault(bucket)
    assert (path,) == repository.stale_metadata(*everything(repository))

    repository.renew_metadata(*everything(repository))

    assert () == repository.stale_metadata(*everything(repository))
    assert before == {path: found.content for path, found in bucket.objects.items()}


def test_what_is_never_written_at_once_is_not_stale(
    repository: FirestoreCampaignRepository, change: Change
) -> None:
    """A mere lease is not, nor what the cache saved."""
    (_, waiting) = change.videos
    repository.commit_video(begin_check(waiting, lease_expires_at=SOON))
    repository.add_savings("spring", Decimal(1), 1)

    assert () == repository.stale_metadata(*everything(repository))


def change_document(project: str, changes: dict[str, Any]) -> None:
    client = firestore.Client(project=project)
    client.document(f"campaigns/spring/videos/{1:016x}").update(changes)


def test_a_field_of_a_newer_version_is_written_and_not_stale(
    repository: FirestoreCampaignRepository,
    bucket: InMemoryObjectStore,
    change: Change,
    project: str,
) -> None:
    """A moment is text in JSON, also one of which this version does not know that it is one."""
    change_document(project, {"reviewed_at": SOON, "cost.tax": "0.32"})
    assert (NAME,) == repository.stale_metadata(*everything(repository))

    repository.renew_metadata(*everything(repository))

    assert () == repository.stale_metadata(*everything(repository))
    assert b'"reviewed_at"' in bucket.objects[NAME].content
    assert b'"tax": "0.32"' in bucket.objects[NAME].content


def test_the_json_of_a_record_that_was_not_read_is_kept(
    repository: FirestoreCampaignRepository,
    bucket: InMemoryObjectStore,
    change: Change,
    project: str,
) -> None:
    """It may be all that there is to restore the record from."""
    before = dict(bucket.objects)
    change_document(project, {"phase": "dreaming"})
    (_, waiting) = change.videos

    repository.renew_metadata(repository.get_campaign("spring"), (waiting,))

    assert before == bucket.objects
    assert repository.read_metadata("spring", f"{1:016x}", current=True) == replace(
        change.videos[0], revision=""
    )


def test_what_showreel_has_not_named_is_left_alone(
    repository: FirestoreCampaignRepository, bucket: InMemoryObjectStore, change: Change
) -> None:
    write(bucket, f"{FOLDER}/notes.txt", b"mine")

    repository.renew_metadata(*everything(repository))

    assert f"{FOLDER}/notes.txt" in bucket.objects
    assert () == repository.stale_metadata(*everything(repository))
