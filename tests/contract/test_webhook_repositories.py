from collections.abc import Iterable
from datetime import timedelta

import pytest

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.event_log import FirestoreEventLog
from shared.adapters.google.firestore_documents import Document
from shared.adapters.google.webhook_repository import FirestoreWebhookRepository
from shared.ports.webhook_repository import DeliveryQuery
from tests.contract.webhook_repository_contract import (
    WebhookRepositoryContract,
    a_delivery,
    a_webhook,
)
from tests.fakes.ports import FakeClock
from tools.in_memory.campaign_repository import InMemoryCampaignRepository
from tools.in_memory.event_log import InMemoryEventLog
from tools.in_memory.webhook_repository import InMemoryWebhookRepository


class TestInMemoryWebhookRepository(WebhookRepositoryContract):
    @pytest.fixture
    def campaigns(self, clock: FakeClock) -> InMemoryCampaignRepository:
        return InMemoryCampaignRepository(clock)

    @pytest.fixture
    def webhooks(self, campaigns: InMemoryCampaignRepository) -> InMemoryWebhookRepository:
        return InMemoryWebhookRepository(campaigns)

    @pytest.fixture
    def events(self, campaigns: InMemoryCampaignRepository) -> InMemoryEventLog:
        return InMemoryEventLog(campaigns)


class TestFirestoreWebhookRepository(WebhookRepositoryContract):
    @pytest.fixture
    def campaigns(
        self, firestore_host: str, project: str, clock: FakeClock
    ) -> FirestoreCampaignRepository:
        return FirestoreCampaignRepository(project=project, database="(default)", now=clock)

    @pytest.fixture
    def webhooks(self, campaigns: FirestoreCampaignRepository) -> FirestoreWebhookRepository:
        return FirestoreWebhookRepository(campaigns, event_days=7)

    @pytest.fixture
    def events(self, campaigns: FirestoreCampaignRepository, clock: FakeClock) -> FirestoreEventLog:
        return FirestoreEventLog(campaigns.documents, now=clock)

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
