"""What every repository of webhooks keeps."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from shared.domain.errors import ConflictError, NotFoundError
from shared.domain.events import EventType
from shared.domain.values import replace
from shared.domain.webhooks import (
    Delivery,
    DeliveryKey,
    DeliveryStatus,
    Reply,
    Webhook,
    Webhooks,
    WebhookStatus,
    answered,
    delivery_of,
    taken,
)
from shared.ports.event_log import EventLog, EventQuery
from shared.ports.webhook_repository import DeliveryQuery, WebhookRepository
from tests.contract.event_log_contract import a_failure, a_warning
from tests.fakes.ports import FakeClock
from tests.unit.domain.builders import NOW


def a_webhook(number: int = 1) -> Webhook:
    return Webhook(
        id=f"wh_{number:016x}",
        url=f"https://example.com/{number}",
        base_url="https://showreel.example/",
        created_at=NOW,
        active_since=NOW,
        events=(EventType.VIDEO_COMPLETED, EventType.VIDEO_FAILED),
        campaign_id="spring",
        rotated_at=NOW,
        requested_by="shop",
    )


def a_delivery(number: int, webhook: int = 1) -> Delivery:
    now = NOW + timedelta(seconds=number)
    return delivery_of(a_webhook(webhook), a_failure(number), now=now)


def events_of(deliveries: Iterable[Delivery]) -> list[str]:
    return [each.event.id for each in deliveries]


class WebhookRepositoryContract:
    """A subclass gives the fixtures `webhooks` and `events` of one empty store."""

    @pytest.fixture
    def stored(self, webhooks: WebhookRepository) -> list[Delivery]:
        """Return four deliveries of one webhook; there is one of another, too."""
        webhooks.add_deliveries([a_delivery(number) for number in range(1, 5)])
        webhooks.add_deliveries([a_delivery(2, webhook=2)])
        return [webhooks.get_delivery(a_delivery(number).key) for number in range(1, 5)]

    def test_webhooks_are_read_as_they_were_committed(self, webhooks: WebhookRepository) -> None:
        first = webhooks.commit(webhooks.get().having(a_webhook(1), str))
        second = webhooks.commit(first.having(a_webhook(2), str))

        assert webhooks.get() == second
        assert second.webhooks == (a_webhook(1), a_webhook(2))

    def test_no_webhooks_have_no_revision(self, webhooks: WebhookRepository) -> None:
        assert webhooks.get() == Webhooks()

    def test_of_two_commits_upon_the_same_webhooks_one_is_refused(
        self, webhooks: WebhookRepository, events: EventLog, clock: FakeClock
    ) -> None:
        before = webhooks.get()
        webhooks.commit(before.having(a_webhook(1), str))

        with pytest.raises(ConflictError):
            webhooks.commit(before.having(a_webhook(2), str), events=[a_warning(1)])

        current = webhooks.get()
        webhooks.commit(current.without(a_webhook(1).id))
        with pytest.raises(ConflictError):
            webhooks.commit(current, events=[a_warning(1)])

        clock.advance(timedelta(minutes=1))
        assert webhooks.get().webhooks == ()
        assert events.list(EventQuery()) == ()

    def test_webhooks_are_committed_with_their_events(
        self, webhooks: WebhookRepository, events: EventLog, clock: FakeClock
    ) -> None:
        disabled = replace(a_webhook(), status=WebhookStatus.DISABLED, disabled_reason="gone")
        webhooks.commit(Webhooks(webhooks=(disabled,)), events=[a_warning(1)])

        clock.advance(timedelta(minutes=1))
        assert events.list(EventQuery()) == (a_warning(1),)

    def test_deliveries_are_read_as_they_were_added(self, stored: list[Delivery]) -> None:
        assert all(each.revision for each in stored)
        assert [replace(each, revision="") for each in stored] == [
            a_delivery(number) for number in range(1, 5)
        ]

    def test_a_delivery_that_exists_is_not_added_again(
        self, webhooks: WebhookRepository, stored: list[Delivery]
    ) -> None:
        tried = webhooks.commit_delivery(taken(stored[0], now=NOW))

        webhooks.add_deliveries([a_delivery(1), a_delivery(5)])

        assert webhooks.get_delivery(tried.key) == tried
        assert webhooks.get_delivery(a_delivery(5).key).tries == 0

    def test_of_two_commits_of_one_delivery_one_is_refused(
        self, webhooks: WebhookRepository, stored: list[Delivery]
    ) -> None:
        first = webhooks.commit_delivery(taken(stored[0], now=NOW))

        with pytest.raises(ConflictError):
            webhooks.commit_delivery(taken(stored[0], now=NOW + timedelta(seconds=1)))

        ended = answered(first, Reply(200, "ok"), now=NOW, chance=0)
        assert webhooks.get_delivery(first.key) == first
        assert webhooks.commit_delivery(ended).answer == "ok"

    def test_a_delivery_that_is_not_stored_is_not_found(self, webhooks: WebhookRepository) -> None:
        webhooks.add_deliveries([a_delivery(1)])

        for key in (
            a_delivery(2).key,
            a_delivery(1, webhook=2).key,
            DeliveryKey("wh_\ud800", "/"),
        ):
            with pytest.raises(NotFoundError):
                webhooks.get_delivery(key)

    def test_a_delivery_is_due_until_it_has_ended(
        self, webhooks: WebhookRepository, stored: list[Delivery]
    ) -> None:
        webhooks.commit_delivery(taken(stored[0], now=NOW))
        webhooks.commit_delivery(answered(stored[2], Reply(200), now=NOW, chance=0))

        due = webhooks.due(NOW + timedelta(seconds=4), limit=10)

        other = a_delivery(2, webhook=2).key
        assert set(due[:2]) == {stored[1].key, other}
        assert due[2:] == (stored[3].key,)
        assert webhooks.due(NOW + timedelta(seconds=4), limit=1) == due[:1]
        assert webhooks.due(NOW + timedelta(minutes=2), limit=10)[-1] == stored[0].key

    def test_deliveries_are_listed_newest_first_page_by_page(
        self, webhooks: WebhookRepository, stored: list[Delivery]
    ) -> None:
        query = DeliveryQuery(webhook_id=a_webhook().id, limit=3)
        first = webhooks.list_deliveries(query)
        rest = webhooks.list_deliveries(replace(query, after=first[-1].event.id))

        assert [*first, *rest] == stored[::-1]

    def test_deliveries_are_listed_by_status(
        self, webhooks: WebhookRepository, stored: list[Delivery]
    ) -> None:
        for each in stored[:2]:
            webhooks.commit_delivery(answered(each, Reply(200), now=NOW, chance=0))
        delivered = DeliveryQuery(
            webhook_id=a_webhook().id, status=DeliveryStatus.DELIVERED, limit=1
        )

        (second,) = webhooks.list_deliveries(delivered)
        (first,) = webhooks.list_deliveries(replace(delivered, after=second.event.id))

        assert events_of([first, second]) == events_of(stored[:2])
        assert webhooks.list_deliveries(replace(delivered, after=first.event.id)) == ()

    def test_nothing_is_listed_after_an_event_that_was_not_delivered(
        self, webhooks: WebhookRepository, stored: list[Delivery]
    ) -> None:
        assert stored
        for after in (a_warning(1).id, "/"):
            with pytest.raises(NotFoundError):
                webhooks.list_deliveries(DeliveryQuery(webhook_id=a_webhook().id, after=after))
