"""Dispatch an event: make a delivery for each webhook, send each, and note the answer."""

import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from shared.domain.errors import (
    ConflictError,
    InvalidUrlError,
    NotFoundError,
    UnreadableRecordError,
)
from shared.domain.events import Event, EventType, of_webhook
from shared.domain.values import replace
from shared.domain.webhook_signatures import secret_of, signed_headers
from shared.domain.webhooks import (
    KEPT_BYTES,
    PERIOD,
    SENDING,
    Delivery,
    DeliveryKey,
    DeliveryStatus,
    Reply,
    Webhook,
    WebhookStatus,
    again,
    answered,
    delivery_of,
    failed,
    is_gone,
    is_silent,
    postponed,
    taken,
)
from shared.ports import Ports
from shared.ports.webhook_repository import DeliveryQuery
from shared.use_cases.announcing import announce_events, report_unreadable
from shared.use_cases.committing import until_committed

BodyOf = Callable[[Event, str], bytes]
"""Returns the body of an event; its URLs begin with the given one."""

# Rebuilt records store the events of old ends again, of which receivers knew at their time.
_TOO_OLD = timedelta(days=7)

logger = logging.getLogger(__name__)


def dispatch_event(ports: Ports, event_id: str, body_of: BodyOf) -> None:
    """Make a delivery for each webhook that gets the event, and send it to the topic.

    Each delivery is made once, also on a repeat. After a crash the tick repeats it. An event a
    week old is not dispatched any more.
    """
    try:
        event = ports.events.get(event_id)
    except NotFoundError:
        logger.info("event.missing", extra={"event_id": event_id})
        return
    except UnreadableRecordError as error:
        # It is left out of lists, too.
        report_unreadable(event_id, error.message)
        return
    now = ports.now()
    if now - event.created_at > _TOO_OLD:
        ports.events.note_dispatched(event_id)
        return
    receivers = [each for each in ports.webhooks.get().webhooks if each.gets(event)]
    deliveries = [delivery_of(each, event, now=now) for each in receivers]
    if deliveries:
        ports.webhooks.add_deliveries(deliveries)
    base_url = f"{ports.policy.public_url.rstrip('/')}/"
    ports.queue.publish_to_topic(event, body_of(event, base_url))
    ports.events.note_dispatched(event_id)
    if deliveries:
        ports.queue.publish_deliveries(*(each.key for each in deliveries))


def deliver_event(ports: Ports, key: DeliveryKey, body_of: BodyOf) -> None:
    """Try a delivery that is due. One that another process tries, or that has ended, is left.

    A try that fails is not an error of its message: the delivery is due again later.
    """
    try:
        held = until_committed(lambda: _take(ports, key))
    except NotFoundError:
        logger.info("delivery.missing", extra=key._asdict())
        return
    if held is not None:
        _try(ports, *held, body_of)


def send_test(ports: Ports, webhook: Webhook, body_of: BodyOf) -> Delivery:
    """Send an event to a webhook once, and return its delivery."""
    event = of_webhook(EventType.WEBHOOK_TEST, webhook.id, at=ports.now())
    # There is one try, even if this process dies in it.
    once = replace(delivery_of(webhook, event, now=ports.now()), until=ports.now())
    lost = failed(taken(once, now=ports.now()), "The test was cut off.")
    ports.webhooks.add_deliveries([lost])
    held = ports.webhooks.get_delivery(lost.key)
    answer = send(ports, webhook, event, body_of)
    tried = answered(held, answer, now=ports.now(), chance=0)
    return ports.webhooks.commit_delivery(tried)


def redeliver(ports: Ports, webhook: Webhook, event_id: str) -> Delivery:
    """Let a delivery begin from the start. Raise NotFoundError or WrongStateError."""
    key = DeliveryKey(webhook.id, event_id)

    def attempt() -> Delivery:
        latest = ports.webhooks.get_delivery(key)
        return ports.webhooks.commit_delivery(again(latest, webhook, now=ports.now()))

    delivery = until_committed(attempt)
    ports.queue.publish_deliveries(key)
    return delivery


