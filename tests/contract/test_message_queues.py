import json
import runpy
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from google.cloud.pubsub_v1 import SubscriberClient  # type: ignore[import-untyped]
from google.pubsub_v1.types import PublishResponse
from grpc import StatusCode  # type: ignore[import-untyped]
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from shared.adapters.google.message_queue import PubSubMessageQueue
from shared.adapters.local.message_queue import LocalMessageQueue
from shared.domain.errors import RetryLaterError, UnavailableError
from shared.domain.events import Event, ends_of
from shared.domain.video import Phase
from shared.domain.webhooks import DeliveryKey
from shared.http.events import event_body
from shared.messages import PubSubMessage, batch_of, decode, delivery_or_event_of
from shared.ports import Ports
from shared.ports.message_queue import VideoMessage
from shared.pubsub import answer_push
from tests.cloud.denial import answering, denying
from tests.contract.event_log_contract import a_warning
from tests.contract.message_queue_contract import (
    FIRST,
    SECOND,
    Batches,
    MessageQueueContract,
    Received,
    Subscriber,
    Told,
)
from tests.eventually import eventually
from tests.fakes.message_queue import InMemoryMessageQueue
from tests.fakes.no_ports import NoPorts
from tests.unit.domain.builders import NOW, a_reserved_video
from tools.emulated_cloud.processes import free_port
from tools.emulated_cloud.topics import Topics

TOPIC = "generate-video"
BATCH_TOPIC = "request-videos"
DELIVERY_TOPIC = "deliver-events"
EVENT_TOPIC = "video-events"
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "subscribe.py"
PUBLISHED = PublishResponse.serialize(PublishResponse(message_ids=["1"]))


class TestInMemoryMessageQueue(MessageQueueContract):
    @pytest.fixture
    def queue(self) -> InMemoryMessageQueue:
        return InMemoryMessageQueue(now=lambda: NOW)

    @pytest.fixture
    def received(self, queue: InMemoryMessageQueue, subscriber: Subscriber) -> Received:
        def deliver_and_look() -> list[VideoMessage]:
            queue.deliver_all(subscriber.take)
            return subscriber.received

        return deliver_and_look

    @pytest.fixture
    def told(self, queue: InMemoryMessageQueue, subscriber: Subscriber) -> Told:
        def deliver_and_look() -> list[str | DeliveryKey]:
            with suppress(RetryLaterError):
                queue.deliver_events(subscriber.take_event)
                queue.send_due(subscriber.take_event)
            return subscriber.events

        return deliver_and_look

    @pytest.fixture
    def batches(self, queue: InMemoryMessageQueue, subscriber: Subscriber) -> Batches:
        def deliver_and_look() -> list[str]:
            queue.deliver_batches(subscriber.take_batch)
            return subscriber.batches

        return deliver_and_look


class TestLocalMessageQueue(MessageQueueContract):
    @pytest.fixture
    def queue(self, subscriber: Subscriber) -> Iterator[LocalMessageQueue]:
        queue = LocalMessageQueue(
            subscriber=subscriber.take,
            batch_subscriber=subscriber.take_batch,
            event_subscriber=subscriber.take_event,
            delivery_subscriber=subscriber.take_event,
            tick=lambda _: None,
            tick_every=timedelta(hours=1),
        )
        queue.start()
        yield queue
        queue.close()


class TestPubSubMessageQueue(MessageQueueContract):
    @pytest.fixture
    def queue(
        self, pubsub_host: str, project: str, subscriber: Subscriber
    ) -> Iterator[PubSubMessageQueue]:
        topics = Topics(host=pubsub_host, project=project)
        with receiving(subscriber) as url:
            for topic in (TOPIC, BATCH_TOPIC, DELIVERY_TOPIC):
                topics.create(topic)
                topics.push_to(url, topic=topic, subscription=topic)
            yield a_queue(project)
            for topic in (TOPIC, BATCH_TOPIC, DELIVERY_TOPIC):
                topics.delete_subscription(topic)


def a_queue(project: str) -> PubSubMessageQueue:
    return PubSubMessageQueue(
        project=project,
        topic=TOPIC,
        batch_topic=BATCH_TOPIC,
        delivery_topic=DELIVERY_TOPIC,
        event_topic=EVENT_TOPIC,
    )


