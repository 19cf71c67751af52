"""What is particular to records in Firestore: their form, races for them, and damage."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from google.cloud import firestore
from google.cloud.firestore import GeoPoint

from shared.adapters.google.campaign_documents import FOUND_BY, WRITTEN_AT
from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.domain.campaign import Change, Chore, ChoreKind
from shared.domain.errors import ConflictError, StorageError, UnreadableRecordError
from shared.domain.money import Savings
from shared.domain.slot import Slot, Version
from shared.domain.values import replace
from shared.domain.video import Failure, VersionState, Video
from shared.ports.campaign_repository import VideoQuery
from shared.records.form import to_record
from tests.cloud.firestore_records import connect, count_commits
from tests.contract.campaign_repository_contract import numbers, stored, with_hit
from tests.unit.adapters.local.processes import run_together
from tests.unit.domain.builders import (
    CLIP,
    NOW,
    a_campaign,
    a_generating_video,
    a_reserved_video,
    a_submitting_video,
)

HASH = f"{1:016x}"


def a_full_video() -> Video:
    """Every field has a value."""
    return replace(
        a_generating_video(1),
        version_state=VersionState.HISTORICAL,
        business_context={"brand": "Ember & Oak", "__tone__": "warm"},
        metadata={"": "empty", "ünïcode.`/\\": "🎬"},
        lease_expires_at=datetime(2026, 11, 20, 12, 0, 0, 123457, tzinfo=UTC),
        completed_at=NOW,
        clip=CLIP,
        failure=Failure(code="failed", message="It failed."),
    )


def plain(value: object) -> object:
    """Firestore's own kinds of moments and lists as those of a record."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return value


@pytest.fixture
def repository(firestore_host: str, project: str) -> FirestoreCampaignRepository:
    return connect(project)


@pytest.fixture
def client(firestore_host: str, project: str) -> firestore.Client:
    return firestore.Client(project=project)


def test_a_document_is_the_record_field_by_field(
    repository: FirestoreCampaignRepository, client: firestore.Client
) -> None:
    video = replace(a_full_video(), business_context={"brand": "Ember & Oak"}, metadata={"a": "b"})
    version = Version.of(video)
    campaign = replace(
        a_campaign(),
        slots=(Slot(index=0, current=version, pending=version, historical=(version, version)),),
        money=replace(a_campaign().money, spent=Decimal("1234567890.123456789")),
        chores=(Chore(kind=ChoreKind.RENAME, video_hash=HASH, index=0),),
    )

    repository.commit(Change(campaign=campaign, videos=(video,)))

    for path, record in (
        ("campaigns/spring", to_record(campaign)),
        (f"campaigns/spring/videos/{HASH}", to_record(video)),
    ):
        found = client.document(path).get().to_dict() or {}
        assert isinstance(found.pop(WRITTEN_AT), datetime)
        found.pop(FOUND_BY, None)
        assert plain(record) == plain(found)


def test_every_value_is_read_as_it_was_written(repository: FirestoreCampaignRepository) -> None:
    change = stored(repository, a_full_video())

    video = repository.get_video("spring", HASH)

    assert video == change.videos[0]
    assert {type(each) for each in (video.created_at, video.lease_expires_at)} == {datetime}


def test_a_field_that_is_dropped_is_removed_from_the_document(
    repository: FirestoreCampaignRepository,
) -> None:
    change = stored(repository, a_full_video())

    emptied = replace(change.videos[0], metadata={"b": "c"}, business_context={}, clip=None)
    repository.commit_video(emptied)

    assert replace(repository.get_video("spring", HASH), revision="") == replace(
        emptied, revision=""
    )


def test_a_record_that_is_too_large_is_refused(repository: FirestoreCampaignRepository) -> None:
    with pytest.raises(StorageError, match="Firestore refused"):
        stored(repository, a_reserved_video(1, prompt="p" * 1_100_000))


def test_a_new_process_continues_from_committed_records(
    repository: FirestoreCampaignRepository, project: str
) -> None:
    change = stored(repository, a_reserved_video(1))

    restarted = connect(project)
    video = restarted.commit_video(replace(restarted.get_video("spring", HASH), due_at=None))

    assert repository.get_video("spring", HASH) == video
    with pytest.raises(ConflictError):
        repository.commit_video(change.videos[0])


def test_of_several_that_claim_a_video_one_wins(repository: FirestoreCampaignRepository) -> None:
    """It is what makes a submission the only one."""
    change = stored(repository, a_reserved_video(1))

    def claim(number: int) -> Video | None:
        moment = NOW + timedelta(microseconds=number)
        claimed = replace(
            a_submitting_video(1), lease_expires_at=moment, revision=change.videos[0].revision
        )
        try:
            return repository.commit_video(claimed)
        except ConflictError:
            return None

    with ThreadPoolExecutor(16) as pool:
        won = [video for video in pool.map(claim, range(16)) if video]

    assert won == [repository.get_video("spring", HASH)]


