"""Every end reaches the webhook, whichever process dies between its commit and the note."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from shared.domain.webhooks import DeliveryStatus
from shared.ports import Ports
from shared.ports.event_log import EventQuery
from shared.ports.web import WebAnswer
from shared.ports.webhook_repository import DeliveryQuery
from shared.use_cases.register_webhooks import register_webhook
from tests.chaos.findings import Finding, Kind
from tests.chaos.stories import (
    NOTHING_SHOWN,
    Stage,
    Story,
    Versions,
    creating,
)
from tests.chaos.tripwire import watched
from tests.chaos.worlds import Site

_MANY = 100


class _Receiver:
    """Notes the events that it gets in a file, which survives every kill."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def require_postable(self, url: str) -> None:
        """Let any URL be registered."""

    def normal_form(self, url: str) -> str:
        return url

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str], **_: object) -> WebAnswer:
        with self._path.open("a") as file:
            file.write(f"{headers['webhook-id']}\n")
        return WebAnswer(status=200, body=b"")


def _received(ports: Ports) -> Path:
    """Return the file beside the data folder."""
    files = cast("Any", ports.objects)._port._files
    return Path(files.root).with_name("received")


def with_receiver(ports: Ports) -> Ports:
    """Return ports with a receiver, before and after whose calls the process may die."""
    touch = cast("Any", ports.queue)._touch
    web = watched(_Receiver(_received(ports)), "web", touch)
    return cast("Ports", SimpleNamespace(**{**vars(ports), "web": web}))


def _registering(site: Site, versions: Versions) -> None:
    register_webhook(
        with_receiver(site.ports),
        "https://receiver.example/",
        base_url="http://localhost:8000/",
        events=(),
        campaign_id="",
        requested_by=None,
    )


def one_webhook(stage: Stage) -> None:
    stage.act(_registering)


def every_end_arrives(ports: Ports, versions: Versions) -> Iterable[Finding]:
    (webhook,) = ports.webhooks.get().webhooks
    sent = ports.webhooks.list_deliveries(DeliveryQuery(webhook_id=webhook.id, limit=_MANY))
    noted = {each.event.id for each in sent if each.status is DeliveryStatus.DELIVERED}
    file = _received(ports)
    arrived = set(file.read_text().split()) if file.exists() else set()
    ended = {each.id for each in ports.events.list(EventQuery(limit=_MANY))}
    if not ended == noted == arrived:
        yield Finding(Kind.NO_EVENT, f"{ended} have ended, {arrived} arrived, {noted} are noted")


TOLD = Story(
    name="tell a webhook",
    scene=one_webhook,
    act=creating("A red bicycle"),
    shown=NOTHING_SHOWN,
    enter=with_receiver,
    rule=every_end_arrives,
)
