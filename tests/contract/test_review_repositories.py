import pytest

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.review_repository import FirestoreReviewRepository
from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.review_repository import LocalReviewRepository
from shared.domain.errors import NotFoundError, UnreadableRecordError
from tests.contract.families import FirestoreRecords, InMemoryRecords, LocalRecords
from tests.contract.review_contract import ReviewContract, a_review
from tools.in_memory.campaign_repository import InMemoryCampaignRepository
from tools.in_memory.review_repository import InMemoryReviewRepository


class TestInMemoryReviewRepository(InMemoryRecords, ReviewContract):
    @pytest.fixture
    def reviews(self, campaigns: InMemoryCampaignRepository) -> InMemoryReviewRepository:
        return InMemoryReviewRepository(campaigns)


class TestFirestoreReviewRepository(FirestoreRecords, ReviewContract):
    @pytest.fixture
    def reviews(self, campaigns: FirestoreCampaignRepository) -> FirestoreReviewRepository:
        return FirestoreReviewRepository(campaigns)

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


class TestLocalReviewRepository(LocalRecords, ReviewContract):
    @pytest.fixture
    def reviews(self, campaigns: LocalCampaignRepository) -> LocalReviewRepository:
        return LocalReviewRepository(campaigns)

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
