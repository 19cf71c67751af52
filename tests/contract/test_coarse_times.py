"""The records on a file system that keeps times in steps of two seconds, as FAT and exFAT do."""

import os
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from tests.contract.campaign_repository_contract import CampaignRepositoryContract

STEP_NS = 2_000_000_000


class TestCoarseTimes(CampaignRepositoryContract):
    """Only files that were written get such a time here; folders keep the kernel's."""

    @pytest.fixture(autouse=True)
    def _coarse(self, monkeypatch: pytest.MonkeyPatch) -> None:
        utime = os.utime

        def coarse(path: Any, *, ns: tuple[int, int] | None = None) -> None:  # noqa: ANN401
            utime(path) if ns is None else utime(path, ns=(ns[0] // STEP_NS * STEP_NS,) * 2)

        monkeypatch.setattr(os, "utime", coarse)

    @pytest.fixture
    def repository(self, tmp_path: Path) -> LocalCampaignRepository:
        return LocalCampaignRepository(tmp_path / "data")
