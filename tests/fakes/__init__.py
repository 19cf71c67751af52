"""Adapters in memory. Each keeps the whole contract of its port."""

from tests.fakes.campaign_repository import InMemoryCampaignRepository
from tests.fakes.object_store import InMemoryObjectStore

__all__ = ["InMemoryCampaignRepository", "InMemoryObjectStore"]
