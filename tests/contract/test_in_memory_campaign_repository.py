import pytest

from tests.contract.campaign_list_contract import CampaignListContract
from tests.contract.campaign_repository_contract import CampaignRepositoryContract
from tests.contract.changed_campaign_contract import ChangedCampaignContract
from tests.contract.queue_contract import QueueContract
from tools.in_memory.campaign_repository import InMemoryCampaignRepository
from tools.in_memory.turn_repository import InMemoryTurnRepository


class TestInMemoryCampaignRepository(
    CampaignRepositoryContract, CampaignListContract, ChangedCampaignContract, QueueContract
):
    @pytest.fixture
    def repository(self) -> InMemoryCampaignRepository:
        return InMemoryCampaignRepository()

    @pytest.fixture
    def turns(self, repository: InMemoryCampaignRepository) -> InMemoryTurnRepository:
        return InMemoryTurnRepository(repository)
