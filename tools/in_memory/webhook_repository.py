"""Records of webhooks in memory, with the whole contract of their port."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.errors import ConflictError, NotFoundError
from shared.domain.events import Event
from shared.domain.values import replace
from shared.domain.webhooks import Delivery, DeliveryKey, Webhooks
from shared.ports.webhook_repository import DeliveryQuery
from tools.in_memory.campaign_repository import InMemoryCampaignRepository


class InMemoryWebhookRepository:
    """`webhooks` and `deliveries` are what is stored, for a test to look at."""

    def __init__(self, campaigns: InMemoryCampaignRepository) -> None:
        self.webhooks = Webhooks()
        self.deliveries: dict[DeliveryKey, Delivery] = {}
        self._campaigns = campaigns

    def get(self) -> Webhooks:
        return self.webhooks

    def commit(self, webhooks: Webhooks, *, events: Sequence[Event] = ()) -> Webhooks:
        with self._campaigns.lock:
            if webhooks.revision != self.webhooks.revision:
                raise ConflictError("The webhooks have changed. Read them again.")
            self._campaigns.store_events(events)
            self.webhooks = replace(webhooks, revision=_after(webhooks.revision))
            return self.webhooks

    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        with self._campaigns.lock:
            for each in deliveries:
                self.deliveries.setdefault(each.key, replace(each, revision=_after("")))

    def get_delivery(self, key: DeliveryKey) -> Delivery:
        try:
            return self.deliveries[key]
        except KeyError:
            raise NotFoundError("There is no delivery of this event.") from None

    def commit_delivery(self, delivery: Delivery) -> Delivery:
        with self._campaigns.lock:
            stored = self.deliveries.get(delivery.key)
            if stored is None or stored.revision != delivery.revision:
                raise ConflictError("The delivery has changed. Read it again.")
            self.deliveries[delivery.key] = replace(delivery, revision=_after(delivery.revision))
            return self.deliveries[delivery.key]

    def due(self, before: datetime, *, limit: int) -> tuple[DeliveryKey, ...]:
        found = sorted(
            (each.due_at, each.key)
            for each in self.deliveries.values()
            if each.due_at is not None and each.due_at <= before
        )
        return tuple(key for _, key in found[:limit])

    def list_deliveries(self, query: DeliveryQuery) -> tuple[Delivery, ...]:
        found = [each for each in self.deliveries.values() if each.webhook_id == query.webhook_id]
        found.sort(key=_place, reverse=True)
        if query.after is not None:
            last = self.get_delivery(DeliveryKey(query.webhook_id, query.after))
            found = [each for each in found if _place(each) < _place(last)]
        wanted = (each for each in found if query.status in (None, each.status))
        return tuple(wanted)[: query.limit]


def _place(delivery: Delivery) -> tuple[datetime, str]:
    return delivery.created_at, delivery.event.id


def _after(revision: str) -> str:
    return f"{int(revision or 0) + 1}"
