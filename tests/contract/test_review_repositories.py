from pathlib import Path

import pytest

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.event_log import FirestoreEventLog
from shared.adapters.google.review_repository import FirestoreReviewRepository
from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.event_log import LocalEventLog
from shared.adapters.local.review_repository import LocalReviewRepository
from shared.domain.errors import NotFoundError, UnreadableRecordError
from tests.contract.review_contract import ReviewContract, a_review
from tests.fakes.ports import FakeClock
from tools.in_memory.campaign_repository import InMemoryCampaignRepository
from tools.in_memory.event_log import InMemoryEventLog
from tools.in_memory.review_repository import InMemoryReviewRepository


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


class TestInMemoryReviewRepository(ReviewContract):
    @pytest.fixture
    def campaigns(self) -> InMemoryCampaignRepository:
        return InMemoryCampaignRepository()

    @pytest.fixture
    def reviews(self, campaigns: InMemoryCampaignRepository) -> InMemoryReviewRepository:
        return InMemoryReviewRepository(campaigns)

    @pytest.fixture
    def events(self, campaigns: InMemoryCampaignRepository) -> InMemoryEventLog:
        return InMemoryEventLog(campaigns)


class TestFirestoreReviewRepository(ReviewContract):
    @pytest.fixture
    def campaigns(self, firestore_host: str, project: str) -> FirestoreCampaignRepository:
        return FirestoreCampaignRepository(project=project, database="(default)")

    @pytest.fixture
    def reviews(self, campaigns: FirestoreCampaignRepository) -> FirestoreReviewRepository:
        return FirestoreReviewRepository(campaigns)

    @pytest.fixture
    def events(self, campaigns: FirestoreCampaignRepository, clock: FakeClock) -> FirestoreEventLog:
        return FirestoreEventLog(campaigns.documents, now=clock)

    def test_a_record_that_cannot_be_read_is_on_no_page_and_goes_with_its_campaign(
        self, campaigns: FirestoreCampaignRepository, reviews: FirestoreReviewRepository
    ) -> None:
        first, second = (reviews.commit(a_review(number)) for number in range(2))
        path = f"campaigns/spring/reviews/{second.id}"
        campaigns.documents.client.document(path).update({"digest": 7})

        assert reviews.list("spring", after=None, limit=1) == (first,)
        with pytest.raises(UnreadableRecordError, match=second.id):
            reviews.get(second.id)
        reviews.delete_campaign("spring")
        with pytest.raises(NotFoundError):
            reviews.get(second.id)


class TestLocalReviewRepository(ReviewContract):
    @pytest.fixture
    def campaigns(self, tmp_path: Path) -> LocalCampaignRepository:
        return LocalCampaignRepository(tmp_path / "data")

    @pytest.fixture
    def reviews(self, campaigns: LocalCampaignRepository) -> LocalReviewRepository:
        return LocalReviewRepository(campaigns)

    @pytest.fixture
    def events(self, campaigns: LocalCampaignRepository) -> LocalEventLog:
        return LocalEventLog(campaigns.database)

    def test_a_record_that_cannot_be_read_is_on_no_page_and_goes_with_its_campaign(
        self, campaigns: LocalCampaignRepository, reviews: LocalReviewRepository
    ) -> None:
        first, second = (reviews.commit(a_review(number)) for number in range(2))
        with campaigns.database.writing() as connection:
            connection.execute("UPDATE reviews SET record = '{}' WHERE id = ?", (second.id,))

        assert reviews.list("spring", after=None, limit=1) == (first,)
        with pytest.raises(UnreadableRecordError, match=second.id):
            reviews.get(second.id)
        reviews.delete_campaign("spring")
        with pytest.raises(NotFoundError):
            reviews.get(second.id)
