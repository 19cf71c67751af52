"""Webhooks: URLs to which events are sent, and the rules of their deliveries."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import Struct, field

from shared.domain.errors import LimitError, NotFoundError, RejectedError, WrongStateError
from shared.domain.events import Event, EventType
from shared.domain.values import replace

MOST_WEBHOOKS = 100
KEPT_BYTES = 500
"""How much of a receiver's answer is kept."""

PERIOD = timedelta(hours=24)
"""How long a delivery is tried, a replaced secret signs, and a webhook may fail."""

SENDING = timedelta(seconds=10)
# Read, send, note: if nothing was noted by then, the sender has died.
_LEASE = timedelta(seconds=60)
_SHORTEST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(minutes=10)
_MOST_DOUBLINGS = 6
_GONE = 410
_SUCCESSES = range(200, 300)


class WebhookStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Webhook(Struct, frozen=True, kw_only=True):
    """`events` and `campaign_id` limit which events it gets; empty ones do not.

    `base_url` is that of the service, as its caller reached it: bodies contain URLs. The secret is
    derived from `id` and `generation`; that of the generation before signs, too, until PERIOD after
    `rotated_at`. `disabled_reason` is for a caller. It has been active since `active_since`.
    """

    id: str
    url: str
    base_url: str
    created_at: datetime
    active_since: datetime
    events: tuple[EventType, ...] = ()
    campaign_id: str = ""
    status: WebhookStatus = WebhookStatus.ACTIVE
    disabled_reason: str = ""
    generation: int = 1
    rotated_at: datetime | None = None
    requested_by: str | None = None

    def generations(self, now: datetime) -> tuple[int, ...]:
        """Return the generations whose secrets sign, the newest first."""
        if self.rotated_at is not None and now < self.rotated_at + PERIOD:
            return self.generation, self.generation - 1
        return (self.generation,)

    def gets(self, event: Event) -> bool:
        """Return whether the event is to be delivered; to a paused webhook it is, later.

        A rebuilt database has old events: a webhook gets only those since its registration.
        """
        return (
            self.status is not WebhookStatus.DISABLED
            and event.created_at >= self.created_at
            and (not self.events or event.type in self.events)
            and self.campaign_id in ("", event.campaign_id)
        )


class Webhooks(Struct, frozen=True, kw_only=True):
    """All webhooks of the installation, in the order of their registration, as one record."""

    webhooks: tuple[Webhook, ...] = ()
    revision: str = ""
    unread: Mapping[tuple[object, ...], Mapping[str, Any]] = field(default_factory=dict)

    def find(self, webhook_id: str) -> Webhook | None:
        return next((each for each in self.webhooks if each.id == webhook_id), None)

    def get(self, webhook_id: str) -> Webhook:
        """Raise NotFoundError."""
        webhook = self.find(webhook_id)
        if webhook is None:
            raise NotFoundError("There is no webhook with this id.")
        return webhook

    def having(self, webhook: Webhook, normal_form: Callable[[str], str]) -> "Webhooks":
        """Return them with another webhook. Raise LimitError or RejectedError."""
        if len(self.webhooks) >= MOST_WEBHOOKS:
            raise LimitError(
                f"There are {MOST_WEBHOOKS} webhooks, and there can be no more. Delete one first."
            )
        url = normal_form(webhook.url)
        for each in self.webhooks:
            if each.campaign_id == webhook.campaign_id and normal_form(each.url) == url:
                raise RejectedError(
                    f"The webhook {each.id} has this URL and campaign already. Change that one, or "
                    "delete it."
                )
        return replace(self, webhooks=(*self.webhooks, webhook))

    def changing(self, webhook: Webhook) -> "Webhooks":
        """Return them with a webhook as it is given."""
        changed = (webhook if each.id == webhook.id else each for each in self.webhooks)
        return replace(self, webhooks=tuple(changed))

    def without(self, webhook_id: str) -> "Webhooks":
        kept = (each for each in self.webhooks if each.id != webhook_id)
        return replace(self, webhooks=tuple(kept))


class DeliveryKey(NamedTuple):
    webhook_id: str
    event_id: str


