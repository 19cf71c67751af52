import pytest

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.experiment_repository import FirestoreExperimentRepository
from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.experiment_repository import LocalExperimentRepository
from shared.domain.errors import NotFoundError, UnreadableRecordError
from tests.contract.experiment_contract import ExperimentContract, an_experiment
from tests.contract.families import FirestoreRecords, InMemoryRecords, LocalRecords
from tools.in_memory.experiment_repository import InMemoryExperimentRepository


class TestInMemoryExperimentRepository(InMemoryRecords, ExperimentContract):
    @pytest.fixture
    def experiments(self) -> InMemoryExperimentRepository:
        return InMemoryExperimentRepository()


class TestFirestoreExperimentRepository(FirestoreRecords, ExperimentContract):
    @pytest.fixture
    def experiments(self, campaigns: FirestoreCampaignRepository) -> FirestoreExperimentRepository:
        return FirestoreExperimentRepository(campaigns.documents)

    def test_a_record_that_cannot_be_read_is_on_no_page_and_goes_with_its_campaign(
        self, campaigns: FirestoreCampaignRepository, experiments: FirestoreExperimentRepository
    ) -> None:
        first, second = (experiments.commit(an_experiment(number)) for number in range(2))
        path = f"campaigns/spring/experiments/{second.id}"
        campaigns.documents.client.document(path).update({"metric": "luck"})

        assert experiments.list("spring", after=None, limit=1) == (first,)
        with pytest.raises(UnreadableRecordError, match=second.id):
            experiments.get(second.id)
        experiments.delete_campaign("spring")
        with pytest.raises(NotFoundError):
            experiments.get(second.id)


class TestLocalExperimentRepository(LocalRecords, ExperimentContract):
    @pytest.fixture
    def experiments(self, campaigns: LocalCampaignRepository) -> LocalExperimentRepository:
        return LocalExperimentRepository(campaigns.database)

    def test_a_record_that_cannot_be_read_is_on_no_page_and_goes_with_its_campaign(
        self, campaigns: LocalCampaignRepository, experiments: LocalExperimentRepository
    ) -> None:
        first, second = (experiments.commit(an_experiment(number)) for number in range(2))
        with campaigns.database.writing() as connection:
            connection.execute("UPDATE experiments SET record = '{}' WHERE id = ?", (second.id,))

        assert experiments.list("spring", after=None, limit=1) == (first,)
        with pytest.raises(UnreadableRecordError, match=second.id):
            experiments.get(second.id)
        experiments.delete_campaign("spring")
        with pytest.raises(NotFoundError):
            experiments.get(second.id)