@contextmanager
def receiving(subscriber: Subscriber) -> Iterator[str]:
    """Take pushes at the URL that is given."""

    def take(ports: Ports, message: PubSubMessage) -> None:
        if b"event_id" in message.data:
            subscriber.take_event(delivery_or_event_of(message))
            return
        batch_id = batch_of(message)
        if batch_id is not None:
            subscriber.take_batch(batch_id)
            return
        video = decode(message)
        assert video is not None
        subscriber.take(video)

    @Request.application
    def receive(request: Request) -> Response:
        return answer_push(request, NoPorts, take)

    server = make_server("127.0.0.1", 0, receive, threaded=True)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_a_missing_topic_is_named(pubsub_host: str, project: str) -> None:
    with pytest.raises(UnavailableError, match=r"Pub/Sub does not find .* Topic"):
        a_queue(project).publish(FIRST)


def test_an_unresponsive_service_raises_unavailable(
    project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{free_port()}")
    monkeypatch.setattr("shared.adapters.google.message_queue._RETRY_SECONDS", 0.3)

    with pytest.raises(UnavailableError, match="Pub/Sub"):
        a_queue(project).publish(FIRST)


@pytest.mark.parametrize(
    "code",
    [
        StatusCode.ABORTED,
        StatusCode.CANCELLED,
        StatusCode.INTERNAL,
        StatusCode.RESOURCE_EXHAUSTED,
        StatusCode.UNAVAILABLE,
        StatusCode.UNKNOWN,
    ],
)
def test_a_publish_is_retried_after_a_temporary_fault(
    project: str, monkeypatch: pytest.MonkeyPatch, code: StatusCode
) -> None:
    with answering(code, code, PUBLISHED) as service:
        monkeypatch.setenv("PUBSUB_EMULATOR_HOST", service.host)

        a_queue(project).publish(FIRST)

    assert service.calls == ["Publish"] * 3


def test_messages_are_published_concurrently(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(PUBLISHED) as service:
        service.together = Barrier(2)
        monkeypatch.setenv("PUBSUB_EMULATOR_HOST", service.host)

        a_queue(project).publish(FIRST, SECOND)


def test_a_missing_permission_is_named(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with denying() as host:
        monkeypatch.setenv("PUBSUB_EMULATOR_HOST", host)

        with pytest.raises(UnavailableError, match=r"pubsub\.topics\.publish is missing"):
            a_queue(project).publish(FIRST)


def test_the_filter_of_the_example_selects_by_the_attributes_of_events(
    pubsub_host: str, project: str
) -> None:
    """The emulator keeps a filter and delivers all: what it selects is computed here."""
    topics = Topics(host=pubsub_host, project=project)
    topics.create(EVENT_TOPIC)
    topics.keep(EVENT_TOPIC, subscription="all")
    received: list[dict[str, Any]] = []
    future = runpy.run_path(str(EXAMPLE))["subscribe"](project, "spring", received.append)
    completed = an_end(Phase.DONE, "spring")
    others = [an_end(Phase.DONE, "autumn"), an_end(Phase.FAILED, "spring"), a_warning(1)]

    for event in (*others, completed):
        a_queue(project).publish_to_topic(event, event_body(event, "https://showreel.example/"))

    eventually(lambda: completed.id in [each["id"] for each in received])
    future.cancel()
    future.result()
    (body,) = (each for each in received if each["id"] == completed.id)
    assert body["data"]["content_url"].startswith("https://showreel.example/v1/videos/")
    with SubscriberClient() as client:
        own = client.subscription_path(project, "spring-completed")
        wanted = client.get_subscription(subscription=own).filter
        everything = client.subscription_path(project, "all")
        pulled = client.pull(subscription=everything, max_messages=9, timeout=30).received_messages
    conditions = [f'attributes.{n} = "{v}"' for n, v in completed_attributes(completed).items()]
    assert sorted(wanted.split(" AND ")) == sorted(conditions)
    selected = [
        json.loads(each.message.data)["id"]
        for each in pulled
        if completed_attributes(completed).items() <= dict(each.message.attributes).items()
    ]
    assert [completed.id] == selected


def completed_attributes(event: Event) -> dict[str, str]:
    return {"type": event.type.value, "campaign_id": event.campaign_id}


def an_end(phase: Phase, campaign_id: str) -> Event:
    video = a_reserved_video(1, campaign_id=campaign_id, phase=phase, completed_at=NOW)
    (event,) = ends_of(video)
    return event
