import pytest

from tests.contract.webhook_repository_contract import WebhookRepositoryContract
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
