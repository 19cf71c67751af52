from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from tests.contract.campaign_list_contract import CampaignListContract
from tests.contract.campaign_repository_contract import CampaignRepositoryContract


class TestLocalCampaignRepository(CampaignRepositoryContract, CampaignListContract):
    @pytest.fixture
    def repository(self, tmp_path: Path) -> LocalCampaignRepository:
        return LocalCampaignRepository(tmp_path / "data")