class Delivery(Struct, frozen=True, kw_only=True):
    """One event for one webhook. It is tried when `due_at` has come, until it succeeds or `until`.

    `answered` is the HTTP status of the last try, and `answer` the beginning of its body; if there
    was no answer, `error` says why.
    """

    webhook_id: str
    event: Event
    created_at: datetime
    due_at: datetime | None
    until: datetime
    status: DeliveryStatus = DeliveryStatus.PENDING
    tries: int = 0
    tried_at: datetime | None = None
    answered: int | None = None
    answer: str = ""
    error: str = ""
    revision: str = ""
    unread: Mapping[tuple[object, ...], Mapping[str, Any]] = field(default_factory=dict)

    @property
    def key(self) -> DeliveryKey:
        return DeliveryKey(self.webhook_id, self.event.id)

    def is_due(self, webhook: Webhook | None, now: datetime) -> bool:
        """Return whether it may be tried: at `due_at`, or when its webhook has become active."""
        if self.due_at is None or self.due_at <= now:
            return self.due_at is not None
        return webhook is not None and self._waited_for(webhook, now)

    def _waited_for(self, webhook: Webhook, now: datetime) -> bool:
        """Return whether it waits since before the webhook became active, and is not tried now."""
        last = self.tried_at or self.created_at
        is_tried = self.tried_at is not None and now < self.tried_at + _LEASE
        return last < webhook.active_since and not is_tried


class Reply(NamedTuple):
    """What a receiver answered: a status and a body, or an error."""

    status: int | None
    body: str = ""
    error: str = ""


def delivery_of(webhook: Webhook, event: Event, *, now: datetime) -> Delivery:
    return Delivery(
        webhook_id=webhook.id,
        event=replace(event, unread={}),
        created_at=now,
        due_at=now,
        until=now + PERIOD,
    )


def taken(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return a delivery that one process tries; others may when it has not noted the end."""
    return replace(delivery, due_at=now + _LEASE, tries=delivery.tries + 1, tried_at=now)


def answered(delivery: Delivery, answer: Reply, *, now: datetime, chance: float) -> Delivery:
    """Return a delivery after a try; `chance`, from 0 to 1, spreads the next ones."""
    noted = replace(
        delivery, answered=answer.status, answer=answer.body, error=answer.error, tried_at=now
    )
    if answer.status in _SUCCESSES:
        return replace(noted, status=DeliveryStatus.DELIVERED, due_at=None)
    if is_gone(answer):
        return failed(noted)
    return _later(noted, wait_after(delivery.tries, chance=chance), now=now)


def postponed(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return a delivery that waits for a paused webhook."""
    return _later(delivery, _LONGEST_WAIT, now=now)


def failed(delivery: Delivery, error: str = "") -> Delivery:
    """Return a delivery that is not tried again."""
    error = error or delivery.error
    return replace(delivery, status=DeliveryStatus.FAILED, due_at=None, error=error)


def again(delivery: Delivery, webhook: Webhook, *, now: datetime) -> Delivery:
    """Return a delivery that begins from the start, with the answer of its last try.

    Raise WrongStateError.
    """
    if webhook.status is not WebhookStatus.ACTIVE:
        raise WrongStateError(f"The webhook is {webhook.status}: make it active first.")
    status = DeliveryStatus.PENDING
    return replace(delivery, status=status, due_at=now, until=now + PERIOD, tries=0)


def _later(delivery: Delivery, wait: timedelta, *, now: datetime) -> Delivery:
    """Return a delivery that is due after a wait; the last time, when it ends."""
    if now >= delivery.until:
        return failed(delivery)
    return replace(delivery, due_at=min(now + wait, delivery.until))


def wait_after(tries: int, *, chance: float) -> timedelta:
    """Return the time until the next try: it doubles, and is shortened by up to a half."""
    doublings = min(max(tries - 1, 0), _MOST_DOUBLINGS)
    return min(_SHORTEST_WAIT * (1 << doublings), _LONGEST_WAIT) * (1 - chance / 2)


def is_gone(answer: Reply) -> bool:
    """Return whether the receiver asks for no more events."""
    return answer.status == _GONE


def is_silent(webhook: Webhook, expired: Delivery, last: Delivery | None, now: datetime) -> bool:
    """Return whether a webhook is to be disabled when a delivery has expired.

    `last` is the one of its deliveries that was created last among those that succeeded.
    """
    since = now - PERIOD
    is_alive = last is not None and last.tried_at is not None and last.tried_at > since
    return bool(expired.tries) and webhook.active_since <= since and not is_alive
