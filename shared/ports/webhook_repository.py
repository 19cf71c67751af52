"""Records of webhooks and of their deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shared.domain.events import Event
    from shared.domain.webhooks import Delivery, DeliveryKey, DeliveryStatus, Webhooks


class DeliveryQuery(Struct, frozen=True, kw_only=True):
    """Which deliveries to list. `after` is the event of the last one of the page before."""

    webhook_id: str
    status: DeliveryStatus | None = None
    after: str | None = None
    limit: int = 20


class WebhookRepository(Protocol):
    """Kept in the store of the events, so that one commit changes both.

    A record that cannot be read raises UnreadableRecordError.
    """

    def get(self) -> Webhooks:
        """Return all webhooks. If none was ever stored, their revision is empty."""

    def commit(self, webhooks: Webhooks, *, events: Sequence[Event] = ()) -> Webhooks:
        """Write the webhooks and events, or nothing, and return them with their new revision.

        Raise ConflictError if they have changed since they were read.
        """

    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Write the deliveries, with an empty revision, of which there are none yet.

        A delivery of an expired event may be removed, EVENT_DAYS after the event.
        """

    def get_delivery(self, key: DeliveryKey) -> Delivery:
        """Raise NotFoundError."""

    def commit_delivery(self, delivery: Delivery) -> Delivery:
        """Write a stored delivery, and return it with its new revision.

        Raise ConflictError if it has changed since it was read.
        """

    def due(self, before: datetime, *, limit: int) -> tuple[DeliveryKey, ...]:
        """Return deliveries whose `due_at` has come, the longest due first."""

    def list_deliveries(self, query: DeliveryQuery) -> tuple[Delivery, ...]:
        """Order by creation, newest first, then by the event's id. Leave out what cannot be read.

        Raise NotFoundError if there is no delivery of the event `after`.
        """
