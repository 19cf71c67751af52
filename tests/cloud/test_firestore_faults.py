"""What the repository makes of a Firestore that does not do its part, or does not say so."""

from collections.abc import Callable

import pytest
from grpc import StatusCode  # type: ignore[import-untyped]

from shared.adapters.google import firestore_documents
from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.firestore_documents import Write
from shared.domain.campaign import Change
from shared.domain.errors import (
    ConflictError,
    ShowreelError,
    StorageError,
    UnavailableError,
    VideoNotFoundError,
)
from shared.domain.values import replace
from shared.ports.campaign_repository import CampaignRepository, VideoQuery
from shared.records.form import to_record
from tests.cloud.firestore_door import COMMIT, GET, QUERY, Door, Fault
from tests.contract.campaign_repository_contract import (
    TODAY,
    YESTERDAY,
    a_day,
    stored,
    with_hit,
    with_more,
)
from tests.unit.domain.builders import SOON, a_campaign, a_reserved_video

PASSING = [
    StatusCode.UNAVAILABLE,
    StatusCode.INTERNAL,
    StatusCode.RESOURCE_EXHAUSTED,
    StatusCode.DEADLINE_EXCEEDED,
    StatusCode.UNKNOWN,
]


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firestore_documents, "_RETRY_SECONDS", 0.1)


@pytest.mark.parametrize("code", PASSING)
def test_a_temporary_fault_is_retried(
    repository: CampaignRepository, door: Door, code: StatusCode
) -> None:
    for method in (COMMIT, GET, QUERY):
        door.fail(Fault(method=method, code=code), Fault(method=method, code=code))

    change = stored(repository, a_reserved_video(1))
    video = repository.get_video("spring", change.videos[0].video_hash)
    page = repository.list_videos(VideoQuery())

    assert (video, (video,)) == (change.videos[0], page.videos)


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("code", PASSING)
def test_a_persistent_fault_raises_unavailable(
    repository: CampaignRepository, door: Door, code: StatusCode
) -> None:
    change = stored(repository, a_reserved_video(1))
    for method, act in (
        (GET, lambda: repository.get_campaign("spring")),
        (GET, lambda: repository.get_day(TODAY)),
        (GET, lambda: repository.get_video("spring", change.videos[0].video_hash)),
        (QUERY, lambda: repository.list_videos(VideoQuery())),
        (QUERY, lambda: repository.list_campaigns(after=None, limit=9)),
        (QUERY, lambda: repository.due(SOON, limit=9)),
        (COMMIT, lambda: repository.commit(change)),
        (COMMIT, lambda: repository.commit_video(change.videos[0])),
    ):
        door.fail(*[Fault(method=method, code=code)] * 50)
        with pytest.raises(UnavailableError):
            act()
        door.forget_faults()


@pytest.mark.parametrize(
    ("method", "permission", "act"),
    [
        (GET, "get", lambda repository: repository.get_campaign("spring")),
        (QUERY, "list", lambda repository: repository.list_campaigns(after=None, limit=9)),
        (COMMIT, "update", stored),
    ],
)
def test_a_refusal_names_the_permission_that_is_missing(
    repository: CampaignRepository,
    door: Door,
    method: str,
    permission: str,
    act: Callable[[CampaignRepository], object],
) -> None:
    details = "Missing or insufficient permissions."
    door.fail(Fault(method=method, code=StatusCode.PERMISSION_DENIED, details=details))

    with pytest.raises(ShowreelError, match=rf"datastore\.entities\.{permission}"):
        act(repository)


@pytest.mark.usefixtures("_impatient")
def test_credentials_that_give_no_token_are_named(
    repository: CampaignRepository, door: Door
) -> None:
    details = "Getting metadata from plugin failed with error: invalid_grant: Token is expired."
    door.fail(*[Fault(method=GET, code=StatusCode.UNAVAILABLE, details=details)] * 50)

    with pytest.raises(UnavailableError, match="The credentials for Firestore could not be used"):
        repository.get_campaign("spring")


def test_a_list_without_its_index_says_what_to_deploy(
    repository: CampaignRepository, door: Door
) -> None:
    details = "The query requires an index. You can create it here: https://console.example/x"
    door.fail(Fault(method=QUERY, code=StatusCode.FAILED_PRECONDITION, details=details))

    with pytest.raises(StorageError, match=r"infra/firestore\.indexes\.json"):
        repository.list_videos(VideoQuery())


def test_a_contended_commit_raises_a_conflict(repository: CampaignRepository, door: Door) -> None:
    door.fail(Fault(method=COMMIT, code=StatusCode.ABORTED))

    with pytest.raises(ConflictError):
        stored(repository)


@pytest.mark.parametrize("code", PASSING)
def test_a_commit_whose_answer_is_lost_counts_as_made(
    repository: CampaignRepository, door: Door, code: StatusCode
) -> None:
    """Its second try meets what the first has written."""
    first = stored(repository, a_reserved_video(1), a_reserved_video(2))
    door.fail(Fault(method=COMMIT, code=code, is_lost=True))

    second = repository.commit(
        Change(
            campaign=with_hit(first.campaign),
            videos=(replace(first.videos[0], due_at=SOON), a_reserved_video(3)),
            removed=first.videos[1:],
        )
    )

    assert repository.get_campaign("spring") == second.campaign
    for video in second.videos:
        assert repository.get_video("spring", video.video_hash) == video
    with pytest.raises(VideoNotFoundError):
        repository.get_video("spring", first.videos[1].video_hash)


def test_a_lost_answer_hides_no_conflict(repository: CampaignRepository, door: Door) -> None:
    """The first try was not made, and somebody else commits before the second."""
    change = stored(repository, a_reserved_video(1))
    door.fail(Fault(method=COMMIT, code=StatusCode.UNAVAILABLE))
    theirs = with_hit(with_hit(change.campaign))
    others = [theirs]

    def commit_first(_: object) -> None:
        if door.count(COMMIT) == 2 and others:
            repository.commit(Change(campaign=others.pop()))

    door.before_each(commit_first)

    with pytest.raises(ConflictError):
        repository.commit(Change(campaign=with_hit(change.campaign), videos=change.videos))

    assert repository.get_campaign("spring").cache_hits == theirs.cache_hits


def test_a_day_whose_answer_is_lost_is_charged_once(
    repository: CampaignRepository, door: Door
) -> None:
    first = repository.commit(Change(campaign=a_campaign(), days=(a_day(),)))
    door.fail(Fault(method=COMMIT, code=StatusCode.UNAVAILABLE, is_lost=True))

    second = repository.commit(
        Change(campaign=with_hit(first.campaign), days=(with_more(first.days[0]),))
    )

    assert repository.get_day(TODAY) == second.days[0]


def test_the_record_of_another_day_is_damage(
    repository: FirestoreCampaignRepository, door: Door
) -> None:
    fields = to_record(a_day(YESTERDAY))
    repository._documents.commit([Write(path="days/2026-11-20", fields=fields, revision="")])

    with pytest.raises(StorageError, match=r"days/2026-11-20: .* something else"):
        repository.get_day(TODAY)
