from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.turn_repository import LocalTurnRepository
from shared.ports.campaign_repository import CampaignRepository
from tests.contract.campaign_list_contract import CampaignListContract
from tests.contract.campaign_repository_contract import CampaignRepositoryContract
from tests.contract.changed_campaign_contract import ChangedCampaignContract
from tests.contract.queue_contract import DamagedQueueContract, QueueContract
from tests.contract.unreadable_record_contract import Fields, UnreadableRecordContract
from tests.local_records import read_record, write_record


class TestLocalCampaignRepository(
    CampaignRepositoryContract,
    CampaignListContract,
    ChangedCampaignContract,
    UnreadableRecordContract,
    QueueContract,
    DamagedQueueContract,
):
    @pytest.fixture
    def repository(self, tmp_path: Path) -> LocalCampaignRepository:
        return LocalCampaignRepository(tmp_path / "data")

    @pytest.fixture
    def turns(self, repository: LocalCampaignRepository) -> LocalTurnRepository:
        return LocalTurnRepository(repository.database)

    def read(self, repository: CampaignRepository, path: str) -> Fields:
        assert isinstance(repository, LocalCampaignRepository)
        return read_record(repository._files.root, path)

    def write(self, repository: CampaignRepository, path: str, fields: Fields) -> None:
        assert isinstance(repository, LocalCampaignRepository)
        write_record(repository._files.root, path, fields)
