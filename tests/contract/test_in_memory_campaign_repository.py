import pytest

from tests.contract.campaign_list_contract import CampaignListContract
from tests.contract.campaign_repository_contract import CampaignRepositoryContract
from tests.contract.changed_campaign_contract import ChangedCampaignContract
from tests.contract.queue_contract import QueueContract
from tools.in_memory.campaign_repository import InMemoryCampaignRepository


class TestInMemoryCampaignRepository(
    CampaignRepositoryContract, CampaignListContract, ChangedCampaignContract, QueueContract
):
    @pytest.fixture
    def repository(self) -> InMemoryCampaignRepository:
        return InMemoryCampaignRepository()
