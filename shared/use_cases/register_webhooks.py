"""Register, change and delete webhooks."""

import secrets
from collections.abc import Callable, Sequence

from shared.domain.errors import InvalidRequestError, WrongStateError
from shared.domain.events import EventType
from shared.domain.values import replace
from shared.domain.webhook_signatures import secret_of
from shared.domain.webhooks import DeliveryStatus, Webhook, WebhookStatus
from shared.ports import Ports
from shared.ports.web import LONGEST_URL
from shared.ports.webhook_repository import DeliveryQuery
from shared.use_cases.committing import until_committed

_ID_BYTES = 12
_PAGE = 100


def register_webhook(
    ports: Ports,
    url: str,
    *,
    base_url: str,
    events: Sequence[EventType],
    campaign_id: str,
    requested_by: str | None,
) -> Webhook:
    """Register a URL that can be reached now.

    Raise InvalidUrlError, or an error if there are too many or the same one.
    """
    if len(url) > LONGEST_URL:
        raise InvalidRequestError(f"A url has up to {LONGEST_URL:,} characters.", param="url")
    ports.web.require_postable(url)
    now = ports.now()
    webhook = Webhook(
        # Secrets are derived from the id: it never comes again.
        id=f"wh_{secrets.token_hex(_ID_BYTES)}",
        url=url,
        base_url=base_url,
        created_at=now,
        active_since=now,
        events=tuple(dict.fromkeys(events)),
        campaign_id=campaign_id,
        requested_by=requested_by,
    )
    # Without a key the webhook would be registered, and its secret unknown.
    secret_for(ports, webhook)

    def attempt() -> None:
        ports.webhooks.commit(ports.webhooks.get().having(webhook, ports.web.normal_form))

    until_committed(attempt)
    return webhook


def change_webhook(
    ports: Ports,
    webhook_id: str,
    *,
    events: Sequence[EventType] | None,
    status: WebhookStatus | None,
) -> Webhook:
    """Change what is given, and send what waited for an active webhook. Raise NotFoundError."""

    def change(webhook: Webhook) -> Webhook:
        if events is not None:
            webhook = replace(webhook, events=tuple(dict.fromkeys(events)))
        if status is None or status is webhook.status:
            return webhook
        active_since = ports.now() if status is WebhookStatus.ACTIVE else webhook.active_since
        return replace(webhook, status=status, active_since=active_since, disabled_reason="")

    changed = _change(ports, webhook_id, change)
    if status is WebhookStatus.ACTIVE:
        _send_waiting(ports, webhook_id)
    return changed


def rotate_secret(ports: Ports, webhook_id: str) -> Webhook:
    """Give a webhook a new secret. Raise NotFoundError, or WrongStateError if two sign already."""

    def rotate(webhook: Webhook) -> Webhook:
        now = ports.now()
        if len(webhook.generations(now)) > 1:
            raise WrongStateError(
                "The secret was replaced in the last 24 hours, and the one before still signs."
            )
        return replace(webhook, generation=webhook.generation + 1, rotated_at=now)

    return _change(ports, webhook_id, rotate)


def delete_webhook(ports: Ports, webhook_id: str) -> None:
    """Delete a webhook; its deliveries that wait end when they are due. Raise NotFoundError."""

    def attempt() -> None:
        found = ports.webhooks.get()
        found.get(webhook_id)
        ports.webhooks.commit(found.without(webhook_id))

    until_committed(attempt)


def secret_for(ports: Ports, webhook: Webhook) -> str:
    """Return the secret that a receiver verifies by."""
    return secret_of(ports.webhook_key, webhook.id, webhook.generation)


def _send_waiting(ports: Ports, webhook_id: str) -> None:
    """Publish a message for each pending delivery; those that are not due are left."""
    query = DeliveryQuery(webhook_id=webhook_id, status=DeliveryStatus.PENDING, limit=_PAGE)
    while found := ports.webhooks.list_deliveries(query):
        ports.queue.publish_deliveries(*(each.key for each in found))
        if len(found) < _PAGE:
            break
        query = replace(query, after=found[-1].event.id)


def _change(ports: Ports, webhook_id: str, change: Callable[[Webhook], Webhook]) -> Webhook:
    def attempt() -> Webhook:
        found = ports.webhooks.get()
        webhook = change(found.get(webhook_id))
        ports.webhooks.commit(found.changing(webhook))
        return webhook

    return until_committed(attempt)
