from tests.contract.batch_repository_contract import BatchRepositoryContract
from tests.contract.families import FirestoreRecords, InMemoryRecords, LocalRecords


class TestInMemoryBatchRepository(InMemoryRecords, BatchRepositoryContract):
    pass


class TestLocalBatchRepository(LocalRecords, BatchRepositoryContract):
    pass


class TestFirestoreBatchRepository(FirestoreRecords, BatchRepositoryContract):
    pass
