import pytest

from shared.adapters.google.object_store import GCSObjectStore
from tests.contract.object_store_contract import ObjectStoreContract


class TestGCSObjectStore(ObjectStoreContract):
    @pytest.fixture
    def store(self, bucket_store: GCSObjectStore) -> GCSObjectStore:
        return bucket_store