def test_of_several_that_create_a_campaign_one_wins(
    repository: FirestoreCampaignRepository,
) -> None:
    def create(number: int) -> Change | None:
        try:
            return stored(repository, a_reserved_video(number))
        except ConflictError:
            return None

    with ThreadPoolExecutor(16) as pool:
        won = [change for change in pool.map(create, range(16)) if change]

    assert [change.videos for change in won] == [repository.list_videos(VideoQuery()).videos]


def test_no_update_is_lost_among_processes(
    repository: FirestoreCampaignRepository, firestore_host: str, project: str
) -> None:
    stored(repository, a_reserved_video(1))

    run_together(count_commits, *[(firestore_host, project, HASH, 10)] * 3)

    hits = repository.get_campaign("spring").cache_hits
    assert (hits, repository.get_video("spring", HASH).index) == (30, 30)


def test_savings_that_many_add_are_all_counted_and_conflict_with_nothing(
    repository: FirestoreCampaignRepository,
) -> None:
    campaign = stored(repository).campaign

    with ThreadPoolExecutor(3) as pool:
        adding = [
            pool.submit(repository.add_savings, "spring", Decimal("0.40"), 1) for _ in range(9)
        ]
        for _ in range(9):
            campaign = repository.commit(Change(campaign=with_hit(campaign))).campaign
        for each in adding:
            each.result()

    assert repository.get_campaign("spring").savings == Savings(amount=Decimal("3.60"), hits=9)


DAMAGE: list[dict[str, Any]] = [
    {},
    {"schema_version": 1},
    {**to_record(a_reserved_video(1)), "phase": "dreaming"},
    {**to_record(a_reserved_video(1)), "schema_version": 2},
    {**to_record(a_reserved_video(2))},
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_record_is_named_by_its_document(
    repository: FirestoreCampaignRepository, client: firestore.Client, damage: dict[str, Any]
) -> None:
    stored(repository, a_reserved_video(1), a_reserved_video(3))
    fields = {"created_at": NOW, **damage, "attempts": []}
    client.document(f"campaigns/spring/videos/{HASH}").set(fields)

    with pytest.raises(UnreadableRecordError, match=f"campaigns/spring/videos/{HASH}: "):
        repository.get_video("spring", HASH)
    page = repository.list_videos(VideoQuery())
    assert (numbers(page), [each.video_hash for each in page.unreadable]) == ([3], [HASH])


def test_damaged_videos_do_not_end_a_page(
    repository: FirestoreCampaignRepository, client: firestore.Client
) -> None:
    stored(repository, a_reserved_video(1), a_reserved_video(4))
    for number in (2, 3):
        client.document(f"campaigns/spring/videos/{number:016x}").set({"created_at": NOW})

    page = repository.list_videos(VideoQuery(limit=2))

    assert (numbers(page), page.has_more) == ([4, 1], False)


def test_an_unreadable_record_does_not_hide_due_ones(
    repository: FirestoreCampaignRepository, client: firestore.Client
) -> None:
    stored(repository, a_reserved_video(1), a_reserved_video(4))
    for number in (2, 3):
        client.document(f"campaigns/spring/videos/{number:016x}").set({"due_at": NOW})
        client.document(f"campaigns/broken-{number}").set({"chores": [{"kind": "rename"}]})

    due = repository.due(NOW + timedelta(days=1), limit=2)

    assert [work.video_hash for work in due] == [f"{1:016x}", f"{4:016x}"]


def test_a_field_of_a_newer_version_may_have_any_name(
    repository: FirestoreCampaignRepository, client: firestore.Client
) -> None:
    (video,) = stored(repository, a_reserved_video(1)).videos
    document = client.document(f"campaigns/spring/videos/{HASH}")
    odd = {"a.b": 1, "x-y": {"c d": [NOW, GeoPoint(1, 2)]}, "`": "back"}
    document.set({**(document.get().to_dict() or {}), **odd})

    read = repository.get_video("spring", video.video_hash)
    repository.commit_video(replace(read, cancel_requested=True))

    fields = document.get().to_dict() or {}
    assert (odd, True) == ({name: fields[name] for name in odd}, fields["cancel_requested"])


def test_a_foreign_collection_is_left_alone(
    repository: FirestoreCampaignRepository, client: firestore.Client
) -> None:
    """Another application may keep its own `videos` in the same database."""
    stored(repository, a_reserved_video(1))
    for path in ("channels/one/videos/two", "campaigns/spring/drafts/one/videos/two"):
        client.document(path).set({"created_at": NOW, "due_at": NOW})

    assert numbers(repository.list_videos(VideoQuery())) == [1]
    due = repository.due(NOW + timedelta(days=1), limit=9)
    assert [work.video_hash for work in due] == [HASH]
