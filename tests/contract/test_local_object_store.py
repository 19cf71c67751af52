from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.adapters.local.object_store import LocalObjectStore
from tests.contract.object_store_contract import ObjectStoreContract


class TestLocalObjectStore(ObjectStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> LocalObjectStore:
        return LocalObjectStore(tmp_path / "data", now=lambda: datetime.now(UTC))
