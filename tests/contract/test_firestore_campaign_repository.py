import pytest
from google.cloud.firestore import DocumentReference

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.turn_repository import FirestoreTurnRepository
from shared.ports.campaign_repository import CampaignRepository
from tests.contract.campaign_list_contract import CampaignListContract
from tests.contract.campaign_repository_contract import CampaignRepositoryContract
from tests.contract.changed_campaign_contract import ChangedCampaignContract
from tests.contract.queue_contract import DamagedQueueContract, QueueContract
from tests.contract.unreadable_record_contract import Fields, UnreadableRecordContract


class TestFirestoreCampaignRepository(
    CampaignRepositoryContract,
    CampaignListContract,
    ChangedCampaignContract,
    UnreadableRecordContract,
    QueueContract,
    DamagedQueueContract,
):
    @pytest.fixture
    def repository(self, firestore_host: str, project: str) -> FirestoreCampaignRepository:
        return FirestoreCampaignRepository(project=project, database="(default)")

    @pytest.fixture
    def turns(self, repository: FirestoreCampaignRepository) -> FirestoreTurnRepository:
        return FirestoreTurnRepository(repository)

    def read(self, repository: CampaignRepository, path: str) -> Fields:
        return _document(repository, path).get().to_dict() or {}

    def write(self, repository: CampaignRepository, path: str, fields: Fields) -> None:
        _document(repository, path).set(fields)


def _document(repository: CampaignRepository, path: str) -> DocumentReference:
    assert isinstance(repository, FirestoreCampaignRepository)
    if path.startswith("paces/"):
        return repository._documents.client.document(path)
    campaign_id, _, video_hash = path.partition("/")
    folder = "days" if path.startswith("2026") else "campaigns"
    inner = f"/videos/{video_hash}" if video_hash else ""
    return repository._documents.client.document(f"{folder}/{campaign_id}{inner}")
