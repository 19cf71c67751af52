from pathlib import Path

import pytest

from shared.adapters.google.batch_repository import FirestoreBatchRepository
from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.local.batch_repository import LocalBatchRepository
from shared.adapters.local.campaign_repository import LocalCampaignRepository
from tests.contract.batch_repository_contract import BatchRepositoryContract
from tools.in_memory.batch_repository import InMemoryBatchRepository
from tools.in_memory.campaign_repository import InMemoryCampaignRepository


class TestInMemoryBatchRepository(BatchRepositoryContract):
    @pytest.fixture
    def campaigns(self) -> InMemoryCampaignRepository:
        return InMemoryCampaignRepository()

    @pytest.fixture
    def batches(self, campaigns: InMemoryCampaignRepository) -> InMemoryBatchRepository:
        return InMemoryBatchRepository(campaigns)


class TestLocalBatchRepository(BatchRepositoryContract):
    @pytest.fixture
    def campaigns(self, tmp_path: Path) -> LocalCampaignRepository:
        return LocalCampaignRepository(tmp_path / "data")

    @pytest.fixture
    def batches(self, campaigns: LocalCampaignRepository) -> LocalBatchRepository:
        return LocalBatchRepository(campaigns)


class TestFirestoreBatchRepository(BatchRepositoryContract):
    @pytest.fixture
    def campaigns(self, firestore_host: str, project: str) -> FirestoreCampaignRepository:
        return FirestoreCampaignRepository(project=project, database="(default)")

    @pytest.fixture
    def batches(self, campaigns: FirestoreCampaignRepository) -> FirestoreBatchRepository:
        return FirestoreBatchRepository(campaigns)
