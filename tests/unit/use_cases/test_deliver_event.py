"""Events reach their webhooks, whatever receivers do and whatever dies."""

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier

from shared.domain.campaign import Change
from shared.domain.errors import (
    ConflictError,
    InvalidUrlError,
    UnavailableError,
    WrongStateError,
)
from shared.domain.events import Event, EventType
from shared.domain.values import replace
from shared.domain.webhooks import (
    PERIOD,
    Delivery,
    DeliveryKey,
    DeliveryStatus,
    Webhook,
    WebhookStatus,
    taken,
)
from shared.http.events import event_body
from shared.ports.web import WebAnswer
from shared.ports.webhook_repository import DeliveryQuery
from shared.use_cases.announcing import announce_events
from shared.use_cases.deliver_event import deliver_event, dispatch_event, redeliver, send_test
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.register_webhooks import (
    change_webhook,
    delete_webhook,
    register_webhook,
    rotate_secret,
    secret_for,
)
from tests.contract.event_log_contract import a_warning
from tests.fakes.ports import FakePorts
from tests.unit.domain.builders import a_campaign

URL = "https://example.com/hook"
OK = WebAnswer(status=200, body=b"thanks")
BUSY = WebAnswer(status=503, body=b"later")
GONE = WebAnswer(status=410, body=b"")
MINUTE = timedelta(minutes=1)


def registered(
    ports: FakePorts,
    *answers: WebAnswer,
    url: str = URL,
    **limits: Any,  # noqa: ANN401
) -> Webhook:
    ports.web.receivers[url] = list(answers)
    limits = {"events": (), "campaign_id": "", **limits}
    return register_webhook(
        ports, url, base_url="https://showreel.example/", requested_by=None, **limits
    )


def an_event(ports: FakePorts, number: int = 0, campaign_id: str = "spring") -> Event:
    event = a_warning(number, campaign_id)
    return replace(event, created_at=ports.now() + timedelta(microseconds=number))


def commit(ports: FakePorts, *events: Event) -> None:
    """Commit events, and let the process die before it publishes them."""
    campaign = ports.campaigns.campaigns.get("spring") or a_campaign()
    ports.campaigns.commit(Change(campaign=campaign, events=events))


def deliver(ports: FakePorts) -> None:
    """Deliver the messages that are due."""
    ports.queue.deliver_events(lambda event_id: dispatch_event(ports, event_id, event_body))
    ports.queue.send_due(lambda key: deliver_event(ports, key, event_body))


def announced(ports: FakePorts, *events: Event) -> None:
    commit(ports, *events)
    announce_events(ports, events)
    deliver(ports)


def delivery(ports: FakePorts, webhook: Webhook, event: Event) -> Delivery:
    return ports.webhooks.get_delivery(DeliveryKey(webhook.id, event.id))


