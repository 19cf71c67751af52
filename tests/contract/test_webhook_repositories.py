from collections.abc import Iterable
from datetime import timedelta

import pytest

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.firestore_documents import Document
from shared.adapters.google.webhook_repository import FirestoreWebhookRepository
from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.webhook_repository import LocalWebhookRepository
from shared.domain.errors import NotFoundError, UnreadableRecordError
from shared.domain.values import replace
from shared.ports.webhook_repository import DeliveryQuery
from tests.contract.families import FirestoreRecords, InMemoryRecords, LocalRecords
from tests.contract.webhook_repository_contract import (
    WebhookRepositoryContract,
    a_delivery,
    a_webhook,
)
from tools.in_memory.campaign_repository import InMemoryCampaignRepository
from tools.in_memory.webhook_repository import InMemoryWebhookRepository


class TestInMemoryWebhookRepository(InMemoryRecords, WebhookRepositoryContract):
    @pytest.fixture
    def webhooks(self, campaigns: InMemoryCampaignRepository) -> InMemoryWebhookRepository:
        return InMemoryWebhookRepository(campaigns)


class TestFirestoreWebhookRepository(FirestoreRecords, WebhookRepositoryContract):
    @pytest.fixture
    def webhooks(self, campaigns: FirestoreCampaignRepository) -> FirestoreWebhookRepository:
        return FirestoreWebhookRepository(campaigns, event_days=7)

    def test_a_delivery_expires_and_what_cannot_be_read_is_left_out(
        self, campaigns: FirestoreCampaignRepository, webhooks: FirestoreWebhookRepository
    ) -> None:
        older, newer = a_delivery(1), a_delivery(2)
        webhooks.add_deliveries([older, newer])
        path = f"webhooks/{newer.webhook_id}/deliveries/{newer.event.id}"
        document = campaigns.documents.client.document(path)

        expires_at = document.get().get("expires_at")
        document.update({"status": "forgotten"})

        (found,) = webhooks.list_deliveries(DeliveryQuery(webhook_id=a_webhook().id, limit=1))
        assert expires_at == newer.created_at + timedelta(days=7)
        assert found.key == older.key

    def test_two_processes_add_the_same_deliveries(
        self, webhooks: FirestoreWebhookRepository, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The other one adds them between the look and the commit of this one."""
        look = webhooks._documents.get_all

        def look_first(paths: Iterable[str]) -> dict[str, Document]:
            monkeypatch.setattr(webhooks._documents, "get_all", look)
            found = look(paths)
            webhooks.add_deliveries([a_delivery(1)])
            return found

        monkeypatch.setattr(webhooks._documents, "get_all", look_first)
        webhooks.add_deliveries([a_delivery(1), a_delivery(2)])

        assert len(webhooks.list_deliveries(DeliveryQuery(webhook_id=a_webhook().id))) == 2


class TestLocalWebhookRepository(LocalRecords, WebhookRepositoryContract):
    @pytest.fixture
    def webhooks(self, campaigns: LocalCampaignRepository) -> LocalWebhookRepository:
        return LocalWebhookRepository(campaigns, days=30)

    def test_a_delivery_is_removed_after_its_days_and_not_before(
        self, webhooks: LocalWebhookRepository
    ) -> None:
        first = a_delivery(1)
        last = a_delivery(30 * 24 * 60 * 60 + 1)
        webhooks.add_deliveries([first, last])

        assert webhooks.get_delivery(first.key).event == first.event

        webhooks.add_deliveries(
            [replace(a_delivery(2), created_at=last.created_at + timedelta(seconds=1))]
        )

        with pytest.raises(NotFoundError):
            webhooks.get_delivery(first.key)

    def test_a_delivery_that_cannot_be_read_is_left_out_of_lists(
        self, campaigns: LocalCampaignRepository, webhooks: LocalWebhookRepository
    ) -> None:
        first, second = a_delivery(1), a_delivery(2)
        webhooks.add_deliveries([first, second])
        with campaigns.database.writing() as connection:
            connection.execute(
                "UPDATE deliveries SET record = '{}' WHERE event_id = ?", (second.event.id,)
            )

        (listed,) = webhooks.list_deliveries(DeliveryQuery(webhook_id=a_webhook().id, limit=1))

        assert listed.key == first.key
        with pytest.raises(UnreadableRecordError):
            webhooks.get_delivery(second.key)
