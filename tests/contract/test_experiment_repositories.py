from pathlib import Path

import pytest

from shared.adapters.google.experiment_repository import FirestoreExperimentRepository
from shared.adapters.google.firestore_documents import FirestoreDocuments
from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.experiment_repository import LocalExperimentRepository
from shared.domain.errors import NotFoundError, UnreadableRecordError
from tests.contract.experiment_contract import ExperimentContract, an_experiment
from tools.in_memory.experiment_repository import InMemoryExperimentRepository


class TestInMemoryExperimentRepository(ExperimentContract):
    @pytest.fixture
    def experiments(self) -> InMemoryExperimentRepository:
        return InMemoryExperimentRepository()


class TestFirestoreExperimentRepository(ExperimentContract):
    @pytest.fixture
    def documents(self, firestore_host: str, project: str) -> FirestoreDocuments:
        return FirestoreDocuments(project=project, database="(default)")

    @pytest.fixture
    def experiments(self, documents: FirestoreDocuments) -> FirestoreExperimentRepository:
        return FirestoreExperimentRepository(documents)

    def test_a_record_that_cannot_be_read_is_on_no_page_and_goes_with_its_campaign(
        self, documents: FirestoreDocuments, experiments: FirestoreExperimentRepository
    ) -> None:
        first, second = (experiments.commit(an_experiment(number)) for number in range(2))
        path = f"campaigns/spring/experiments/{second.id}"
        documents.client.document(path).update({"metric": "luck"})

        assert experiments.list("spring", after=None, limit=1) == (first,)
        with pytest.raises(UnreadableRecordError, match=second.id):
            experiments.get(second.id)
        experiments.delete_campaign("spring")
        with pytest.raises(NotFoundError):
            experiments.get(second.id)


class TestLocalExperimentRepository(ExperimentContract):
    @pytest.fixture
    def campaigns(self, tmp_path: Path) -> LocalCampaignRepository:
        return LocalCampaignRepository(tmp_path / "data")

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
