from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.adapters.google.object_store import GCSObjectStore
from shared.adapters.local.object_store import LocalObjectStore
from tests.contract.object_store_contract import ObjectStoreContract
from tools.in_memory.object_store import InMemoryObjectStore


class TestInMemoryObjectStore(ObjectStoreContract):
    @pytest.fixture
    def store(self) -> InMemoryObjectStore:
        return InMemoryObjectStore()


class TestLocalObjectStore(ObjectStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> LocalObjectStore:
        return LocalObjectStore(tmp_path / "data", now=lambda: datetime.now(UTC))


class TestGCSObjectStore(ObjectStoreContract):
    @pytest.fixture
    def store(self, bucket_store: GCSObjectStore) -> GCSObjectStore:
        return bucket_store
