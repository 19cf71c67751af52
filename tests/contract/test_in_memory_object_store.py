import pytest

from tests.contract.object_store_contract import ObjectStoreContract
from tools.in_memory.object_store import InMemoryObjectStore


class TestInMemoryObjectStore(ObjectStoreContract):
    @pytest.fixture
    def store(self) -> InMemoryObjectStore:
        return InMemoryObjectStore()
