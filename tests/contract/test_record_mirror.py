from pathlib import Path

import pytest

from shared.adapters.google.object_store import GCSObjectStore
from shared.adapters.local.object_store import LocalObjectStore
from shared.ports import utc_now
from tests.contract.record_mirror_contract import RecordMirrorContract
from tools.in_memory.object_store import InMemoryObjectStore


class TestInMemory(RecordMirrorContract):
    @pytest.fixture
    def store(self) -> InMemoryObjectStore:
        return InMemoryObjectStore()


class TestInAFolder(RecordMirrorContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> LocalObjectStore:
        return LocalObjectStore(tmp_path / "data", now=utc_now)


class TestInABucket(RecordMirrorContract):
    @pytest.fixture
    def store(self, bucket_store: GCSObjectStore) -> GCSObjectStore:
        return bucket_store