def passed(ports: FakePorts, time: timedelta, *, step: timedelta = MINUTE) -> None:
    """Let time pass, with a tick in each step."""
    for _ in range(time // step):
        ports.clock.advance(step)
        maintain_campaigns(ports)
        deliver(ports)


def test_an_event_is_sent_once_as_receivers_verify_it(ports: FakePorts) -> None:
    webhook, event = registered(ports, OK), an_event(ports)

    announced(ports, event)
    passed(ports, 5 * MINUTE)

    ((url, headers, body),) = ports.web.posts
    assert url == URL
    assert json.loads(body)["id"] == headers["webhook-id"] == event.id
    assert verified(ports, webhook, headers, body)
    done = delivery(ports, webhook, event)
    assert (done.status, done.answered, done.answer) == (DeliveryStatus.DELIVERED, 200, "thanks")
    assert (done.tries, done.due_at) == (1, None)


def verified(ports: FakePorts, webhook: Webhook, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a receiver with the webhook's present secret verifies it."""
    signer = Verifier(secret_for(ports, webhook))
    at = ports.now().fromtimestamp(int(headers["webhook-timestamp"]), tz=ports.now().tzinfo)
    signature = signer.sign(headers["webhook-id"], at, body.decode())
    return signature in headers["webhook-signature"].split()


@pytest.mark.parametrize(
    ("limits", "is_sent"),
    [
        ({}, True),
        ({"events": (EventType.BUDGET_WARNING,)}, True),
        ({"events": (EventType.VIDEO_FAILED,)}, False),
        ({"campaign_id": "spring"}, True),
        ({"campaign_id": "summer"}, False),
    ],
)
def test_a_webhook_gets_the_events_that_it_asked_for(
    ports: FakePorts,
    limits: dict[str, Any],
    is_sent: bool,  # noqa: FBT001  # As it is parametrized.
) -> None:
    registered(ports, OK, **limits)

    announced(ports, an_event(ports))

    assert len(ports.web.posts) == is_sent


def test_a_webhook_gets_no_events_of_before_its_registration(ports: FakePorts) -> None:
    event = an_event(ports)
    ports.clock.advance(MINUTE)
    registered(ports, OK)

    announced(ports, event)

    assert ports.web.posts == []
    assert ports.campaigns.undispatched == {}


@pytest.mark.parametrize(
    ("age", "is_told"), [(timedelta(days=6), True), (timedelta(days=8), False)]
)
def test_an_event_that_is_a_week_old_is_not_told_any_more(
    ports: FakePorts, age: timedelta, *, is_told: bool
) -> None:
    event = an_event(ports)
    registered(ports, OK)
    commit(ports, event)
    ports.clock.advance(age)

    maintain_campaigns(ports)
    deliver(ports)

    assert (len(ports.queue.topic), len(ports.web.posts)) == (is_told, is_told)
    assert ports.events.undispatched(ports.now(), limit=1) == ()


def test_a_failed_try_is_noted_and_repeated_with_the_same_body_and_id(ports: FakePorts) -> None:
    webhook, event = registered(ports, BUSY, OK), an_event(ports)

    announced(ports, event)

    tried = delivery(ports, webhook, event)
    assert (tried.status, tried.answered, tried.answer) == (DeliveryStatus.PENDING, 503, "later")
    assert timedelta(seconds=5) <= (tried.due_at or ports.now()) - ports.now()

    passed(ports, MINUTE, step=timedelta(seconds=10))

    (_, first, body), (_, second, repeated) = ports.web.posts
    assert body == repeated
    assert first["webhook-id"] == second["webhook-id"]
    assert delivery(ports, webhook, event).status is DeliveryStatus.DELIVERED


def test_the_waits_double_up_to_ten_minutes_for_a_day(ports: FakePorts) -> None:
    webhook = registered(ports, BUSY, OK)
    announced(ports, an_event(ports, 1))
    passed(ports, MINUTE)
    ports.web.receivers[URL] = [BUSY]
    event = an_event(ports, 2)

    announced(ports, event)
    passed(ports, PERIOD + 11 * MINUTE)

    ended = delivery(ports, webhook, event)
    assert ended.status is DeliveryStatus.FAILED
    assert ended.due_at is None
    assert 140 <= ended.tries <= 300


def test_a_receiver_that_cannot_be_reached_is_tried_again(ports: FakePorts) -> None:
    webhook, event = registered(ports), an_event(ports)

    announced(ports, event)

    tried = delivery(ports, webhook, event)
    assert tried.answered is None
    assert "cannot be reached" in tried.error
    assert tried.due_at


def test_a_webhook_whose_receiver_is_gone_is_disabled_and_that_is_an_event(
    ports: FakePorts, caplog: pytest.LogCaptureFixture
) -> None:
    gone = registered(ports, GONE)
    other = registered(ports, OK, url="https://example.com/other")
    event, later = an_event(ports, 1), an_event(ports, 2)

    announced(ports, event)
    deliver(ports)
    announced(ports, later)

    disabled = ports.webhooks.get().get(gone.id)
    assert disabled.status is WebhookStatus.DISABLED
    assert "410" in disabled.disabled_reason
    assert delivery(ports, gone, event).status is DeliveryStatus.FAILED
    assert "webhook.disabled" in caplog.messages
    told = {each.event.type for each in ports.webhooks.deliveries.values() if each.answered == 200}
    assert told == {EventType.BUDGET_WARNING, EventType.WEBHOOK_DISABLED}
    assert DeliveryKey(gone.id, later.id) not in ports.webhooks.deliveries
    assert delivery(ports, other, later).status is DeliveryStatus.DELIVERED

    ports.web.receivers[URL] = [OK]
    change_webhook(ports, gone.id, events=None, status=WebhookStatus.ACTIVE)
    redeliver(ports, ports.webhooks.get().get(gone.id), event.id)
    deliver(ports)

    assert delivery(ports, gone, event).status is DeliveryStatus.DELIVERED


def test_a_webhook_that_fails_for_a_day_is_disabled(ports: FakePorts) -> None:
    webhook = registered(ports, BUSY)
    announced(ports, an_event(ports))

    passed(ports, PERIOD - 11 * MINUTE)
    assert ports.webhooks.get().get(webhook.id).status is WebhookStatus.ACTIVE

    passed(ports, 22 * MINUTE)
    assert ports.webhooks.get().get(webhook.id).status is WebhookStatus.DISABLED


def test_a_webhook_with_one_success_in_a_day_stays_active(ports: FakePorts) -> None:
    webhook = registered(ports, *[BUSY] * 1000)
    stubborn = an_event(ports, 1)
    announced(ports, stubborn)
    passed(ports, PERIOD / 2)
    send_now, ports.web.receivers[URL] = ports.web.receivers[URL], [OK]
    announced(ports, an_event(ports, 2))
    ports.web.receivers[URL] = send_now

    passed(ports, PERIOD / 2 + 11 * MINUTE)

    assert delivery(ports, webhook, stubborn).status is DeliveryStatus.FAILED
    assert ports.webhooks.get().get(webhook.id).status is WebhookStatus.ACTIVE


def test_a_paused_webhook_gets_its_events_when_it_is_active_again(ports: FakePorts) -> None:
    webhook, event = registered(ports, OK), an_event(ports)
    change_webhook(ports, webhook.id, events=None, status=WebhookStatus.PAUSED)

    announced(ports, event)
    passed(ports, 60 * MINUTE)
    assert ports.web.posts == []

    resume(ports, webhook)
    deliver(ports)
    assert len(ports.web.posts) == 1
    assert delivery(ports, webhook, event).status is DeliveryStatus.DELIVERED


def resume(ports: FakePorts, webhook: Webhook) -> None:
    change_webhook(ports, webhook.id, events=None, status=WebhookStatus.ACTIVE)


def test_every_event_that_waited_for_a_webhook_is_sent_at_once(ports: FakePorts) -> None:
    webhook = registered(ports, OK)
    change_webhook(ports, webhook.id, events=None, status=WebhookStatus.PAUSED)
    announced(ports, *(an_event(ports, number) for number in range(250)))
    ports.clock.advance(MINUTE)

    resume(ports, webhook)
    deliver(ports)

    assert len(ports.web.posts) == 250


def test_a_repaired_receiver_gets_what_it_refused_when_its_webhook_is_resumed(
    ports: FakePorts,
) -> None:
    webhook, event = registered(ports, BUSY), an_event(ports)
    announced(ports, event)
    passed(ports, 30 * MINUTE)
    change_webhook(ports, webhook.id, events=None, status=WebhookStatus.PAUSED)
    ports.clock.advance(2 * MINUTE)
    ports.web.receivers[URL] = [OK]

    resume(ports, webhook)
    deliver(ports)

    assert delivery(ports, webhook, event).status is DeliveryStatus.DELIVERED


def test_a_try_under_way_is_not_repeated_when_its_webhook_is_resumed(ports: FakePorts) -> None:
    webhook, event = registered(ports, OK), an_event(ports)
    commit(ports, event)
    dispatch_event(ports, event.id, event_body)
    ports.webhooks.commit_delivery(taken(delivery(ports, webhook, event), now=ports.now()))
    ports.clock.advance(timedelta(seconds=1))
    change_webhook(ports, webhook.id, events=None, status=WebhookStatus.PAUSED)

    resume(ports, webhook)
    deliver(ports)
    assert ports.web.posts == []

    # Its process has died.
    passed(ports, 3 * MINUTE)
    assert len(ports.web.posts) == 1


def test_a_delivery_that_is_postponed_while_its_webhook_is_resumed_is_sent(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook, event = registered(ports, OK), an_event(ports)
    change_webhook(ports, webhook.id, events=None, status=WebhookStatus.PAUSED)
    commit(ports, event)
    dispatch_event(ports, event.id, event_body)
    ports.clock.advance(MINUTE)
    committing = ports.webhooks.commit_delivery

    def meanwhile(changed: Delivery) -> Delivery:
        """Resume the webhook between the read and the commit of the first message."""
        monkeypatch.setattr(ports.webhooks, "commit_delivery", committing)
        resume(ports, webhook)
        committing(changed)
        raise ConflictError("The second message has read the delivery before this commit.")

    monkeypatch.setattr(ports.webhooks, "commit_delivery", meanwhile)
    deliver(ports)

    assert delivery(ports, webhook, event).status is DeliveryStatus.DELIVERED


@pytest.mark.parametrize("status", [WebhookStatus.PAUSED, WebhookStatus.DISABLED])
def test_nothing_is_sent_again_to_a_webhook_that_is_not_active(
    ports: FakePorts, status: WebhookStatus
) -> None:
    webhook, event = registered(ports, OK), an_event(ports)
    announced(ports, event)
    sent = delivery(ports, webhook, event)

    with pytest.raises(WrongStateError, match=f"is {status}"):
        redeliver(ports, replace(webhook, status=status), event.id)

    assert delivery(ports, webhook, event) == sent


def test_deliveries_of_a_deleted_webhook_end(ports: FakePorts) -> None:
    webhook, event = registered(ports, BUSY), an_event(ports)
    announced(ports, event)

    delete_webhook(ports, webhook.id)
    passed(ports, 5 * MINUTE)

    assert delivery(ports, webhook, event).error == "The webhook is deleted."
    assert ports.webhooks.due(ports.now() + PERIOD, limit=1) == ()


def test_two_secrets_sign_for_a_day_after_a_rotation(ports: FakePorts) -> None:
    before = registered(ports, OK)
    after = rotate_secret(ports, before.id)
    with pytest.raises(WrongStateError, match="still signs"):
        rotate_secret(ports, before.id)

    for number, is_verified in enumerate((True, False)):
        announced(ports, an_event(ports, number))
        _, headers, body = ports.web.posts[-1]
        assert verified(ports, after, headers, body)
        assert verified(ports, before, headers, body) == is_verified
        ports.clock.advance(PERIOD)


def test_a_test_is_sent_at_once_and_only_once(ports: FakePorts) -> None:
    webhook = registered(ports, BUSY, events=(EventType.VIDEO_FAILED,))

    tried = send_test(ports, webhook, event_body)
    passed(ports, 30 * MINUTE)

    assert (tried.status, tried.answered, tried.tries) == (DeliveryStatus.FAILED, 503, 1)
    ((_, _, body),) = ports.web.posts
    assert json.loads(body)["type"] == "webhook.test"
    query = DeliveryQuery(webhook_id=webhook.id)
    assert ports.webhooks.list_deliveries(query) == (tried,)


def test_a_publish_that_fails_does_not_fail_the_commit_and_the_tick_tells(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*events: Event) -> None:
        raise UnavailableError("Pub/Sub is down.")

    registered(ports, OK)
    with monkeypatch.context() as fault:
        fault.setattr(ports.queue, "publish_events", refuse)
        announced(ports, an_event(ports))

    passed(ports, 2 * MINUTE)

    assert len(ports.web.posts) == 1


class Death(BaseException):
    """As SIGKILL: nothing catches it."""


class Mortal:
    """Calls of a port, before or after one of which the process dies."""

    def __init__(self, port: object, life: Iterator[int]) -> None:
        self._port = port
        self._life = life

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            self._age()
            result = found(*args, **kwargs)
            self._age()
            return result

        return call

    def _age(self) -> None:
        if next(self._life) == 0:
            raise Death


def mortal(ports: FakePorts, calls: int) -> FakePorts:
    """Return the ports of a process that dies at the given point; messages are lost with it."""
    process, life = ports.copy(), iter(range(calls, -1, -1))
    for name in ("queue", "events", "webhooks", "web", "campaigns"):
        setattr(process, name, Mortal(getattr(ports, name), life))
    process.clock = ports.clock
    return process


@pytest.mark.parametrize("point", range(40))
def test_a_process_may_die_between_commit_publish_send_and_note(
    ports: FakePorts, point: int
) -> None:
    """The commit of the event has happened; all that follows may end anywhere."""
    webhook, event = registered(ports, BUSY, OK), an_event(ports)
    commit(ports, event)
    process = mortal(ports, point)
    with suppress(Death, StopIteration):
        announce_events(process, (event,))
        ports.queue.deliver_events(lambda event_id: dispatch_event(process, event_id, event_body))
        ports.queue.send_due(lambda key: deliver_event(process, key, event_body))
        ports.clock.advance(MINUTE)
        ports.queue.send_due(lambda key: deliver_event(process, key, event_body))
    ports.queue.events.clear()
    ports.queue.deliveries.clear()

    passed(ports, 5 * MINUTE)

    assert delivery(ports, webhook, event).status is DeliveryStatus.DELIVERED
    assert {headers["webhook-id"] for _, headers, _ in ports.web.posts} == {event.id}
    assert len({body for _, _, body in ports.web.posts}) == 1
    assert 2 <= len(ports.web.posts) <= 3


def test_a_thousand_events_all_arrive_at_a_receiver_that_fails_nine_times_of_ten(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(14)  # noqa: S311  # A sample, not a secret.
    arrived: Counter[tuple[str, str]] = Counter()

    def post(url: str, body: bytes, *, headers: Mapping[str, str], **_: object) -> WebAnswer:
        if url == URL and chance.random() < 0.9:
            if chance.random() < 0.5:
                raise InvalidUrlError("The URL takes too long to answer.")
            return BUSY
        arrived[url, headers["webhook-id"]] += 1
        return OK

    other = "https://example.com/other"
    registered(ports, OK)
    registered(ports, OK, url=other)
    monkeypatch.setattr(ports.web, "post", post)
    events = [an_event(ports, number) for number in range(1000)]

    announced(ports, *events)

    assert Counter(url for url, _ in arrived)[other] == 1000

    for _ in range(PERIOD // MINUTE):
        if len(arrived) == 2000:
            break
        passed(ports, MINUTE)

    assert len(arrived) == 2000
    assert set(arrived.values()) == {1}
    assert all(
        each.status is DeliveryStatus.DELIVERED for each in ports.webhooks.deliveries.values()
    )
