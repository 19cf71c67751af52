import pytest

from tests.contract.campaign_list_contract import CampaignListContract
from tests.contract.campaign_repository_contract import CampaignRepositoryContract
from tests.fakes import InMemoryCampaignRepository


class TestInMemoryCampaignRepository(CampaignRepositoryContract, CampaignListContract):
    @pytest.fixture
    def repository(self) -> InMemoryCampaignRepository:
        return InMemoryCampaignRepository()
