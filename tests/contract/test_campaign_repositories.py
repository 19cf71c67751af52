from pathlib import Path

import pytest
from google.cloud.firestore import DocumentReference

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.turn_repository import FirestoreTurnRepository
from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.turn_repository import LocalTurnRepository
from shared.domain.video import Lane
from shared.ports.campaign_repository import CampaignRepository
from tests.contract.campaign_list_contract import CampaignListContract
from tests.contract.campaign_repository_contract import CampaignRepositoryContract, stored
from tests.contract.changed_campaign_contract import ChangedCampaignContract
from tests.contract.queue_contract import DamagedQueueContract, QueueContract, a_waiting_video
from tests.contract.unreadable_record_contract import Fields, UnreadableRecordContract
from tests.local_records import read_record, write_record
from tests.unit.domain.builders import MODEL
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

    def test_the_head_of_a_long_queue_costs_the_same_steps_as_that_of_a_short_one(
        self, repository: LocalCampaignRepository, turns: LocalTurnRepository
    ) -> None:
        stored(repository, *map(a_waiting_video, range(50)))
        few = steps(repository, turns)
        stored(repository, *map(a_waiting_video, range(50, 1000)), campaign_id="autumn")

        assert steps(repository, turns) == few > 0


def steps(repository: LocalCampaignRepository, turns: LocalTurnRepository) -> int:
    """Count the steps of SQLite's machine for what a round of a tick reads."""
    counted: list[None] = []
    with repository.database.reading() as connection:
        connection.set_progress_handler(lambda: counted.append(None), 1)
    try:
        assert turns.anything_waits()
        assert len(turns.waiting(MODEL, Lane.BULK, limit=20)) == 20
    finally:
        with repository.database.reading() as connection:
            connection.set_progress_handler(None, 1)
    return len(counted)


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
