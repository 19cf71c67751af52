import pytest

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from tests.contract.campaign_list_contract import CampaignListContract
from tests.contract.campaign_repository_contract import CampaignRepositoryContract
from tests.fakes.object_store import InMemoryObjectStore


class TestFirestoreCampaignRepository(CampaignRepositoryContract, CampaignListContract):
    @pytest.fixture
    def repository(self, firestore_host: str, project: str) -> FirestoreCampaignRepository:
        return FirestoreCampaignRepository(
            project=project, database="(default)", objects=InMemoryObjectStore
        )