def send(ports: Ports, webhook: Webhook, event: Event, body_of: BodyOf) -> Reply:
    """Send one signed request, and return what is kept of its answer."""
    now = ports.now()
    body = body_of(event, webhook.base_url)
    secrets = [
        secret_of(ports.webhook_key, webhook.id, generation)
        for generation in webhook.generations(now)
    ]
    headers = {
        "Content-Type": "application/json",
        **signed_headers(event.id, body, secrets, at=now),
    }
    try:
        found = ports.web.post(
            webhook.url, body, headers=headers, most_bytes=KEPT_BYTES, within=SENDING
        )
    except InvalidUrlError as error:
        return Reply(None, error=error.message)
    return Reply(found.status, body=found.body[:KEPT_BYTES].decode(errors="replace"))


def _take(ports: Ports, key: DeliveryKey) -> tuple[Webhook, Delivery] | None:
    """Return a due delivery, which no other process tries now, and its active webhook.

    Without such a webhook the delivery waits or ends. Raise NotFoundError or ConflictError.
    """
    delivery, now = ports.webhooks.get_delivery(key), ports.now()
    webhook = ports.webhooks.get().find(key.webhook_id)
    if not delivery.is_due(webhook, now):
        return None
    if webhook is not None and webhook.status is WebhookStatus.ACTIVE:
        return webhook, ports.webhooks.commit_delivery(taken(delivery, now=now))
    if webhook is not None and webhook.status is WebhookStatus.PAUSED:
        ports.webhooks.commit_delivery(postponed(delivery, now=now))
    else:
        why = "The webhook is deleted." if webhook is None else "The webhook is disabled."
        ports.webhooks.commit_delivery(failed(delivery, why))
    return None


def _try(ports: Ports, webhook: Webhook, held: Delivery, body_of: BodyOf) -> None:
    answer = send(ports, webhook, held.event, body_of)
    if is_gone(answer):
        _disable(ports, webhook.id, "The receiver answered 410: it wants no more events.")
    chance = random.random()  # noqa: S311  # Jitter.
    try:
        noted = ports.webhooks.commit_delivery(
            answered(held, answer, now=ports.now(), chance=chance)
        )
    except ConflictError:
        # It is to be sent again, from the start, or this try took longer than its lease.
        logger.info("delivery.taken", extra=held.key._asdict())
        return
    _end(ports, webhook, noted)


def _end(ports: Ports, webhook: Webhook, noted: Delivery) -> None:
    """Log a try, and follow it: by the next one, or by disabling a webhook that is silent."""
    now = ports.now()
    about = {
        **noted.key._asdict(),
        "status": noted.status,
        "answered": noted.answered,
        "tries": noted.tries,
    }
    logger.info("delivery.tried", extra=about)
    if noted.due_at is not None:
        ports.queue.publish_delivery_later(noted.key, max(noted.due_at - now, timedelta()))
    elif noted.status is DeliveryStatus.FAILED and _is_silent(ports, webhook, noted, now):
        hours = PERIOD // timedelta(hours=1)
        _disable(ports, webhook.id, f"No delivery of the last {hours} hours succeeded.")


def _is_silent(ports: Ports, webhook: Webhook, expired: Delivery, now: datetime) -> bool:
    succeeded = DeliveryQuery(webhook_id=webhook.id, status=DeliveryStatus.DELIVERED, limit=1)
    last = next(iter(ports.webhooks.list_deliveries(succeeded)), None)
    return is_silent(webhook, expired, last, now)


def _disable(ports: Ports, webhook_id: str, reason: str) -> None:
    """Disable an active webhook; the same commit stores the event."""

    def attempt() -> tuple[Event, ...]:
        found = ports.webhooks.get()
        webhook = found.find(webhook_id)
        if webhook is None or webhook.status is not WebhookStatus.ACTIVE:
            return ()
        event = of_webhook(EventType.WEBHOOK_DISABLED, webhook_id, at=ports.now(), reason=reason)
        disabled = replace(webhook, status=WebhookStatus.DISABLED, disabled_reason=reason)
        ports.webhooks.commit(found.changing(disabled), events=(event,))
        return (event,)

    announce_events(ports, until_committed(attempt))
