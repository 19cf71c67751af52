import json
from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.ports.campaign_repository import CampaignRepository
from tests.contract.campaign_list_contract import CampaignListContract
from tests.contract.campaign_repository_contract import CampaignRepositoryContract
from tests.contract.unreadable_record_contract import Fields, UnreadableRecordContract


class TestLocalCampaignRepository(
    CampaignRepositoryContract, CampaignListContract, UnreadableRecordContract
):
    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        return tmp_path / "data"

    @pytest.fixture
    def repository(self, root: Path) -> LocalCampaignRepository:
        return LocalCampaignRepository(root)

    def read(self, repository: CampaignRepository, path: str) -> Fields:
        fields: Fields = json.loads(_file(repository, path).read_text())
        return fields

    def write(self, repository: CampaignRepository, path: str, fields: Fields) -> None:
        file = _file(repository, path)
        aside = file.with_suffix(".new")
        aside.write_text(json.dumps(fields))
        aside.rename(file)


def _file(repository: CampaignRepository, path: str) -> Path:
    assert isinstance(repository, LocalCampaignRepository)
    videos = repository._files.folder().parent
    if path.startswith("2026"):
        return videos / "budget" / f"{path}.json"
    campaign_id, _, video_hash = path.partition("/")
    folder = videos / "cache" / campaign_id
    current = folder / f"curr_{video_hash}.json"
    return current if current.exists() else folder / f"{video_hash or 'campaign'}.json"
