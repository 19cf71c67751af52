import pytest

from tests.contract.object_store_contract import ObjectStoreContract
from tests.fakes import InMemoryObjectStore


class TestInMemoryObjectStore(ObjectStoreContract):
    @pytest.fixture
    def store(self) -> InMemoryObjectStore:
        return InMemoryObjectStore()
