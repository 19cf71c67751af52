"""The records of each family, whose repositories pass the contracts."""

from pathlib import Path

import pytest

from shared.adapters.google.batch_repository import FirestoreBatchRepository
from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.event_log import FirestoreEventLog
from shared.adapters.local.batch_repository import LocalBatchRepository
from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.event_log import LocalEventLog
from tests.fakes.ports import FakeClock
from tools.in_memory.batch_repository import InMemoryBatchRepository
from tools.in_memory.campaign_repository import InMemoryCampaignRepository
from tools.in_memory.event_log import InMemoryEventLog


class InMemoryRecords:
    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def campaigns(self, clock: FakeClock) -> InMemoryCampaignRepository:
        return InMemoryCampaignRepository(clock)

    @pytest.fixture
    def batches(self, campaigns: InMemoryCampaignRepository) -> InMemoryBatchRepository:
        return InMemoryBatchRepository(campaigns)

    @pytest.fixture
    def events(self, campaigns: InMemoryCampaignRepository) -> InMemoryEventLog:
        return InMemoryEventLog(campaigns)


class LocalRecords:
    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def campaigns(self, tmp_path: Path) -> LocalCampaignRepository:
        return LocalCampaignRepository(tmp_path / "data", event_days=7)

    @pytest.fixture
    def batches(self, campaigns: LocalCampaignRepository) -> LocalBatchRepository:
        return LocalBatchRepository(campaigns)

    @pytest.fixture
    def events(self, campaigns: LocalCampaignRepository) -> LocalEventLog:
        return LocalEventLog(campaigns.database)


class FirestoreRecords:
    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def campaigns(
        self, firestore_host: str, project: str, clock: FakeClock
    ) -> FirestoreCampaignRepository:
        return FirestoreCampaignRepository(project=project, database="(default)", now=clock)

    @pytest.fixture
    def batches(self, campaigns: FirestoreCampaignRepository) -> FirestoreBatchRepository:
        return FirestoreBatchRepository(campaigns)

    @pytest.fixture
    def events(self, campaigns: FirestoreCampaignRepository, clock: FakeClock) -> FirestoreEventLog:
        return FirestoreEventLog(campaigns.documents, now=clock)
